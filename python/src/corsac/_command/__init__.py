"""The command line of the installed module: the contract of the `corsac` program, for what the module can do."""

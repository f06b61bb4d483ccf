"""The command line of the module. It keeps the contract of the `corsac` program."""

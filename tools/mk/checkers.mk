# The checkers of text that come from PyPI, at exactly these versions.

CHECKERS_BIN := $(ROOT)target/checkers/bin
CHECKERS := $(ROOT)target/checkers/installed

$(CHECKERS): $(ROOT)tools/checkers.txt
	python3 -m venv --clear $(@D) && $(@D)/bin/pip install --quiet --requirement $<
	@touch $@

# The Python package: its build, its tests, its example.

##@ Python

.PHONY: python-tools python python-test python-typing python-asgi-test python-peers-test python-bench example-fastapi example-fastapi-test \
	python-wsgi-test python-django-test python-wsgi-bench python-install

PYTHON ?= python3
# `dev` shares what the command line's tests have built.
PYTHON_PROFILE ?= wheel
PYTHON_VENV := $(ROOT)target/python-venv

python-tools: $(PYTHON_VENV)/installed # what the Python package is built and tested with, exactly as python/requirements has it

# Of test.txt; of servers, frameworks (those of python/RECIPES.md) and peers that are compared with.
$(PYTHON_VENV)/installed: $(addprefix python/requirements/,test.txt asgi.txt servers.txt wsgi.txt frameworks.txt)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo 'python 3.10 or newer is missing: apt-get install python3' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo 'python3-venv is missing: make setup' >&2; exit 1; }
	$(PYTHON) -m venv --clear $(PYTHON_VENV)
	$(PYTHON_VENV)/bin/pip install --quiet $(addprefix --requirement ,$^)
	@touch $@

python: python-tools ## the Python package, built and installed into target/python-venv
	cd python && VIRTUAL_ENV=$(PYTHON_VENV) $(PYTHON_VENV)/bin/maturin develop --quiet --profile $(PYTHON_PROFILE) --locked

python-test: python ## the tests of the Python package: vectors, compared with the command line on odd bytes, threads, pickles
	$(CLI_BUILD)
	cd python && $(PYTHON_VENV)/bin/python -m pytest --quiet

python-typing: python ## the Python package's types: stubs against the module, mypy and pyright in their strictest mode; ruff
	cd python && $(PYTHON_VENV)/bin/ruff format --check . && $(PYTHON_VENV)/bin/ruff check .
	cd python && $(PYTHON_VENV)/bin/python -m mypy.stubtest corsac._native
	cd python && $(PYTHON_VENV)/bin/mypy src tests
	cd python && $(PYTHON_VENV)/bin/pyright --pythonpath $(PYTHON_VENV)/bin/python src

python-asgi-test: python ## the ASGI middleware: raw ASGI, Starlette, FastAPI on uvicorn, a page in Chromium
	cd python && $(PYTHON_VENV)/bin/python -m pytest --quiet tests/asgi

python-peers-test: python ## Starlette's own tests, fetched: with our class in the place of its own, then around every application
	$(PYTHON_VENV)/bin/python python/tests/peers/starlette/run.py class
	$(PYTHON_VENV)/bin/python python/tests/peers/starlette/run.py around
	$(PYTHON_VENV)/bin/python python/tests/peers/starlette/run.py theirs > /dev/null

python-install: ## `pip install ./python` into an environment of its own, as its users do
	$(PYTHON) -m venv --clear $(ROOT)target/python-install
	$(ROOT)target/python-install/bin/pip install --quiet --config-settings 'build-args=--profile $(PYTHON_PROFILE)' $(ROOT)python
	$(ROOT)target/python-install/bin/python -m corsac check $(ROOT)examples/api.toml
	$(ROOT)target/python-install/bin/python -c 'import corsac.asgi, corsac.wsgi, corsac.testing; print(corsac.Policy(["https://a.example"]))'

example-fastapi: python ## an API and a page that calls it, on http://localhost:8001
	$(PYTHON_VENV)/bin/pip install --quiet --requirement examples/fastapi/requirements.txt
	$(PYTHON_VENV)/bin/python examples/fastapi/main.py

example-fastapi-test: python ## the same, as its README says, in Chromium
	$(PYTHON_VENV)/bin/python -m unittest discover --start-directory examples/fastapi

NIGHTLY_PARTS += nightly-python
.PHONY: nightly-python
nightly-python: python ## `verify` with each of 200 generated policies, through every adapter of Python
	cd python && VERIFY_POLICIES=200 $(PYTHON_VENV)/bin/python -m pytest --quiet tests/testing/test_verify_adapters.py

python-wsgi-test: python ## WSGI: vectors, Flask on waitress and gunicorn, a page in Chromium; flask-cors' own tests; the assertions of corsac.testing
	cd python && $(PYTHON_VENV)/bin/python -m pytest --quiet tests/wsgi tests/testing tests/peers/flask_cors

python-django-test: python ## Django: vectors, system checks, waitress and uvicorn, a page in Chromium
	cd python && $(PYTHON_VENV)/bin/python -m pytest --quiet tests/django

##@ Slow

python-bench: python ## what the ASGI middleware costs, compared with Starlette's: measures for two minutes and writes python/benches/results
	$(PYTHON_VENV)/bin/python python/benches/asgi.py --write
	@$(MAKE) --no-print-directory plots

python-wsgi-bench: python ## what CORS costs Flask and Django, compared with flask-cors and django-cors-headers: a minute; writes python/benches/results
	$(PYTHON_VENV)/bin/python python/benches/wsgi.py --write
	@$(MAKE) --no-print-directory plots

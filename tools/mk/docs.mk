# The pages of docs/: the site, the picture of the README, and the tests of both.

##@ Documentation

DOCS_VENV := $(ROOT)target/docs-venv
DOCS_SITE := $(ROOT)target/site
.PHONY: docs docs-serve docs-picture docs-errors docs-test docs-lock docs-links plots
TEST_PARTS += docs-test
# Its pages install the Python package, and build the module anew that nginx's tests load.
AFTER_docs-test := python-install,nginx-test,js-test

$(DOCS_VENV)/installed: docs/requirements.txt
	@python3 -c 'import ensurepip' 2>/dev/null || { echo 'python3-venv is missing: apt-get install python3-venv' >&2; exit 1; }
	python3 -m venv --clear $(DOCS_VENV) && $(DOCS_VENV)/bin/pip install --quiet --require-hashes --requirement $<
	@touch $@

docs: $(DOCS_VENV)/installed ## the site with its playground, in target/site: strict, every link and anchor inside it checked
	rm -rf $(DOCS_SITE)
	$(DOCS_VENV)/bin/sphinx-build --quiet --fail-on-warning --keep-going --nitpicky --fresh-env -c docs -d $(ROOT)target/site-cache . $(DOCS_SITE)
	@# Cargo and Sphinx both leave a cache there; only the pages are the site.
	@rm -rf $(DOCS_SITE)/.buildinfo
	@# Without what builds for WebAssembly, there is none, and js/tools/wasm says what is missing. CI has it.
	@if $(MAKE) --no-print-directory js && node js/tools/playground.mjs $(DOCS_SITE)/playground; then :; else \
		echo 'skipped: the playground' >&2; [ "$$CI" != true ] && mkdir -p $(DOCS_SITE)/playground && \
		echo '<!doctype html><title>Corsac</title><p>This build of the site has no playground.' >$(DOCS_SITE)/playground/index.html; fi
	@echo 'open target/site/index.html'

docs-serve: docs ## the site on http://127.0.0.1:8000, with a playground that asks your browser, too; PORT=8080 for another port
	node js/tools/serve.mjs $(DOCS_SITE) $(PORT)

docs-picture: $(DOCS_VENV)/installed ## the picture of the README anew, from what `corsac probe` prints
	$(CLI_BUILD)
	$(DOCS_VENV)/bin/python docs/picture/draw.py --write

plots: $(DOCS_VENV)/installed ## every plot anew, from the tables of the records; measures nothing
	$(DOCS_VENV)/bin/python tools/plots.py --write

docs-links: $(DOCS_VENV)/installed ## the links to other sites, over the network: in no run of `make test`
	$(DOCS_VENV)/bin/sphinx-build --quiet -b linkcheck -c docs -d $(ROOT)target/site-cache . $(ROOT)target/site-links

docs-lock: ## docs/requirements.txt anew, from requirements.in
	python3 -m venv $(ROOT)target/docs-lock && $(ROOT)target/docs-lock/bin/pip install --quiet pip-tools
	$(ROOT)target/docs-lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --output-file $(ROOT)target/docs-lock/requirements.txt docs/requirements.in
	{ echo '# What the site is built with, exactly. `make docs-lock` writes it from requirements.in.'; \
		sed '/./,$$!d' $(ROOT)target/docs-lock/requirements.txt; } > docs/requirements.txt

docs-errors: ## docs/errors.md anew, from the entries of `corsac explain CODE` in diagnose/src/codes
	python3 docs/errors.py --write

docs-test: docs ## what the pages say: every block of every page run, examples, links, the picture, and that the site loads nothing from elsewhere
	$(CLI_BUILD)
	cd docs/tests && $(DOCS_VENV)/bin/python -m unittest discover

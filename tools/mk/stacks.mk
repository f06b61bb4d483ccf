# The snippets of `--stack`, run in the products they are for.

##@ Slow

STACKS_VENV := $(ROOT)target/stacks/venv
.PHONY: stacks-tools stacks-test stacks nightly-stacks stacks-lock

TEST_PARTS += stacks-test
NIGHTLY_PARTS += nightly-stacks

stacks-tools: tests/stacks/node_modules/.package-lock.json $(STACKS_VENV)/installed # every product that can be run
	@$(ROOT)tools/setup stacks

tests/stacks/node_modules/.package-lock.json: tests/stacks/package.json tests/stacks/package-lock.json
	cd tests/stacks && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(STACKS_VENV)/installed: tests/stacks/requirements.txt
	python3 -m venv --clear $(STACKS_VENV) && $(STACKS_VENV)/bin/pip install --quiet --require-hashes --requirement $<
	@touch $@

stacks-test: tests/stacks/node_modules/.package-lock.json ## the snippets of --stack for Node.js and nginx, run and judged by the browser model
	$(CLI_BUILD)
	cd tests/stacks && node --test

stacks: stacks-tools ## every snippet that can be run: Python, HAProxy, Apache, Caddy, Traefik and Envoy too, which come to 350 MB
	$(MAKE) stacks-test STACKS=all

nightly-stacks: stacks

stacks-lock: ## tests/stacks/requirements.txt anew, from requirements.in
	python3 -m venv $(ROOT)target/stacks-lock && $(ROOT)target/stacks-lock/bin/pip install --quiet pip-tools
	$(ROOT)target/stacks-lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --output-file $(ROOT)target/stacks-lock/requirements.txt tests/stacks/requirements.in
	{ echo '# The products that the nightly run needs, exactly. `make stacks-lock` writes it from requirements.in.'; \
		sed '/./,$$!d' $(ROOT)target/stacks-lock/requirements.txt; } > tests/stacks/requirements.txt

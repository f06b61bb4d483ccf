# Real servers and gateways, right and with the commonest mistakes, asked by `corsac verify`.

GATEWAYS_VENV := $(ROOT)target/gateways/venv
.PHONY: gateways-tools gateways-test gateways nightly-gateways gateways-lock

TEST_PARTS += gateways-test
NIGHTLY_PARTS += nightly-gateways
# It loads the module that nginx's tests build, and runs Express from the packages of tests/stacks. Both this and dialects-test may build the
# module again, so one waits for the other.
AFTER_gateways-test := dialects-test

gateways-tools: tests/stacks/node_modules/.package-lock.json $(GATEWAYS_VENV)/installed # Envoy (105 MB), FastAPI and Express

$(GATEWAYS_VENV)/installed: tests/gateways/requirements.txt
	python3 -m venv --clear $(GATEWAYS_VENV) && $(GATEWAYS_VENV)/bin/pip install --quiet --require-hashes --requirement $<
	@touch $@

gateways-test: gateways-tools nginx-module ## `corsac verify` on nginx, Envoy, FastAPI and Express: right, and with ten mistakes planted
	$(CLI_BUILD)
	cd tests/gateways && node --test

gateways: stacks-tools ## the same for Traefik, Caddy, Apache and HAProxy too
	$(MAKE) gateways-test GATEWAYS=all

nightly-gateways: gateways

gateways-lock: ## tests/gateways/requirements.txt anew, from requirements.in
	python3 -m venv $(ROOT)target/gateways-lock && $(ROOT)target/gateways-lock/bin/pip install --quiet pip-tools
	$(ROOT)target/gateways-lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --output-file $(ROOT)target/gateways-lock/requirements.txt tests/gateways/requirements.in
	{ echo '# The servers that `make gateways-test` runs, exactly. `make gateways-lock` writes it from requirements.in.'; \
		sed '/./,$$!d' $(ROOT)target/gateways-lock/requirements.txt; } > tests/gateways/requirements.txt

# Other products judge the simulators of dialects, and run what `corsac export` writes.

.PHONY: dialects-test nightly-dialects

TEST_PARTS += dialects-test
NIGHTLY_PARTS += nightly-dialects
# It loads the module that nginx's tests build, and runs the packages of tests/stacks and of the Python package's tests.
AFTER_dialects-test := setup,nginx-test,rust-build,python-install

dialects-test: tests/stacks/node_modules/.package-lock.json python-tools nginx-module ## Express, Fastify, Koa, Hono, Starlette, flask-cors and django-cors-headers against their simulators, and exports in nginx
	$(CLI_BUILD)
	cd tests/dialects && node --test

nightly-dialects: ## 500 configurations for each and 100 exports, of a new seed
	$(MAKE) dialects-test DIALECTS_COUNT=500 DIALECTS_EXPORTS=100 DIALECTS_RUN=$$(date +%s)

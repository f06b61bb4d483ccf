# The npm package: its WebAssembly modules, its build, its tests.

##@ JavaScript

.PHONY: js-tools js js-test scripts-typing check-js example-express example-express-test nightly-js nightly-js-bundlers bench-js

TEST_PARTS += example-express-test
NIGHTLY_PARTS += nightly-js nightly-js-bundlers

JS_MODULES := js/node_modules/.package-lock.json
# The second fetches the sources of the standard library too, and the third builds the command line.
AFTER_js-test := setup,cross-test,rust-build
# It takes the package that js-test builds.
AFTER_example-express-test := js-test

js-tools: $(JS_MODULES) # what the package is built and tested with, exactly as js/package-lock.json has it

$(JS_MODULES): js/package.json js/package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || { echo 'node 20 or newer is missing: see https://nodejs.org' >&2; exit 1; }
	@mkdir -p $(ROOT)target/js
	flock $(ROOT)target/js/lock bash -c '[ js/node_modules/.package-lock.json -nt js/package-lock.json ] || (cd js && npm ci --ignore-scripts --no-audit --no-fund)'
	@touch $@

js: $(JS_MODULES) ## the npm package, in js/dist: its WebAssembly modules are built where their sources changed
	js/tools/wasm
	@# One at a time: parts of `make test` run side by side.
	flock $(ROOT)target/js/lock node js/tools/build.mjs

js-test: $(JS_MODULES) ## the npm package: vectors, real servers, the program, hostile input, types in ESM and CommonJS, sizes, bundles
	@# Without what builds for WebAssembly, this is skipped, and js/tools/wasm says what is missing. CI has it.
	@if js/tools/wasm; then flock $(ROOT)target/js/lock node js/tools/build.mjs && $(MAKE) --no-print-directory js-test-run; else echo 'skipped: make js-test' >&2; [ "$$CI" != true ]; fi

.PHONY: js-test-run
js-test-run:
	@# Only for WebAssembly do these crates hold code, so `make lint` cannot do it.
	js/tools/wasm --lint
	$(CLI_BUILD)
	@# As many files at once as the processors of CI: many of them wait for servers and browsers.
	cd js && node --expose-gc --test --test-concurrency=2 tests/*.test.mjs
	cd js && node node_modules/typescript/bin/tsc -p tests/types
	cd js && node_modules/.bin/publint --strict
	cd js && node_modules/.bin/attw --pack . --profile node16

SCRIPTS ?= tests/browsers
# One room's scripts call another's. Values without a type (TS70..) are allowed in them.
scripts-typing: $(JS_MODULES) tests/browsers/node_modules/.package-lock.json ## the scripts that drive browsers and stacks call only what exists
	@js/node_modules/.bin/tsc --version >/dev/null
	@! js/node_modules/.bin/tsc -p $(SCRIPTS) | grep -vE '^ |error TS70'

EXAMPLE_EXPRESS := examples/express/node_modules/.package-lock.json

$(EXAMPLE_EXPRESS): examples/express/package-lock.json
	cd examples/express && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

example-express: js $(EXAMPLE_EXPRESS) ## an API and a page that calls it, on http://localhost:8001
	node examples/express/main.mjs

example-express-test: ## the same, as its README says, in Chromium
	@# As js-test: where the modules cannot be built, js/tools/wasm says what is missing.
	@if js/tools/wasm; then node --test examples/express/example.test.mjs; else echo 'skipped: make example-express-test' >&2; [ "$$CI" != true ]; fi

RUNTIMES := $(ROOT)target/js/runtimes/node_modules/.package-lock.json

$(RUNTIMES): js/tests/nightly/runtimes/package-lock.json
	$(call enough-disk,720,the three runtimes)
	mkdir -p $(ROOT)target/js/runtimes && cp js/tests/nightly/runtimes/*.json $(ROOT)target/js/runtimes/
	cd $(ROOT)target/js/runtimes && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

nightly-js: js $(RUNTIMES) ## the npm package in Deno, Bun and workerd (350 MB), in Firefox and WebKit, its memory, its modules from two folders
	cd js && CORSAC_BROWSERS=firefox,webkit node --expose-gc --test --test-concurrency=1 tests/nightly/*.test.mjs tests/page.test.mjs

BUNDLERS := $(ROOT)target/js/bundlers/node_modules/.package-lock.json

$(BUNDLERS): js/tests/nightly/bundlers/package-lock.json
	$(call enough-disk,360,the bundlers)
	mkdir -p $(ROOT)target/js/bundlers && cp js/tests/nightly/bundlers/*.json $(ROOT)target/js/bundlers/
	cd $(ROOT)target/js/bundlers && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

nightly-js-bundlers: js $(BUNDLERS) ## the npm package bundled by Vite, webpack, Rollup and Parcel (180 MB), for Node and pages, each bundle run
	cd js && node --test tests/nightly/bundlers/*.test.mjs

bench-js: js ## what CORS costs Express, Fastify and Hono, compared with their own packages: minutes; writes js/benches/results
	node js/benches/report.mjs --write
	@$(MAKE) --no-print-directory plots

check-js: js-test
	@$(ROOT)tools/words js

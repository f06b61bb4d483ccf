# What takes minutes or hours: browsers, fuzzing, other machines, measurements, mutants.

# How long `make bench-search` climbs, and where its random steps begin.
SEARCH_SECONDS ?= 90
SEARCH_SEED ?= 7
# A part of a case's name: `make bench-quick CASE=wildcard`.
CASE ?=
FUZZ_TARGETS ?= evaluate patterns open_image browser explain dialects policy_file ffi
FUZZ_SECONDS ?= 60
# 0: another each time.
FUZZ_SEED ?= 0
# Where the inputs go that reach something new.
FUZZ_CORPUS ?= corpus
# `quick` compiles in half the time, and runs more slowly.
FUZZ_PROFILE ?= release
# Files and folders of core to mutate: `make mutants MUTANTS='core/src/host.rs core/src/browser'`; empty: all, for an hour.
MUTANTS ?=
# `--seconds N` runs a slice, and the next run goes on; `--changed`, `--fresh`: see tools/mutants.
MUTANTS_FLAGS ?=
MUTANTS_VENV := $(ROOT)target/mutants-venv

##@ Slow

.PHONY: browsers-tools browsers-test browsers fuzz fuzz-test mutants mutants-test cross-tools cross-test device cross cross-core \
	diagnose-wasm bench bench-core bench-quick bench-goals bench-search instructions

browsers-tools: tests/browsers/node_modules/.package-lock.json # the browsers and their drivers
	@$(ROOT)tools/setup browsers

tests/browsers/node_modules/.package-lock.json: tests/browsers/package.json tests/browsers/package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || { echo 'node 20 or newer is missing: see https://nodejs.org' >&2; exit 1; }
	cd tests/browsers && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

browsers-test: tests/browsers/node_modules/.package-lock.json ## the browser model against Chromium (2 000 exchanges), Firefox and WebKit (500 each), and 60 deliveries each
	$(CLI_BUILD)
	@# The model that counts what exchanges reach of it.
	cd fuzz && env -u RUSTFLAGS $(CARGO) build --profile quick --locked --bin reached
	cd tests/browsers && node --test

browsers: ## ten times as many, of a new seed
	$(MAKE) browsers-test CHROMIUM=20000 FIREFOX=5000 WEBKIT=5000 DELIVERIES=600 NEIGHBOURS=all CORSAC_ADDRESSES=1 CORSAC_SEED=$$(date +%s)

fuzz: ## each of FUZZ_TARGETS over its corpus, and on for FUZZ_SECONDS (60)
	rm -rf fuzz/target/seeds fuzz/target/few && python3 fuzz/seeds.py fuzz/target/seeds
	cd fuzz && env -u RUSTFLAGS $(CARGO) build --profile $(FUZZ_PROFILE) --locked
	@cd fuzz && for target in $(FUZZ_TARGETS); do \
		echo "fuzz $$target for $(FUZZ_SECONDS) s" && mkdir -p $(FUZZ_CORPUS)/$$target artifacts/$$target && \
		env -u RUSTFLAGS $(CARGO) run --quiet --profile $(FUZZ_PROFILE) --locked --bin $$target -- -seed=$(FUZZ_SEED) -max_total_time=$(FUZZ_SECONDS) -timeout=100 \
			-dict=target/seeds/dictionary -artifact_prefix=artifacts/$$target/ $(FUZZ_CORPUS)/$$target target/seeds/$$target \
			> artifacts/$$target/log 2>&1 || { tail -n 60 artifacts/$$target/log; exit 1; }; \
		tail -n 1 artifacts/$$target/log; \
	done

# The test files of a crate that have a test which only `--ignored` runs.
with_ignored = $(patsubst $(1)/tests/%.rs,--test %,$(shell grep -l '\#\[ignore' $(1)/tests/*.rs))

.PHONY: nightly-diagnose
NIGHTLY_PARTS += nightly-diagnose
nightly-diagnose: # captures of 200 MB, and what a text takes
	@# Only what has such a test is built: the others take half an hour on a busy machine.
	$(CARGO) test --locked --release --package corsac-diagnose --lib $(call with_ignored,diagnose) -- --ignored --nocapture
	$(CARGO) test --locked --release --package corsac-cli $(call with_ignored,cli) -- --ignored --nocapture

# One seed and no inputs of earlier runs: a change passes or fails by what it changed. `make nightly` looks further.
fuzz-test: ## the same for ten seconds each, always of one seed
	$(MAKE) fuzz FUZZ_SECONDS=10 FUZZ_PROFILE=quick FUZZ_SEED=1 FUZZ_CORPUS=target/few

mutants: $(MUTANTS_VENV)/installed ## change core's code in every small way and see that a test notices (tools/mutants): MUTANTS= chooses files and folders, all take an hour
	@$(CARGO) mutants --version >/dev/null 2>&1 \
		|| { echo 'cargo-mutants is missing: cargo install --locked cargo-mutants' >&2; exit 1; }
	@# An exclusion that excludes nothing is out of date.
	@mkdir -p target; $(CARGO) mutants --no-config --list --package corsac > target/mutants.list; \
	sed -n "s/^    '\(.*\)',$$/\1/p" .cargo/mutants.toml | while read -r excluded; do \
		grep -Eq -- "$$excluded" target/mutants.list || { echo ".cargo/mutants.toml: no mutant is like $$excluded: remove it" >&2; exit 1; }; \
	done
	$(MUTANTS_VENV)/bin/python tools/mutants/run.py $(MUTANTS_FLAGS) $(MUTANTS)

mutants-test: $(MUTANTS_VENV)/installed ## that the tool finds a missed mutant, and none where tests are whole
	cd tools/mutants && $(MUTANTS_VENV)/bin/python -m unittest

$(MUTANTS_VENV)/installed: tools/mutants/requirements.txt
	python3 -m venv --clear $(MUTANTS_VENV) && $(MUTANTS_VENV)/bin/pip install --quiet --require-hashes --requirement $<
	@touch $@

cross-tools: # what the next two need of the system, and the standard library's sources
	@$(ROOT)tools/setup cross
	@tools/cross/tools

device: tests/browsers/node_modules/.package-lock.json ## a device on a Cortex-M3 in QEMU: its responses, also over Ethernet to Chromium, its flash, RAM and stack, and the vectors there
	@tools/cross/tools && tools/cross/device

cross: ## 32-bit big-endian PowerPC in QEMU: the vectors, and images that are the same to the byte
	@tools/cross/tools && tools/cross/portable powerpc-unknown-linux-gnu

cross-core: ## the tests of core on that machine, for three minutes: a part of `make nightly`
	@tools/cross/tools
	# Emulated and unoptimised: fewer generated cases. What only looks at the generators is skipped.
	PROPTEST_CASES=16 tools/cross/with powerpc-unknown-linux-gnu $(CARGO) test --locked --package corsac \
		--test agreement --test set_agreement --test browser_cases --test open --test storage --test vectors \
		-- --skip generators_reach

diagnose-wasm: ## that diagnose and dialects compile for WebAssembly: a part of `make nightly`
	@tools/cross/tools wasm32-unknown-unknown
	CROSS_CRATES=std,panic_abort tools/cross/with wasm32-unknown-unknown $(CARGO) check --locked --package corsac-diagnose \
		--no-default-features --lib
	CROSS_CRATES=std,panic_abort tools/cross/with wasm32-unknown-unknown $(CARGO) check --locked --package corsac-dialects --lib

cross-test: # both, where their tools are; CI has them
	@if tools/cross/tools; then $(MAKE) device cross; else echo 'skipped: make device, make cross' >&2; [ "$$CI" != true ]; fi

bench: bench-core nginx-bench python-bench python-wsgi-bench ## every measurement, with nginx under load for a minute: a quarter of an hour

bench-core: ## what a decision costs, next to its peers: measures for about three minutes and writes benches/results
	$(CARGO) bench --locked --package corsac-benches --bench compare -- --write
	@$(MAKE) --no-print-directory plots

bench-quick: ## the same in ten seconds, to look at: writes nothing; CASE= is a part of a case's name
	$(CARGO) bench --locked --package corsac-benches --bench compare -- --quick $(if $(CASE),'$(CASE)')

bench-goals: ## the goals alone, in a minute; writes nothing; CASE= is a part of a goal's name
	$(CARGO) bench --locked --package corsac-benches --bench compare -- --goals $(if $(CASE),'$(CASE)')

bench-search: ## searches for the costliest policies and requests for SEARCH_SECONDS from SEARCH_SEED (prints them); writes nothing
	$(CARGO) bench --locked --package corsac-benches --bench search -- --seconds $(SEARCH_SECONDS) --seed $(SEARCH_SEED)

instructions: ## record what the key cases take, for the rustc that is here (callgrind); `make test` holds them to it
	RECORD_INSTRUCTIONS=1 $(CARGO) test --locked --package corsac-benches --test instructions

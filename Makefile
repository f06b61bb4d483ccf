# The commands that you need every day. `make` lists them all; each room's own are in tools/mk.

SHELL := /bin/bash
CARGO ?= cargo
# The guards' recipes run in other folders too, on projects that their self-tests make for them to refuse.
ROOT := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))

# What `make test` runs, in this order: later parts use what earlier ones have built.
TEST_PARTS := setup fmt-check lint doc spelling words links circles forge guards rust-test fuzz-test browsers-test c-test nginx-test \
	python-test python-typing python-peers-test example-fastapi-test python-install cross-test
CHECK_PARTS := fmt-check check-lint check-rust spelling words links circles
# What takes too long for `make test`, a part for each room.
NIGHTLY_PARTS := nightly-core nightly-cross nightly-workspaces nightly-fuzz nightly-browsers nightly-nginx nightly-benches
# A room's mk file adds its own parts to these lists.
include $(sort $(wildcard $(ROOT)tools/mk/*.mk))

.DEFAULT_GOAL := help

##@ Everyday

.PHONY: help demo setup check test nightly spelling words links guards clean $(NIGHTLY_PARTS)

help: ## this list
	@awk -f $(ROOT)tools/help.awk $(MAKEFILE_LIST)

setup: ## install what builds and tests need; says first what that is, and asks where it can
	@command -v $(CARGO) >/dev/null || { echo 'cargo is missing: install Rust, see https://rustup.rs' >&2; exit 1; }
	@$(CARGO) fmt --version >/dev/null && $(CARGO) clippy --version >/dev/null \
		|| { echo 'rustfmt or clippy is missing: rustup component add rustfmt clippy' >&2; exit 1; }
	@$(ROOT)tools/setup
	@# Below target/ and tests/browsers, and nothing of the system's. What fails is made again by the target that needs it.
	@$(MAKE) --no-print-directory --keep-going $(CHECKERS) tests/browsers/node_modules/.package-lock.json $(NGINX_OUT)/venv/installed \
		$(PYTHON_VENV)/installed $(DOCS_VENV)/installed

check: ## before each commit: format, lints, core's tests and vectors, the command line's contracts, words, links
	@$(ROOT)tools/parts --quiet $(MAKE) --no-print-directory -- $(CHECK_PARTS)

test: ## every test of the project, as CI runs it; goes on where a part fails, and prints their times
	@$(ROOT)tools/parts $(MAKE) --no-print-directory PYTHON_PROFILE=dev -- $(TEST_PARTS)

nightly: ## what takes too long for `make test`, a part for each room: hours
	@$(ROOT)tools/parts $(MAKE) --no-print-directory -- $(NIGHTLY_PARTS)

demo: ## the decision about one request, and why
	$(CARGO) run -- eval examples/api.toml --origin https://app.example.com --method PUT --header authorization

spelling: $(CHECKERS) ## British English, and the words of typos.toml
	$(CHECKERS_BIN)/typos --config $(ROOT)typos.toml

words: ## no word of tools/words in documentation, comments and messages; `tools/words cli` shows one room
	@$(ROOT)tools/words

links: $(CHECKERS) ## every relative link of a page leads to a file, and to a heading or anchor in it
	$(CHECKERS_BIN)/mdlinkcheck .

guards: $(CHECKERS) ## each guard, run on what it must refuse
	python3 -m unittest discover --start-directory $(ROOT)tools/guards
	python3 -m unittest discover --start-directory $(ROOT)tools

clean: ## remove what was built
	$(CARGO) clean
	$(CARGO) clean --manifest-path fuzz/Cargo.toml
	$(CARGO) clean --manifest-path ffi/artifact/Cargo.toml
	rm -rf tests/browsers/node_modules

# One room: `make check-cli`. Its format, its lints, its tests and its words.
PACKAGE_core := corsac
PACKAGE_macros := corsac-macros
PACKAGE_diagnose := corsac-diagnose
PACKAGE_regexes := corsac-regexes
PACKAGE_cli := corsac-cli
PACKAGE_ffi := corsac-ffi
PACKAGE_benches := corsac-benches
CHECK_CRATES := $(addprefix check-,core macros diagnose regexes cli ffi benches)
.PHONY: $(CHECK_CRATES) check-nginx check-python check-browsers check-fuzz check-tools check-docs check-lint check-rust

check-core: ## one room: also check-cli, -macros, -diagnose, -regexes, -ffi, -benches, -nginx, -python, -fuzz, -browsers, -docs, -tools

$(CHECK_CRATES): check-%:
	$(CARGO) fmt --package $(PACKAGE_$*) --check
	$(CARGO) clippy --package $(PACKAGE_$*) --all-targets --locked -- --deny warnings
	$(CARGO) test --package $(PACKAGE_$*) --locked --no-fail-fast
	@$(ROOT)tools/words $*

check-nginx: nginx-module $(NGINX_OUT)/venv/installed
	$(CARGO) build --locked --package corsac-cli
	CORSAC_LOAD_SECONDS=2 $(NGINX_PYTHON) -m unittest discover --start-directory nginx/t
	@$(ROOT)tools/words nginx

check-python:
	@$(MAKE) --no-print-directory python-test python-typing PYTHON_PROFILE=dev
	@$(ROOT)tools/words python

check-fuzz:
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml --check
	$(CARGO) clippy --manifest-path fuzz/Cargo.toml --all-targets --locked -- --deny warnings
	@$(ROOT)tools/words fuzz

check-browsers: browsers-test
	@$(ROOT)tools/words tests

check-docs: links docs-test
	@$(ROOT)tools/words docs

check-tools: guards
	@$(ROOT)tools/words tools Makefile

# The parts of `make check` that only it has: two crates, without the tests that take over a second of computing each.
SLOW_TESTS := a_million_bad_entries hostile found_at_every_place
SKIP_SLOW := $(addprefix --skip ,$(SLOW_TESTS))
check-lint:
	$(CARGO) clippy --package corsac --package corsac-cli --locked -- --deny warnings

check-rust:
	$(CARGO) test --package corsac --locked --lib --test vectors -- $(SKIP_SLOW)
	$(CARGO) test --package corsac-cli --locked --test contracts --test vectors -- $(SKIP_SLOW)

nightly-core: coverage msrv mutants-test mutants

nightly-cross: cross-core

nightly-workspaces: deny deny-test

nightly-fuzz:
	$(MAKE) fuzz FUZZ_SECONDS=1200

nightly-browsers: browsers

nightly-nginx:
	$(MAKE) nginx-test NGINX_LOAD_SECONDS=600

nightly-benches: bench-goals bench-search

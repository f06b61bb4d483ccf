# The commands that you need every day. `make` lists them all; each room's own are in tools/mk.

SHELL := /bin/bash
CARGO ?= cargo
# The guards' recipes run in other folders too, on projects that their self-tests make for them to refuse.
ROOT := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))

# What `make test` runs, TEST_JOBS parts at once: most use one processor, and CI has two. A part begins when those of its AFTER_part
# have ended, or of AFTER where it has none. Those are what builds what it needs, and what writes the same files.
TEST_JOBS ?= 2
TEST_PARTS := setup-system fmt-check c-library lint setup doc rust-build words circles fuzz-test spelling links forge guards python-test \
	rust-test coverage-test nginx-test python-typing python-peers-test example-fastapi-test python-install cross-test js-test scripts-typing browsers-test c-test
AFTER := setup,rust-build,c-library
$(foreach part,setup-system fmt-check lint words circles,$(eval AFTER_$(part) := none))
$(foreach part,c-library setup fuzz-test,$(eval AFTER_$(part) := setup-system))
$(foreach part,spelling links forge guards scripts-typing cross-test,$(eval AFTER_$(part) := setup))
# One folder of what is built, so they would only wait for each other.
AFTER_doc := lint
AFTER_rust-build := doc
AFTER_coverage-test := rust-test
# It asks the model that the fuzz targets are built with.
AFTER_browsers-test := $(AFTER),fuzz-test
# They install into one virtual environment, which must not change while another runs there.
AFTER_python-typing := python-test
AFTER_python-peers-test := python-typing
AFTER_example-fastapi-test := python-peers-test
AFTER_python-install := example-fastapi-test
# In the same form as above: the second of two waits for the first, because both build or install in one folder.
CHECK_PARTS := fmt-check check-lint check-rust:check-lint spelling links:spelling words circles
# What takes too long for `make test`, a part for each room.
NIGHTLY_PARTS := nightly-core nightly-cross nightly-workspaces nightly-fuzz nightly-browsers nightly-nginx nightly-benches
# A room's mk file adds its own parts to these lists.
include $(sort $(wildcard $(ROOT)tools/mk/*.mk))

.DEFAULT_GOAL := help

##@ Everyday

.PHONY: help demo setup setup-system check test nightly spelling words links guards clean $(NIGHTLY_PARTS)

help: ## this list
	@awk -f $(ROOT)tools/help.awk $(MAKEFILE_LIST)

setup: setup-system ## install what builds and tests need; says first what that is, and asks where it can
	@# What is installed already needs no room.
	$(if $(wildcard $(JS_MODULES)),,$(call enough-disk,1500,the tools of the builds and tests))
	@# Below target/, tests/browsers and tests/stacks, and nothing of the system's. What fails is made again by the target that needs it.
	@$(MAKE) --no-print-directory --keep-going --jobs 3 $(CHECKERS) tests/browsers/node_modules/.package-lock.json \
		tests/stacks/node_modules/.package-lock.json $(NGINX_OUT)/venv/installed $(PYTHON_VENV)/installed $(GATEWAYS_VENV)/installed $(DOCS_VENV)/installed $(FORGE_VENV)/installed \
		$(JS_MODULES)

# $(call enough-disk,MEGABYTES,WHAT): ends the recipe where less is free, before anything is fetched. An installation that fills the disk
# fails halfway, and what it says is not about the disk.
enough-disk = @free=$$(df -Pm $(ROOT) | awk 'NR == 2 { print $$4 }'); [ "$$free" -ge $(1) ] || { \
	echo "$(2) need $(1) MB, and only $$free MB are free in $(ROOT): make room and run this again" >&2; exit 1; }

setup-system: # the part of it that is the system's
	@command -v $(CARGO) >/dev/null || { echo 'cargo is missing: install Rust, see https://rustup.rs' >&2; exit 1; }
	@$(CARGO) fmt --version >/dev/null && $(CARGO) clippy --version >/dev/null \
		|| { echo 'rustfmt or clippy is missing: rustup component add rustfmt clippy' >&2; exit 1; }
	@$(ROOT)tools/setup

check: ## before each commit: format, lints, core's tests and vectors, the command line's contracts, words, links
	@$(ROOT)tools/parts --quiet --jobs 2 $(MAKE) --no-print-directory -- $(CHECK_PARTS)

# Cargo chooses the features of dependencies for what it builds. Alone, the command line would need a third of them built again.
CLI_BUILD ?= $(CARGO) build --locked --package corsac-cli

test: ## every test of the project, as CI runs it; goes on where a part fails, and prints their times
	@$(ROOT)tools/parts --jobs $(TEST_JOBS) $(MAKE) --no-print-directory PYTHON_PROFILE=dev \
		CLI_BUILD='$(CARGO) test $(WORKSPACE) --locked --no-run --quiet' -- \
		$(foreach part,$(TEST_PARTS),$(part)$(addprefix :,$(filter-out none,$(or $(AFTER_$(part)),$(AFTER)))))

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
	rm -rf tests/browsers/node_modules tests/stacks/node_modules tests/stacks/out js/node_modules js/dist

# One room: `make check-cli`. Its format, its lints, its tests and its words.
PACKAGE_core := corsac
PACKAGE_macros := corsac-macros
PACKAGE_diagnose := corsac-diagnose
PACKAGE_regexes := corsac-regexes
PACKAGE_dialects := corsac-dialects
PACKAGE_cli := corsac-cli
PACKAGE_tower := corsac-tower
PACKAGE_ffi := corsac-ffi
PACKAGE_benches := corsac-benches
# Which the command line turns on.
FEATURES_dialects := --features commands
CHECK_CRATES := $(addprefix check-,core macros diagnose regexes dialects cli tower ffi benches)
.PHONY: $(CHECK_CRATES) check-nginx check-python check-browsers check-fuzz check-tools check-docs check-lint check-rust

check-core: ## one room: also check-cli, -tower, -macros, -diagnose, -regexes, -dialects, -ffi, -benches, -nginx, -python, -js, -fuzz, -browsers, -docs, -tools

$(CHECK_CRATES): check-%:
	$(CARGO) fmt --package $(PACKAGE_$*) --check
	$(CARGO) clippy --package $(PACKAGE_$*) $(FEATURES_$*) --all-targets --locked -- --deny warnings
	$(CARGO) test --package $(PACKAGE_$*) $(FEATURES_$*) --locked --no-fail-fast
	@$(ROOT)tools/words $*

check-nginx: nginx-module $(NGINX_OUT)/venv/installed
	$(CLI_BUILD)
	CORSAC_LOAD_SECONDS=2 $(NGINX_PYTHON) -m unittest discover --start-directory nginx/t
	@$(ROOT)tools/words nginx

check-python:
	@$(MAKE) --no-print-directory python-test python-typing PYTHON_PROFILE=dev
	@$(ROOT)tools/words python

check-fuzz:
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml --check
	$(CARGO) clippy --manifest-path fuzz/Cargo.toml --all-targets --no-default-features --locked -- --deny warnings
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

nightly-core: msrv mutants-test mutants
	$(CARGO) test --locked --no-fail-fast --package corsac

nightly-cross: cross-core diagnose-wasm

nightly-workspaces: deny deny-test package-test

nightly-fuzz:
	$(MAKE) fuzz FUZZ_SECONDS=1200

nightly-browsers: browsers

nightly-nginx:
	$(MAKE) nginx-test NGINX_LOAD_SECONDS=600

nightly-benches: bench-goals bench-search

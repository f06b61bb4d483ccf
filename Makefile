# Every command of the project. `make` lists them.

SHELL := /bin/bash
CARGO ?= cargo
# A part of a case's name: `make bench-quick CASE=wildcard`.
CASE ?=

.PHONY: help demo test tools fmt fmt-check lint doc bench bench-quick instructions msrv clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: ## the answer to one request, and why
	$(CARGO) run -- eval examples/api.toml --origin https://app.example.com --method PUT --header authorization

test: tools fmt-check lint doc ## every test of the project
	$(CARGO) test --workspace --locked --no-fail-fast
	# The workspace turns the public suffix list on; a device has core without it.
	$(CARGO) test --locked --no-fail-fast --package corsac

tools: ## what the tests need beside cargo: a C linker and nm, installed from Debian's packages where root can
	@command -v $(CARGO) >/dev/null || { echo 'cargo is missing: install Rust, see https://rustup.rs' >&2; exit 1; }
	@$(CARGO) fmt --version >/dev/null && $(CARGO) clippy --version >/dev/null \
		|| { echo 'rustfmt or clippy is missing: rustup component add rustfmt clippy' >&2; exit 1; }
	@if ! command -v cc >/dev/null || ! command -v nm >/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev binutils; \
		else \
			echo 'cc or nm is missing: apt-get install gcc libc6-dev binutils' >&2; exit 1; \
		fi; \
	fi

fmt: ## write the code as rustfmt does
	$(CARGO) fmt --all

fmt-check:
	$(CARGO) fmt --all --check

lint: ## clippy, with and without the public suffix list; it also holds each crate's rust-version (incompatible_msrv)
	$(CARGO) clippy --workspace --all-targets --locked -- --deny warnings
	$(CARGO) clippy --package corsac --lib --locked --no-default-features -- --deny warnings
	$(CARGO) clippy --package corsac --lib --locked --all-features -- --deny warnings

doc: ## the documentation, without a warning
	RUSTDOCFLAGS='--deny warnings' $(CARGO) doc --workspace --no-deps --locked --document-private-items

bench: ## what a decision costs, beside its peers: measures for about three minutes and writes benches/results
	$(CARGO) bench --locked --package corsac-benches --bench compare -- --write

bench-quick: ## the same in ten seconds, to look at: writes nothing; CASE= is a part of a case's name
	$(CARGO) bench --locked --package corsac-benches --bench compare -- --quick $(if $(CASE),'$(CASE)')

instructions: ## record what eight key cases take, for the rustc that is here (callgrind); `make test` holds them to it
	RECORD_INSTRUCTIONS=1 $(CARGO) test --locked --package corsac-benches --test instructions

msrv: ## core with the oldest compiler it names, where RUSTC_MSRV is one: make msrv RUSTC_MSRV=/path/to/rustc
	@test -n "$(RUSTC_MSRV)" || { echo 'name the compiler: make msrv RUSTC_MSRV=/path/to/rustc' >&2; exit 1; }
	RUSTC=$(RUSTC_MSRV) $(CARGO) check --locked --package corsac --all-features --target-dir target/msrv

clean: ## remove what was built
	$(CARGO) clean

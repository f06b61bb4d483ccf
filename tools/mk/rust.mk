# The Rust workspaces: lints, documentation, unit tests, and what core promises.

# Workspaces of their own, written by hand.
APART := fuzz core/tests/portable examples/device ffi/artifact js/wasm js/wasm/dialects js/wasm/explain js/wasm/regexes
# The workspaces that exclude each other.
MANIFESTS := $(wildcard Cargo.toml fuzz/Cargo.toml core/tests/freestanding/Cargo.toml core/tests/portable/Cargo.toml examples/device/Cargo.toml ffi/artifact/Cargo.toml js/wasm/Cargo.toml)

##@ Rust

.PHONY: fmt fmt-check lint doc rust-build rust-test no-alloc no-panic no-std circles deny deny-test msrv coverage coverage-test package package-test

fmt: ## write the code as rustfmt does
	$(CARGO) fmt --all
	for room in $(APART); do $(CARGO) fmt --manifest-path $$room/Cargo.toml || exit 1; done

fmt-check: ## every workspace is written as rustfmt does
	$(CARGO) fmt --all --check
	for room in $(APART); do $(CARGO) fmt --manifest-path $$room/Cargo.toml --check || exit 1; done

lint: ## clippy in every workspace, with and without the public suffix list; it also holds each crate's rust-version (incompatible_msrv)
	$(CARGO) clippy --workspace --all-targets --locked -- --deny warnings
	$(CARGO) clippy --package corsac --lib --locked --no-default-features -- --deny warnings
	$(CARGO) clippy --package corsac --lib --locked --all-features -- --deny warnings
	@# As JavaScript has it: the browser's own parser of URLs instead of the crate's.
	$(CARGO) clippy --package corsac-diagnose --lib --locked --no-default-features -- --deny warnings
	@# In the workspace's own folder, which has most of what it needs.
	$(CARGO) clippy --manifest-path fuzz/Cargo.toml --target-dir target --all-targets --no-default-features --locked -- --deny warnings
	$(CARGO) clippy --manifest-path ffi/artifact/Cargo.toml --release --locked --no-default-features -- --deny warnings

# With an example, cargo chooses the features of dependencies as `make lint` does, and checks 27 crates less a second time. A target by
# its name turns the default ones off, so they are here too, but not those with `doc = false`.
DOC_TARGETS := $(if $(wildcard tower/examples/page.rs),--exclude corsac-python --exclude corsac-hot --lib --bin example-axum --example page)

doc: ## the documentation, without a warning
	RUSTDOCFLAGS='--deny warnings' $(CARGO) doc --workspace --no-deps --locked --document-private-items $(DOC_TARGETS)

# What core does without its features: its own tests, and those files that name one. `make nightly` runs every file.
PLAIN_CORE := --package corsac --lib $(addprefix --test ,$(basename $(notdir $(shell grep -lE 'feature = "(public-suffix|toml)"' $(ROOT)core/tests/*.rs))))

# Without the Python package, which has no tests of Rust: maturin sets variables for the crate pyo3, and in one folder, each of the two builds
# would compile it again after the other.
WORKSPACE := --workspace --exclude corsac-python

rust-build: # compiles what the next one runs, and the command line for other tests
	$(CARGO) test $(WORKSPACE) --locked --no-run; workspace=$$?; \
	$(CARGO) test --locked --no-run $(PLAIN_CORE) && exit $$workspace

rust-test: ## every test of the workspace; core also as a device has it, without the public suffix list
	$(CARGO) test $(WORKSPACE) --locked --no-fail-fast; workspace=$$?; \
	$(CARGO) test --locked --no-fail-fast --package corsac --doc || workspace=$$?; \
	$(CARGO) test --locked --no-fail-fast $(PLAIN_CORE) && exit $$workspace

no-alloc: ## core under an allocator that counts
	$(CARGO) test --locked --package corsac --test no_alloc

no-panic: ## what core alone imports: mem* functions, and no panic handler
	$(CARGO) test --locked --package corsac --test freestanding no_panic

no-std: ## core links no standard library, and an allocator only with its feature alloc
	$(CARGO) test --locked --package corsac --test freestanding no_std

circles: ## no crate's files import each other in a circle, and core's folders import only those below them
	$(ROOT)tools/circles

package: ## the crates that are published: packs and checks them, and dry-runs publishing in their order
	$(ROOT)tools/package.py

##@ Slow

package-test: ## the same, and each crate's tests in its unpacked package
	$(ROOT)tools/package.py --test

deny: ## licences, duplicates, wildcards and sources of every workspace (deny.toml), with cargo-deny
	@cargo-deny --version >/dev/null || { echo 'cargo-deny is missing: cargo install --locked cargo-deny' >&2; exit 1; }
	@for manifest in $(MANIFESTS); do echo "deny $$manifest" && \
		cargo-deny --manifest-path $$manifest --config $(ROOT)deny.toml --locked check licenses bans sources || exit 1; done

deny-test: ## what cargo-deny must refuse
	python3 -m unittest discover --start-directory $(ROOT)tools/guards --pattern deny_test.py

msrv: ## each crate's rust-version: no dependency asks for more, and Debian's rustc 1.85 builds core's sources (or RUSTC_MSRV= builds core)
	python3 tools/guards/msrv.py Cargo.toml fuzz/Cargo.toml
	tools/guards/msrv.sh $(RUSTC_MSRV)

coverage-test: # the same, where LLVM's tools are; CI has them
	@if python3 tools/guards/coverage.py --tools; then $(MAKE) coverage; else echo 'skipped: make coverage' >&2; [ "$$CI" != true ]; fi

coverage: ## core by region: fails unless tests reach it, or tools/guards/unreached.toml says why none can
	python3 tools/guards/coverage.py

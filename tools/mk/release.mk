# Releases: every artefact that a release publishes, built as the release workflow builds it, and each one tried without Rust.

##@ Releases

RELEASE_VENV := $(ROOT)target/release-venv
# The processors of Linux that releases are for, and those that `make dist` builds for.
CPUS := x86_64 aarch64
DIST_CPUS ?= $(CPUS)
dist_of_cpu = dist-cli-$(1) dist-c-$(1) dist-python-$(1)-gnu dist-python-$(1)-musl
# Rust's own tools for the lists of parts and for the licences of others, at exactly these versions.
CYCLONEDX := 0.5.9
ABOUT := 0.9.3

DIST_QUICK := target/dist-quick
TEST_PARTS += dist-quick-test
# It packs what these have compiled: the modules, the crates and the Python package.
AFTER_dist-quick-test := js-test,rust-test,python-install
NIGHTLY_PARTS += nightly-release

.PHONY: nightly-release dist dist-clean dist-manifest notices notices-check dist-reproducible dist-crates dist-npm dist-nginx dist-docs dist-sdist dist-test dist-quick-test release-lock release-pythons release-tools \
	$(foreach cpu,$(CPUS),$(call dist_of_cpu,$(cpu)))

dist: dist-clean notices-check $(foreach cpu,$(DIST_CPUS),$(call dist_of_cpu,$(cpu))) dist-sdist dist-npm dist-crates dist-nginx dist-docs ## everything that a release publishes, in dist/: half an hour; DIST_CPUS=x86_64 for one processor
	python3 tools/release/manifest.py $(if $(filter-out 1,$(words $(DIST_CPUS))),--linux)

dist-clean:
	rm -rf $(ROOT)dist $(ROOT)target/dist

dist-manifest: # dist/MANIFEST.md and SHA256SUMS of what is there
	python3 tools/release/manifest.py

# Lists of targets: make has no pattern rules for phony ones.
$(CPUS:%=dist-cli-%): dist-cli-%: release-tools # the command line: a static program with completions and manual pages, and a .deb
	tools/release/cli $*

$(CPUS:%=dist-c-%): dist-c-%: release-tools # libcorsac: an archive and two .debs
	tools/release/c $*

$(foreach libc,gnu musl,$(CPUS:%=dist-python-%-$(libc))): dist-python-%: release-tools # a wheel for one processor and C library: dist-python-x86_64-gnu
	tools/release/python $(subst -, ,$*)

dist-sdist: release-tools # the Python package's sources
	tools/release/python sdist

dist-npm: release-tools # the npm package
	tools/release/npm

dist-crates: # the crates
	tools/release/crates

dist-nginx: dist-c-$(shell uname -m) # the module's Debian package, for this machine's nginx
	tools/release/nginx

dist-docs: # the site with its playground
	tools/release/docs

notices: release-tools ## tools/release/notices anew: the licences of the crates in each artefact, after a change of Cargo.lock
	tools/release/notices/write

notices-check: release-tools # that they are what would be written now
	tools/release/notices/write --check

# What `make dist-reproducible` builds twice.
DIST_AGAIN ?= dist
dist-reproducible: release-tools ## DIST_AGAIN=dist, or targets such as dist-npm, of the last commit in two folders: the same bytes? An hour for all
	tools/release/reproducible $(DIST_AGAIN) DIST_CPUS='$(DIST_CPUS)'

dist-test: ## each artefact of dist/ in an empty folder: without Rust, without the repository, its first minute
	python3 -m unittest discover --start-directory tools/release/tests

release-pythons: # CPython for ARM and on musl, which `make dist-test` tries the wheels for them with: once, five minutes
	tools/release/pythons

nightly-release: # what `make test` tries in short: all artefacts for this machine's processor, compiled as releases are
	$(MAKE) dist DIST_CPUS=$$(uname -m)
	$(MAKE) release-pythons
	$(MAKE) dist-test

dist-quick-test: $(RELEASE_VENV)/quick ## the same for this machine's program, wheel, npm archive and crates, of what other tests have compiled
	rm -rf $(DIST_QUICK)
	export DIST=$(DIST_QUICK) DIST_PROFILE=dev; cpu=$$(uname -m); \
	tools/release/cli $$cpu && tools/release/python $$cpu gnu && tools/release/npm && tools/release/crates && \
		cd tools/release/tests && python3 -m unittest test_cli.Archive test_cli.Package test_python.Wheel test_npm test_crates

release-tools: $(RELEASE_VENV)/installed

$(RELEASE_VENV)/quick: tools/release/tools.txt
	python3 -m venv --clear $(RELEASE_VENV) && $(RELEASE_VENV)/bin/pip install --quiet --require-hashes --requirement $<
	@touch $@

$(RELEASE_VENV)/installed: $(RELEASE_VENV)/quick
	$(CARGO) install --quiet --locked --version $(CYCLONEDX) --root $(RELEASE_VENV) cargo-cyclonedx
	$(CARGO) install --quiet --locked --version $(ABOUT) --root $(RELEASE_VENV) --features cli cargo-about
	@touch $@

release-lock: ## tools/release/tools.txt anew, from tools.in
	python3 -m venv $(ROOT)target/release-lock && $(ROOT)target/release-lock/bin/pip install --quiet pip-tools
	$(ROOT)target/release-lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --output-file $(ROOT)target/release-lock/tools.txt tools/release/tools.in
	{ echo '# What releases are built with, exactly. `make release-lock` writes it from tools.in.'; \
		sed '/./,$$!d' $(ROOT)target/release-lock/tools.txt; } > tools/release/tools.txt

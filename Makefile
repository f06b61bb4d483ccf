# Every command of the project. `make` lists them.

SHELL := /bin/bash
CARGO ?= cargo
# A part of a case's name: `make bench-quick CASE=wildcard`.
CASE ?=
# How long `make bench-search` climbs, and where its random steps begin.
SEARCH_SECONDS ?= 90
SEARCH_SEED ?= 7
# Workspaces of their own, written by hand.
APART := fuzz core/tests/portable examples/device ffi/artifact
FUZZ_TARGETS ?= evaluate patterns open_image browser explain policy_file ffi
FUZZ_SECONDS ?= 60
# Files of core to mutate: `make mutants MUTANTS='core/src/host.rs core/src/origin.rs'`; empty: all, for hours.
MUTANTS ?=
# The guards' recipes run elsewhere, too: on what their self-tests make to be refused.
ROOT := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
TYPOS_VERSION := 1.52.0
TYPOS := $(ROOT)target/typos-$(TYPOS_VERSION)/bin/typos
# The workspaces that exclude each other.
MANIFESTS := $(wildcard Cargo.toml fuzz/Cargo.toml core/tests/freestanding/Cargo.toml core/tests/portable/Cargo.toml examples/device/Cargo.toml ffi/artifact/Cargo.toml)

.PHONY: help demo header c-library test cross-tools cross device tools fmt fmt-check lint doc spelling words circles no-alloc no-panic no-std msrv deny deny-test coverage guards \
	mutants bench bench-core bench-quick bench-goals bench-search instructions clean browsers-tools browsers-test browsers fuzz fuzz-test \
	python-tools python python-test python-typing python-asgi-test python-peers-test python-bench example-fastapi example-fastapi-test \
	python-wsgi-test python-django-test python-wsgi-bench python-install

include $(ROOT)tools/mk/docs.mk
include $(ROOT)tools/mk/forge.mk

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: ## the answer to one request, and why
	$(CARGO) run -- eval examples/api.toml --origin https://app.example.com --method PUT --header authorization

test: tools browsers-tools nginx-test-tools fmt-check lint doc spelling words circles guards ## every test of the project
	$(CARGO) test --workspace --locked --no-fail-fast
	# The workspace turns the public suffix list on; a device has core without it.
	$(CARGO) test --locked --no-fail-fast --package corsac
	$(MAKE) fuzz-test
	$(MAKE) browsers-test
	$(MAKE) c-test
	$(MAKE) nginx-test
	# As the command line's tests have built their dependencies.
	$(MAKE) python-test python-typing python-peers-test example-fastapi-test python-install PYTHON_PROFILE=dev
	@if tools/cross/tools; then $(MAKE) device cross; else echo 'skipped: make device, make cross' >&2; [ "$$CI" != true ]; fi

tools: ## what the tests need beside cargo, installed from Debian's packages where root can: C and C++ compilers, nm, python3 with venv, valgrind
	@command -v $(CARGO) >/dev/null || { echo 'cargo is missing: install Rust, see https://rustup.rs' >&2; exit 1; }
	@$(CARGO) fmt --version >/dev/null && $(CARGO) clippy --version >/dev/null \
		|| { echo 'rustfmt or clippy is missing: rustup component add rustfmt clippy' >&2; exit 1; }
	@missing=; \
	for tool in cc c++ nm python3 valgrind; do command -v $$tool >/dev/null || missing+=" $$tool"; done; \
	python3 -c 'import ensurepip' 2>/dev/null || missing+=' python3-venv'; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update && apt-get install --yes --no-install-recommends gcc g++ libc6-dev binutils python3 python3-venv valgrind; \
		else \
			echo "missing:$$missing: apt-get install gcc g++ libc6-dev binutils python3 python3-venv valgrind" >&2; \
			[ "$$missing" = ' valgrind' ]; \
		fi; \
	fi

fmt: ## write the code as rustfmt does
	$(CARGO) fmt --all
	for room in $(APART); do $(CARGO) fmt --manifest-path $$room/Cargo.toml || exit 1; done

fmt-check:
	$(CARGO) fmt --all --check
	for room in $(APART); do $(CARGO) fmt --manifest-path $$room/Cargo.toml --check || exit 1; done

lint: ## clippy in every workspace, with and without the public suffix list; it also holds each crate's rust-version (incompatible_msrv)
	$(CARGO) clippy --workspace --all-targets --locked -- --deny warnings
	$(CARGO) clippy --package corsac --lib --locked --no-default-features -- --deny warnings
	$(CARGO) clippy --package corsac --lib --locked --all-features -- --deny warnings
	$(CARGO) clippy --manifest-path fuzz/Cargo.toml --all-targets --locked -- --deny warnings
	$(CARGO) clippy --manifest-path ffi/artifact/Cargo.toml --release --locked --no-default-features -- --deny warnings

doc: ## the documentation, without a warning
	RUSTDOCFLAGS='--deny warnings' $(CARGO) doc --workspace --no-deps --locked --document-private-items

spelling: $(TYPOS) ## British English, and the words of typos.toml
	$< --config $(ROOT)typos.toml

words: ## no word of tools/words in documentation, comments and messages; `tools/words cli` shows one room
	$(ROOT)tools/words

$(TYPOS):
	python3 -m venv --clear $(@D)/.. && $(@D)/pip install --quiet typos==$(TYPOS_VERSION)

no-alloc: ## core under an allocator that counts
	$(CARGO) test --locked --package corsac --test no_alloc

no-panic: ## what core alone imports: mem* functions, and no panic handler
	$(CARGO) test --locked --package corsac --test freestanding no_panic

no-std: ## core links neither the standard library nor an allocator
	$(CARGO) test --locked --package corsac --test freestanding no_std

circles: ## no crate's files import each other in a circle, and core's folders import only those below them
	$(ROOT)tools/circles

guards: $(TYPOS) ## each guard, run on what it must refuse
	python3 -m unittest discover --start-directory $(ROOT)tools/guards
	python3 -m unittest discover --start-directory $(ROOT)tools

deny: ## licences, duplicates, wildcards and sources of every workspace (deny.toml), with cargo-deny
	@cargo-deny --version >/dev/null || { echo 'cargo-deny is missing: cargo install --locked cargo-deny' >&2; exit 1; }
	@for manifest in $(MANIFESTS); do echo "deny $$manifest" && \
		cargo-deny --manifest-path $$manifest --config $(ROOT)deny.toml --locked check licenses bans sources || exit 1; done

deny-test: ## what cargo-deny must refuse
	python3 -m unittest discover --start-directory $(ROOT)tools/guards --pattern deny_test.py

msrv: ## each crate's rust-version: no dependency asks for more, and Debian's rustc 1.85 builds core's sources (or RUSTC_MSRV= builds core)
	python3 tools/guards/msrv.py Cargo.toml fuzz/Cargo.toml
	tools/guards/msrv.sh $(RUSTC_MSRV)

coverage: ## core by region: what no test reaches stands in tools/guards/unreached.toml with the reason, or it fails
	python3 tools/guards/coverage.py

bench: bench-core nginx-bench python-bench python-wsgi-bench ## every measurement, with nginx under load for a minute: a quarter of an hour

bench-core: ## what a decision costs, beside its peers: measures for about three minutes and writes benches/results
	$(CARGO) bench --locked --package corsac-benches --bench compare -- --write

bench-quick: ## the same in ten seconds, to look at: writes nothing; CASE= is a part of a case's name
	$(CARGO) bench --locked --package corsac-benches --bench compare -- --quick $(if $(CASE),'$(CASE)')

bench-goals: ## the goals alone, in a minute; writes nothing; CASE= is a part of a goal's name
	$(CARGO) bench --locked --package corsac-benches --bench compare -- --goals $(if $(CASE),'$(CASE)')

bench-search: ## climbs to the dearest policies and requests for SEARCH_SECONDS from SEARCH_SEED, and prints them; writes nothing
	$(CARGO) bench --locked --package corsac-benches --bench search -- --seconds $(SEARCH_SECONDS) --seed $(SEARCH_SEED)

instructions: ## record what the key cases take, for the rustc that is here (callgrind); `make test` holds them to it
	RECORD_INSTRUCTIONS=1 $(CARGO) test --locked --package corsac-benches --test instructions

browsers-tools: tests/browsers/node_modules/.package-lock.json ## the browsers and their drivers, installed from Debian's packages where root can
	@missing=; \
	test -x /usr/bin/chromium || missing+=' chromium'; \
	test -x /usr/bin/firefox-esr || missing+=' firefox-esr'; \
	ls /usr/lib/*/webkit2gtk-4.1/MiniBrowser >/dev/null 2>&1 || missing+=' libwebkit2gtk-4.1-0'; \
	command -v xvfb-run >/dev/null || missing+=' xvfb'; \
	command -v xauth >/dev/null || missing+=' xauth'; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $$missing; \
		else \
			echo "not installed: apt-get install --yes --no-install-recommends$$missing" >&2; \
		fi; \
	fi

tests/browsers/node_modules/.package-lock.json: tests/browsers/package.json tests/browsers/package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || { echo 'node 20 or newer is missing: see https://nodejs.org' >&2; exit 1; }
	cd tests/browsers && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

browsers-test: browsers-tools ## the browser model against Chromium (2 000 exchanges), Firefox and WebKit (500 each)
	$(CARGO) build --locked --package corsac-cli
	cd tests/browsers && node --test

browsers: ## ten times as many, of a new seed
	$(MAKE) browsers-test CHROMIUM=20000 FIREFOX=5000 WEBKIT=5000 CORSAC_SEED=$$(date +%s)

fuzz: ## each of FUZZ_TARGETS over its corpus, and on for FUZZ_SECONDS (60)
	rm -rf fuzz/target/seeds && python3 fuzz/seeds.py fuzz/target/seeds
	cd fuzz && env -u RUSTFLAGS $(CARGO) build --release --locked
	@cd fuzz && for target in $(FUZZ_TARGETS); do \
		echo "fuzz $$target for $(FUZZ_SECONDS) s" && mkdir -p corpus/$$target artifacts/$$target && \
		env -u RUSTFLAGS $(CARGO) run --quiet --release --locked --bin $$target -- -max_total_time=$(FUZZ_SECONDS) -timeout=20 \
			-dict=target/seeds/dictionary -artifact_prefix=artifacts/$$target/ corpus/$$target target/seeds/$$target \
			> artifacts/$$target/log 2>&1 || { tail -n 60 artifacts/$$target/log; exit 1; }; \
		tail -n 1 artifacts/$$target/log; \
	done

fuzz-test: ## the same for ten seconds each
	$(MAKE) fuzz FUZZ_SECONDS=10

mutants: ## change core's code in every small way and see that a test notices (cargo-mutants): MUTANTS= chooses files, all take hours
	@$(CARGO) mutants --version >/dev/null 2>&1 \
		|| { echo 'cargo-mutants is missing: cargo install --locked cargo-mutants' >&2; exit 1; }
	@# An exclusion that excludes nothing is out of date.
	@mkdir -p target; $(CARGO) mutants --no-config --list --package corsac > target/mutants.list; \
	sed -n "s/^    '\(.*\)',$$/\1/p" .cargo/mutants.toml | while read -r excluded; do \
		grep -Eq -- "$$excluded" target/mutants.list || { echo ".cargo/mutants.toml: no mutant is like $$excluded: remove it" >&2; exit 1; }; \
	done
	PROPTEST_CASES=64 PROPTEST_MAX_SHRINK_ITERS=0 \
		$(CARGO) mutants --package corsac --output target $(foreach file,$(MUTANTS),--file $(file))

cross-tools: # what the next two need, installed from Debian's packages where root can
	@tools/cross/tools

device: cross-tools ## a device on a Cortex-M3 in QEMU: what it answers, what flash, RAM and stack it takes, and the vectors there
	@tools/cross/device

cross: cross-tools ## 32-bit big-endian PowerPC in QEMU: the vectors, and images that are the same to the byte; the tests of core
	@tools/cross/portable powerpc-unknown-linux-gnu
	# Emulated and unoptimised: fewer generated cases. What only looks at the generators is skipped.
	PROPTEST_CASES=16 tools/cross/with powerpc-unknown-linux-gnu $(CARGO) test --locked --package corsac \
		--test agreement --test set_agreement --test browser_cases --test open --test storage --test vectors \
		-- --skip generators_reach

clean: ## remove what was built
	$(CARGO) clean
	$(CARGO) clean --manifest-path fuzz/Cargo.toml
	$(CARGO) clean --manifest-path ffi/artifact/Cargo.toml
	rm -rf tests/browsers/node_modules

header: ## include/corsac.h anew, from ffi/src
	WRITE_HEADER=1 $(CARGO) test --locked --package corsac-ffi --test header the_header_is_what_the_crate_says

c-library: ## libcorsac.a and libcorsac.so, in ffi/artifact/target/release
	env -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS $(CARGO) build --manifest-path ffi/artifact/Cargo.toml --release --locked
	@# By this name a program that is linked with it looks for it.
	ln -sf libcorsac.so ffi/artifact/target/release/libcorsac.so.1

# Where `make install` puts the C library; DESTDIR is set in front of each.
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
CORSAC_ABI = $(shell sed -n 's/^.define CORSAC_ABI_VERSION //p' include/corsac.h)
FILL_IN = sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@ABI_VERSION@|$(CORSAC_ABI)|' \
	-e 's|@INCLUDEDIR_FROM_HERE@|$(shell realpath -m --relative-to=$(LIBDIR)/cmake/corsac $(INCLUDEDIR))|' \
	-e 's|@VERSION@|$(VERSION)|'

.PHONY: install uninstall c-tools c-test

install: c-library ## the C library, its header, for pkg-config and for CMake, below PREFIX (/usr/local)
	@# It is written into the files for pkg-config, which are read elsewhere.
	@case '$(PREFIX)' in /*) ;; *) echo 'PREFIX is not absolute: write PREFIX=$(abspath $(PREFIX))' >&2; exit 1;; esac
	install -d '$(DESTDIR)$(INCLUDEDIR)' '$(DESTDIR)$(LIBDIR)/pkgconfig' '$(DESTDIR)$(LIBDIR)/cmake/corsac'
	install -m 644 include/corsac.h '$(DESTDIR)$(INCLUDEDIR)'
	install -m 644 ffi/artifact/target/release/libcorsac.a '$(DESTDIR)$(LIBDIR)'
	install -m 755 ffi/artifact/target/release/libcorsac.so '$(DESTDIR)$(LIBDIR)/libcorsac.so.$(CORSAC_ABI)'
	ln -sf libcorsac.so.$(CORSAC_ABI) '$(DESTDIR)$(LIBDIR)/libcorsac.so'
	$(FILL_IN) ffi/corsac.pc.in > '$(DESTDIR)$(LIBDIR)/pkgconfig/corsac.pc'
	$(FILL_IN) ffi/cmake/corsac-config.cmake.in > '$(DESTDIR)$(LIBDIR)/cmake/corsac/corsac-config.cmake'
	$(FILL_IN) ffi/cmake/corsac-config-version.cmake.in > '$(DESTDIR)$(LIBDIR)/cmake/corsac/corsac-config-version.cmake'

uninstall: ## takes away what `make install` put below PREFIX
	rm -f '$(DESTDIR)$(INCLUDEDIR)/corsac.h' '$(DESTDIR)$(LIBDIR)/pkgconfig/corsac.pc' \
		'$(DESTDIR)$(LIBDIR)'/libcorsac.{a,so,so.$(CORSAC_ABI)}
	rm -rf '$(DESTDIR)$(LIBDIR)/cmake/corsac'

c-tools: ## what c-test needs beside cargo, installed from Debian's packages where root can
	@missing=; \
	for tool in gcc g++ clang cmake valgrind pkg-config python3 make; do command -v $$tool >/dev/null || missing+=" $$tool"; done; \
	command -v readelf >/dev/null || missing+=' binutils'; \
	for library in jansson libmicrohttpd; do \
		pkg-config --exists $$library 2>/dev/null || missing+=" lib$${library#lib}-dev"; \
	done; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update && apt-get install --yes --no-install-recommends $$missing; \
		else \
			echo "not installed: apt-get install --yes --no-install-recommends$$missing" >&2; \
		fi; \
	fi

c-test: c-tools c-library ## the C library from C and C++: vectors, misuse, threads, `make install`, the example; gcc, clang, sanitisers, valgrind
	python3 -m unittest discover --start-directory ffi/tests/c
	python3 -m unittest discover --start-directory examples/c

# nginx's headers and its own build, without its sources.
NGINX_SRC ?= /usr/share/nginx/src
NGINX_OUT := $(ROOT)target/nginx
.PHONY: nginx-tools nginx-check nginx-module

# Debian's packages for what the module is built with, and is missing.
NGINX_MISSING = missing=; \
	{ command -v nginx || test -x /usr/sbin/nginx; } >/dev/null || missing+=' nginx'; \
	test -e '$(NGINX_SRC)/conf_flags' || missing+=' nginx-dev'; \
	for tool in cc make; do command -v $$tool >/dev/null || missing+=" $$tool"; done; \
	missing=$${missing/ cc/ gcc libc6-dev}
APT_INSTALL := apt-get install --yes --no-install-recommends

nginx-tools: ## nginx and what the module is built with, installed from Debian's packages where root can
	@$(NGINX_MISSING); $(call NGINX_INSTALL,exit 1)

# Only the targets that are called tools install what is missing. The argument runs where they cannot.
NGINX_INSTALL = if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update && DEBIAN_FRONTEND=noninteractive $(APT_INSTALL)$$missing -o DPkg::Lock::Timeout=300; \
		else \
			echo "missing: $(APT_INSTALL)$$missing" >&2; $(1); \
		fi; \
	fi

nginx-check:
	@$(NGINX_MISSING); \
	if [ -n "$$missing" ]; then \
		echo "the nginx module is built with$$missing, which is missing. Install it with: $(APT_INSTALL)$$missing" >&2; \
		if [ ! -e '$(NGINX_SRC)/conf_flags' ]; then \
			echo 'for an nginx that is not from Debian, see "Build" in nginx/README.md' >&2; \
		fi; \
		exit 1; \
	fi

nginx-module: nginx-check c-library ## target/nginx/ngx_http_corsac_module.so, for this machine's nginx; installs nothing
	@mkdir -p $(NGINX_OUT)
	@# Configured anew when nginx or the list of files is another.
	@if ! cmp -s nginx/config $(NGINX_OUT)/src/configured || [ $(NGINX_SRC)/conf_flags -nt $(NGINX_OUT)/src/configured ]; then \
		rm -rf $(NGINX_OUT)/src && cp -r $(NGINX_SRC) $(NGINX_OUT)/src && cd $(NGINX_OUT)/src && . ./conf_flags && \
		bash ./configure "$${NGX_CONF_FLAGS[@]}" --add-dynamic-module=$(ROOT)nginx \
			--with-cc-opt='-g -O2 -fPIC -fstack-protector-strong -D_FORTIFY_SOURCE=2 -Wall -Wextra -Wno-unused-parameter -Werror' \
			--with-ld-opt='-Wl,-z,relro -Wl,-z,now' >configure.log && \
		cp $(ROOT)nginx/config configured || { tail -n 20 configure.log >&2; exit 1; }; \
	fi
	@rm -f $(NGINX_OUT)/src/objs/ngx_http_corsac_module.so
	@$(MAKE) --no-print-directory --silent -C $(NGINX_OUT)/src -f objs/Makefile modules
	@# Not `cp`: it would write into the file that a running nginx has mapped.
	@install $(NGINX_OUT)/src/objs/ngx_http_corsac_module.so $(NGINX_OUT)/

# Debian's package of the module. DEBFULLNAME and DEBEMAIL say who made it, as for all of Debian's tools.
NGINX_DEB := $(NGINX_OUT)/deb
DEBFULLNAME ?= The Corsac authors
DEBEMAIL ?= corsac@localhost
.PHONY: nginx-deb

nginx-deb: nginx-module ## target/nginx/deb/libnginx-mod-http-corsac_*.deb, for the nginx of this Debian
	@for tool in dh dh_nginx; do command -v $$tool >/dev/null || { echo "$$tool is missing: $(APT_INSTALL) debhelper nginx-dev" >&2; exit 1; }; done
	@rm -rf $(NGINX_DEB) && mkdir -p $(NGINX_DEB)/source
	@cp -r nginx/debian nginx/examples nginx/README.md $(NGINX_OUT)/ngx_http_corsac_module.so $(NGINX_DEB)/source/
	@cd $(NGINX_DEB)/source/debian && \
		sed -i -e 's|@MAINTAINER@|$(DEBFULLNAME) <$(DEBEMAIL)>|' -e 's|@VERSION@|$(VERSION)|' -e "s|@DATE@|$$(date -R)|" control changelog.in && \
		mv changelog.in changelog
	@cd $(NGINX_DEB)/source && debian/rules binary >../build.log 2>&1 || { tail -n 20 ../build.log >&2; exit 1; }
	@rm -rf $(NGINX_DEB)/source && ls $(NGINX_DEB)/*.deb

# A venv for HTTP/2 and a load generator, beside nginx itself.
NGINX_PYTHON := $(NGINX_OUT)/venv/bin/python
# For how long the tests put nginx under load.
NGINX_LOAD_SECONDS ?= 15
.PHONY: nginx-test-tools nginx-test nginx-static-test nginx-bench

nginx-test-tools: nginx-tools tests/browsers/node_modules/.package-lock.json $(NGINX_OUT)/venv/installed ## what the tests of the module need, installed from Debian's packages where root can
	@# A test that lacks one of these is skipped.
	@missing=; \
	for tool in wrk valgrind chromium cc; do command -v $$tool >/dev/null || missing+=" $$tool"; done; \
	command -v nm >/dev/null || missing+=' binutils'; \
	command -v dh >/dev/null || missing+=' debhelper'; \
	missing=$${missing/ cc/ gcc libc6-dev}; \
	$(call NGINX_INSTALL,true)

$(NGINX_OUT)/venv/installed: nginx/t/requirements.txt
	python3 -m venv --clear $(@D) && $(@D)/bin/pip install --quiet --require-hashes --requirement $<
	@touch $@

nginx-test: nginx-module $(NGINX_OUT)/venv/installed ## the module in a real nginx: every behaviour, the vectors, Chromium, valgrind, the package, load for NGINX_LOAD_SECONDS (15)
	$(CARGO) build --locked --package corsac-cli
	@if command -v dh >/dev/null && command -v dh_nginx >/dev/null; then $(MAKE) --no-print-directory nginx-deb; fi
	CORSAC_LOAD_SECONDS=$(NGINX_LOAD_SECONDS) $(NGINX_PYTHON) -m unittest discover --start-directory nginx/t

nginx-static-test: $(NGINX_OUT)/venv/installed c-library ## builds the nginx in NGINX_SOURCE with the module in it, and tests that
	@test -n "$(NGINX_SOURCE)" || { echo 'where are the sources of nginx? make nginx-static-test NGINX_SOURCE=/path/to/nginx' >&2; exit 1; }
	cd nginx/t && NGINX_SOURCE='$(abspath $(NGINX_SOURCE))' $(NGINX_PYTHON) -m unittest test_static

nginx-bench: nginx-module $(NGINX_OUT)/venv/installed ## load for a minute, then requests per second with the module, without CORS and with a recipe by hand: writes nginx/bench/README.md
	cd nginx/t && CORSAC_LOAD_SECONDS=60 $(NGINX_PYTHON) -m unittest test_load
	$(NGINX_PYTHON) nginx/bench/compare.py --write

PYTHON ?= python3
# `dev` shares what the command line's tests have built.
PYTHON_PROFILE ?= wheel
PYTHON_VENV := $(ROOT)target/python-venv

python-tools: $(PYTHON_VENV)/installed # what the Python package is built and tested with, exactly as python/requirements has it

$(PYTHON_VENV)/installed: python/requirements/test.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo 'python 3.10 or newer is missing: apt-get install python3' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update && apt-get install --yes --no-install-recommends python3-venv; \
		else echo 'python3-venv is missing: apt-get install python3-venv' >&2; exit 1; fi; }
	$(PYTHON) -m venv --clear $(PYTHON_VENV)
	$(PYTHON_VENV)/bin/pip install --quiet $(addprefix --requirement ,$^)
	@touch $@

python: python-tools ## the Python package, built and installed into target/python-venv
	cd python && VIRTUAL_ENV=$(PYTHON_VENV) $(PYTHON_VENV)/bin/maturin develop --quiet --profile $(PYTHON_PROFILE) --locked

python-test: python ## the tests of the Python package: vectors, the command line beside it on odd bytes, threads, pickles
	$(CARGO) build --locked --package corsac-cli
	cd python && $(PYTHON_VENV)/bin/python -m pytest --quiet

python-typing: python ## the Python package's types: stubs against the module, mypy and pyright in their strictest mode; ruff
	cd python && $(PYTHON_VENV)/bin/ruff format --check . && $(PYTHON_VENV)/bin/ruff check .
	cd python && $(PYTHON_VENV)/bin/python -m mypy.stubtest corsac._native
	cd python && $(PYTHON_VENV)/bin/mypy src tests
	cd python && $(PYTHON_VENV)/bin/pyright --pythonpath $(PYTHON_VENV)/bin/python src

$(PYTHON_VENV)/installed: python/requirements/asgi.txt

$(PYTHON_VENV)/installed: python/requirements/servers.txt

python-asgi-test: python ## the ASGI middleware: raw ASGI, Starlette, FastAPI on uvicorn, a page in Chromium
	cd python && $(PYTHON_VENV)/bin/python -m pytest --quiet tests/asgi

python-peers-test: python ## Starlette's own tests, fetched: with our class in the place of its own, then around every application
	$(PYTHON_VENV)/bin/python python/tests/peers/starlette/run.py class
	$(PYTHON_VENV)/bin/python python/tests/peers/starlette/run.py around
	$(PYTHON_VENV)/bin/python python/tests/peers/starlette/run.py theirs > /dev/null

python-install: ## `pip install ./python` into an environment of its own, as its users do
	$(PYTHON) -m venv --clear $(ROOT)target/python-install
	$(ROOT)target/python-install/bin/pip install --quiet --config-settings 'build-args=--profile $(PYTHON_PROFILE)' $(ROOT)python
	$(ROOT)target/python-install/bin/python -m corsac check $(ROOT)examples/api.toml
	$(ROOT)target/python-install/bin/python -c 'import corsac.asgi, corsac.wsgi, corsac.testing; print(corsac.Policy(["https://a.example"]))'

python-bench: python ## what the ASGI middleware costs beside Starlette's: measures for two minutes and writes python/benches/results
	$(PYTHON_VENV)/bin/pip install --quiet --requirement python/requirements/bench.txt
	$(PYTHON_VENV)/bin/python python/benches/asgi.py --write

example-fastapi: python ## an API and a page that calls it, on http://localhost:8001
	$(PYTHON_VENV)/bin/pip install --quiet --requirement examples/fastapi/requirements.txt
	$(PYTHON_VENV)/bin/python examples/fastapi/main.py

example-fastapi-test: python ## that one, as its README tells it, in Chromium
	$(PYTHON_VENV)/bin/python -m unittest discover --start-directory examples/fastapi

# Flask, Django, their servers, and the peers that are compared with.
$(PYTHON_VENV)/installed: python/requirements/wsgi.txt

# aiohttp, and the frameworks of python/RECIPES.md.
$(PYTHON_VENV)/installed: python/requirements/frameworks.txt

python-wsgi-test: python ## WSGI: vectors, Flask on waitress and gunicorn, a page in Chromium; flask-cors' own tests; the assertions of corsac.testing
	cd python && $(PYTHON_VENV)/bin/python -m pytest --quiet tests/wsgi tests/testing tests/peers/flask_cors

python-django-test: python ## Django: vectors, system checks, waitress and uvicorn, a page in Chromium
	cd python && $(PYTHON_VENV)/bin/python -m pytest --quiet tests/django

python-wsgi-bench: python ## what CORS costs Flask and Django, beside flask-cors and django-cors-headers: a minute; writes python/benches/results
	$(PYTHON_VENV)/bin/python python/benches/wsgi.py --write

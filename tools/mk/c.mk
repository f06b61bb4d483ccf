# The C library: its header, its build, its installation, its tests.

##@ C

c-library: ## libcorsac.a and libcorsac.so, in ffi/artifact/target/release
	env -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS $(CARGO) build --manifest-path ffi/artifact/Cargo.toml --release --locked
	@# By this name a program that is linked with it looks for it.
	@[ -L ffi/artifact/target/release/libcorsac.so.1 ] || ln -sf libcorsac.so ffi/artifact/target/release/libcorsac.so.1

# Where `make install` puts the C library; DESTDIR is set in front of each.
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
CORSAC_ABI = $(shell sed -n 's/^.define CORSAC_ABI_VERSION //p' include/corsac.h)
FILL_IN = sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' -e 's|@ABI_VERSION@|$(CORSAC_ABI)|' \
	-e 's|@INCLUDEDIR_FROM_HERE@|$(shell realpath -m --relative-to=$(LIBDIR)/cmake/corsac $(INCLUDEDIR))|' \
	-e 's|@VERSION@|$(VERSION)|'

# Where the built library is.
C_LIBRARY_OUT ?= ffi/artifact/target/release

.PHONY: header c-library install install-built uninstall c-tools c-test

install: c-library install-built ## the C library, its header, for pkg-config and for CMake, below PREFIX (/usr/local)

install-built:
	@# It is written into the files for pkg-config, which are read elsewhere.
	@case '$(PREFIX)' in /*) ;; *) echo 'PREFIX is not absolute: write PREFIX=$(abspath $(PREFIX))' >&2; exit 1;; esac
	install -d '$(DESTDIR)$(INCLUDEDIR)' '$(DESTDIR)$(LIBDIR)/pkgconfig' '$(DESTDIR)$(LIBDIR)/cmake/corsac'
	install -m 644 include/corsac.h '$(DESTDIR)$(INCLUDEDIR)'
	install -m 644 '$(C_LIBRARY_OUT)/libcorsac.a' '$(DESTDIR)$(LIBDIR)'
	install -m 755 '$(C_LIBRARY_OUT)/libcorsac.so' '$(DESTDIR)$(LIBDIR)/libcorsac.so.$(CORSAC_ABI)'
	ln -sf libcorsac.so.$(CORSAC_ABI) '$(DESTDIR)$(LIBDIR)/libcorsac.so'
	$(FILL_IN) ffi/corsac.pc.in > '$(DESTDIR)$(LIBDIR)/pkgconfig/corsac.pc'
	$(FILL_IN) ffi/cmake/corsac-config.cmake.in > '$(DESTDIR)$(LIBDIR)/cmake/corsac/corsac-config.cmake'
	$(FILL_IN) ffi/cmake/corsac-config-version.cmake.in > '$(DESTDIR)$(LIBDIR)/cmake/corsac/corsac-config-version.cmake'

uninstall: ## takes away what `make install` put below PREFIX
	rm -f '$(DESTDIR)$(INCLUDEDIR)/corsac.h' '$(DESTDIR)$(LIBDIR)/pkgconfig/corsac.pc' \
		'$(DESTDIR)$(LIBDIR)'/libcorsac.{a,so,so.$(CORSAC_ABI)}
	rm -rf '$(DESTDIR)$(LIBDIR)/cmake/corsac'

c-tools: # what c-test needs of the system
	@$(ROOT)tools/setup c

c-test: c-library ## the C library from C and C++: vectors, misuse, threads, `make install`, the example; gcc, clang, sanitisers, valgrind
	@# A test that lacks a tool is skipped and names it; `make setup` installs it.
	python3 -m unittest discover --start-directory ffi/tests/c
	python3 -m unittest discover --start-directory examples/c

header: ## include/corsac.h anew, from ffi/src
	WRITE_HEADER=1 $(CARGO) test --locked --package corsac-ffi --test header the_header_is_what_the_crate_says

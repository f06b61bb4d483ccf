# The nginx module: its build, its package, its tests.

##@ nginx

# nginx's headers and its own build, without its sources.
NGINX_SRC ?= /usr/share/nginx/src
NGINX_OUT := $(ROOT)target/nginx
.PHONY: nginx-tools nginx-check nginx-module

APT_INSTALL := apt-get install --yes --no-install-recommends

nginx-tools: # what the module is built with, of the system
	@$(ROOT)tools/setup nginx

nginx-check:
	@missing=$$($(ROOT)tools/setup --missing nginx); \
	if [ -n "$$missing" ]; then \
		echo "the nginx module is built with $$missing, which is missing. Install it with: $(APT_INSTALL) $$missing" >&2; \
		if [ ! -e '$(NGINX_SRC)/conf_flags' ]; then \
			echo 'for an nginx that is not from Debian, see "Build" in nginx/README.md' >&2; \
		fi; \
		exit 1; \
	fi

# With CORSAC_LIBRARY, the C library is there already.
nginx-module: nginx-check $(if $(CORSAC_LIBRARY),,c-library) ## target/nginx/ngx_http_corsac_module.so, for this machine's nginx; installs nothing
	@mkdir -p $(NGINX_OUT)
	@# Configured anew when nginx or the list of files is another.
	@if ! cmp -s nginx/config $(NGINX_OUT)/src/configured || [ $(NGINX_SRC)/conf_flags -nt $(NGINX_OUT)/src/configured ]; then \
		rm -rf $(NGINX_OUT)/src && cp -r $(NGINX_SRC) $(NGINX_OUT)/src && cd $(NGINX_OUT)/src && . ./conf_flags && \
		bash ./configure "$${NGX_CONF_FLAGS[@]}" --add-dynamic-module=$(ROOT)nginx \
			--with-cc-opt='-g -O2 -fPIC -fstack-protector-strong -D_FORTIFY_SOURCE=2 -Wall -Wextra -Wno-unused-parameter -Werror -ffile-prefix-map=$(ROOT)=' \
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
	@cp $(ROOT)tools/release/notices/LICENSE-library $(NGINX_DEB)/source/LICENSE-THIRD-PARTY
	@# A release has its list of parts, too.
	@if [ -n '$(NGINX_PARTS)' ]; then cp '$(NGINX_PARTS)' $(NGINX_DEB)/source/ && echo '$(notdir $(NGINX_PARTS))' >>$(NGINX_DEB)/source/debian/libnginx-mod-http-corsac.docs; fi
	@cd $(NGINX_DEB)/source/debian && \
		sed -i -e 's|@MAINTAINER@|$(DEBFULLNAME) <$(DEBEMAIL)>|' -e 's|@VERSION@|$(VERSION)|' -e "s|@DATE@|$$(date --utc --rfc-email --date="@$${SOURCE_DATE_EPOCH:-$$(date +%s)}")|" control changelog.in && \
		mv changelog.in changelog
	@cd $(NGINX_DEB)/source && debian/rules binary >../build.log 2>&1 || { tail -n 20 ../build.log >&2; exit 1; }
	@rm -rf $(NGINX_DEB)/source && ls $(NGINX_DEB)/*.deb

# A venv for HTTP/2, and a load generator: what the tests need besides nginx.
NGINX_PYTHON := $(NGINX_OUT)/venv/bin/python
# For how long the tests put nginx under load.
NGINX_LOAD_SECONDS ?= 15
.PHONY: nginx-test-tools nginx-test nginx-static-test nginx-bench

nginx-test-tools: tests/browsers/node_modules/.package-lock.json $(NGINX_OUT)/venv/installed # what the tests of the module need
	@# A test that lacks one of these is skipped.
	@$(ROOT)tools/setup nginx nginx-test

$(NGINX_OUT)/venv/installed: nginx/t/requirements.txt
	python3 -m venv --clear $(@D) && $(@D)/bin/pip install --quiet --require-hashes --requirement $<
	@touch $@

nginx-test: nginx-module $(NGINX_OUT)/venv/installed ## the module in a real nginx: every behaviour, the vectors, Chromium, valgrind, the package, load for NGINX_LOAD_SECONDS (15)
	$(CLI_BUILD)
	@if command -v dh >/dev/null && command -v dh_nginx >/dev/null; then $(MAKE) --no-print-directory nginx-deb; fi
	CORSAC_LOAD_SECONDS=$(NGINX_LOAD_SECONDS) $(NGINX_PYTHON) -m unittest discover --start-directory nginx/t

nginx-static-test: $(NGINX_OUT)/venv/installed c-library ## builds the nginx in NGINX_SOURCE with the module in it, and tests that
	@test -n "$(NGINX_SOURCE)" || { echo 'where are the sources of nginx? make nginx-static-test NGINX_SOURCE=/path/to/nginx' >&2; exit 1; }
	cd nginx/t && NGINX_SOURCE='$(abspath $(NGINX_SOURCE))' $(NGINX_PYTHON) -m unittest test_static

##@ Slow

nginx-bench: nginx-module $(NGINX_OUT)/venv/installed ## load for a minute, then requests per second with the module, without CORS and with a recipe by hand: writes nginx/bench/README.md
	cd nginx/t && CORSAC_LOAD_SECONDS=60 $(NGINX_PYTHON) -m unittest test_load
	$(NGINX_PYTHON) nginx/bench/compare.py --write

# The layer for tower. Its other tests run with the workspace.

##@ Rust

.PHONY: tower-page-test nightly-tower

TEST_PARTS += tower-page-test
AFTER_tower-page-test := setup,rust-build
NIGHTLY_PARTS += nightly-tower

# In `make test`, the whole workspace is built already, with its features.
TOWER_PAGE_BUILD = $(if $(findstring workspace,$(CLI_BUILD)),$(CLI_BUILD),$(CARGO) build --locked --package corsac-tower --example page --example grpc)

tower-page-test: tests/browsers/node_modules/.package-lock.json ## pages in Chromium, with credentials, ask an axum server and a tonic server behind the layer
	$(TOWER_PAGE_BUILD)
	node --test tower/tests/page.test.mjs tower/tests/grpc.test.mjs

nightly-tower: # a million requests through the layer, without growth
	$(CARGO) test --locked --release --package corsac-tower --test growth -- --ignored

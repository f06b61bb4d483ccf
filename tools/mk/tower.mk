# The layer for tower: what takes too long for `make test`, which runs its other tests with the workspace.

.PHONY: nightly-tower

NIGHTLY_PARTS += nightly-tower

nightly-tower: # a million requests through the layer, without growth
	$(CARGO) test --locked --release --package corsac-tower --test growth -- --ignored

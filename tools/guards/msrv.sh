#!/usr/bin/env bash
# Builds core with an old compiler: with the one that you name (`msrv.sh /path/to/rustc`), or else with Debian's 1.85.
#
# Core names 1.87 because of heapless 0.9, and no package registry has that compiler. Debian's 1.85 is older, so 1.87 builds what
# it builds: core's own sources, unchanged, with heapless 0.8. The self-test shows that it refuses what came with 1.88.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$PWD/target/msrv

if [ $# -gt 0 ]; then
	RUSTC=$1 cargo check --locked --package corsac --all-features --target-dir "$work"
	exit
fi

version=1.85.0+dfsg3-1~deb12u3
if [ ! -x "$work/debian/usr/bin/rustc" ]; then
	mkdir -p "$work/packages" "$work/unpacking"
	(cd "$work/packages" && apt-get download "rustc-web=$version" "libstd-rust-web-dev=$version" \
		"libstd-rust-web-1.85=$version" libllvm19) ||
		{ echo 'Debian 12 packages are not to be had here: name a compiler, make msrv RUSTC_MSRV=/path/to/rustc' >&2; exit 1; }
	for package in "$work"/packages/*.deb; do dpkg -x "$package" "$work/unpacking"; done
	mv "$work/unpacking" "$work/debian"
fi
export RUSTC=$work/debian/usr/bin/rustc
LD_LIBRARY_PATH=$(dirname "$(find "$work/debian/usr/lib" -name 'librustc_driver-*.so')")
export LD_LIBRARY_PATH
"$RUSTC" --version

rm -rf "$work/core"
mkdir -p "$work/core"
cp -r core/src "$work/core"
cat > "$work/core/Cargo.toml" <<'MANIFEST'
[workspace]
[package]
name = "corsac"
version = "0.0.0"
edition = "2024"
[features]
public-suffix = []
toml = []
alloc = []
serde = ["alloc", "dep:serde"]
[dependencies]
heapless = "0.8"
serde = { version = "1", default-features = false, features = ["alloc"], optional = true }
MANIFEST
cd "$work/core"
cargo check --all-features

printf '\npub fn newer(bytes: &[u8]) -> usize {\n    bytes.as_chunks::<2>().0.len()\n}\n' >> src/lib.rs
if said=$(cargo check 2>&1) || ! grep -q 'unstable library feature .*slice_as_chunks' <<< "$said"; then
	printf '%s\nthe old compiler takes what came with 1.88\n' "$said" >&2
	exit 1
fi

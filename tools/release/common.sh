# What the scripts of this folder share: the version, reproducible archives and Debian packages, licences, SBOMs.
# shellcheck shell=bash
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
version=$(python3 tools/version.py)
out=$root/${DIST:-dist}
# `make dist-quick-test` takes what other tests have compiled, and leaves the lists of parts out: cargo-cyclonedx takes a minute to build.
profile=${DIST_PROFILE:-}
stage=$root/target/dist
tree=$stage/tree
tools=$root/target/release-venv/bin
mkdir -p "$out" "$stage"

# Every date in an artefact is that of the commit, so that a second build gives the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
# Nothing of the machine that builds is in what `cross` compiles either.
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS
export SOURCE_DATE_EPOCH CORSAC_ROOT=$root CORSAC_REGISTRY=${CARGO_HOME:-$HOME/.cargo}/registry PATH="$tools:$PATH"
umask 022

# What the quick test packs is deleted again, so its size does not matter.
effort=${profile:+--fast}

# copy_tree: a copy of the checkout in $tree, which a script may change. cargo names what is in a workspace by its place in there, so with
# the same flags and `--target-dir target` nothing is compiled again for the copy.
copy_tree() {
    rm -rf "$tree"
    mkdir -p "$tree"
    git ls-files -z --cached --others --exclude-standard | tar --create --null --files-from=- | tar --extract --directory "$tree"
}

# cross TARGET COMMAND...: builds for it, and nothing in the result depends on where the checkout is.
cross() {
    local library
    tools/cross/tools "$1"
    library=target/rust-src/$(rustc --version | cut -d ' ' -f 2)/library
    # The symbols of a standard library that is built here have the hash of its place. As an open folder that is the same in every checkout.
    if [ -d "$library" ]; then
        exec 8<"$library"
        export CROSS_STD=/proc/self/fd/8
    fi
    RUSTC_WRAPPER=$root/tools/release/remap tools/cross/with "$@"
}

# archive NAME: packs the folder $stage/NAME as $out/NAME.tar.gz.
archive() {
    tar --create --directory "$stage" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
        --mode='u+rw,go-w,go+r' "$1" | gzip --no-name "${effort:---best}" >"$out/$1.tar.gz"
    echo "dist/$1.tar.gz"
}

# debian_cpu CPU: Debian's name of a processor.
debian_cpu() {
    case $1 in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    esac
}

# deb NAME CPU SECTION DEPENDS DESCRIPTION: packs the folder $stage/deb-NAME-CPU, whose documents must be in it already.
deb() {
    local folder=$stage/deb-$1-$2 cpu
    cpu=$(debian_cpu "$2")
    mkdir -p "$folder/DEBIAN"
    {
        printf 'Package: %s\nVersion: %s\nArchitecture: %s\nSection: %s\nPriority: optional\n' "$1" "${version/-/\~}" "$cpu" "$3"
        printf 'Maintainer: %s\nInstalled-Size: %s\n' "${DEBFULLNAME:-The Corsac authors} <${DEBEMAIL:-corsac@localhost}>" \
            "$(du -s --apparent-size --block-size=1024 --exclude=DEBIAN "$folder" | cut -f 1)"
        [ -z "$4" ] || printf 'Depends: %s\n' "$4"
        printf 'Description: %s\n' "$5"
    } >"$folder/DEBIAN/control"
    find "$folder" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb ${profile:+-Zgzip -z1} --root-owner-group --build "$folder" "$out/$1_${version/-/\~}_$cpu.deb" >/dev/null
    echo "dist/$1_${version/-/\~}_$cpu.deb"
}

# documents FOLDER NOTICE CRATE MANIFEST TARGET: both licence texts, those of what is compiled in (tools/release/notices), and the list of parts.
documents() {
    mkdir -p "$1"
    cp LICENSE-MIT LICENSE-APACHE "$1/"
    cp "tools/release/notices/LICENSE-$2" "$1/LICENSE-THIRD-PARTY"
    sbom "$1/sbom.cdx.json" "$4" "$3" "$5"
}

# sbom FILE MANIFEST CRATE TARGET [OPTION...]: the parts of a crate for a target, as CycloneDX.
sbom() {
    local file=$1
    shift
    [ -n "$profile" ] || python3 tools/release/sbom.py "$@" >"$file"
}

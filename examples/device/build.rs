//! The linker reads the memory map of `cortex-m-rt`, and that reads the board's.

fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo names the package's folder");
    println!("cargo:rerun-if-changed=memory.x");
    println!("cargo:rustc-link-search={here}");
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
}

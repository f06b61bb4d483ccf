//! Gives the shared library its name, and links nothing into it, because the program has the C library.
//!
//! Nothing unwinds through a library whose panics abort. So the index by which a program finds the frames to unwind is left out, 5 kB.
//! Debuggers and valgrind read the frames themselves.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // The number is CORSAC_ABI_VERSION.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libcorsac.so.1");
        println!("cargo::rustc-cdylib-link-arg=-nostdlib");
        println!("cargo::rustc-cdylib-link-arg=-nostartfiles");
        println!("cargo::rustc-cdylib-link-arg=-Wl,--no-eh-frame-hdr");
    }
}

//! `include/corsac.h` is what cbindgen writes from this crate. `make header` writes it anew.

use std::fs;
use std::path::Path;

fn generated() -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(here.join("cbindgen.toml")).expect("cbindgen.toml is right");
    let bindings = cbindgen::Builder::new().with_config(config).with_src(here.join("src/lib.rs")).generate();
    let mut header = vec![];
    bindings.expect("the crate can be read").write(&mut header);
    String::from_utf8(header).expect("a header is text")
}

#[test]
fn the_header_is_what_the_crate_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../include/corsac.h");
    let wanted = generated();
    if std::env::var_os("WRITE_HEADER").is_some() {
        fs::write(&file, &wanted).expect("the header can be written");
    }
    let checked_in = fs::read_to_string(&file).unwrap_or_default();
    assert!(checked_in == wanted, "include/corsac.h is not what ffi/src says: `make header` writes it");
}

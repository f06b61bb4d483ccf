//! Runs the vectors on another machine. Findings and images must be the same, byte for byte, as on
//! the machine that built the program, and the images of both machines must give the same
//! decisions.
#![cfg_attr(target_os = "none", no_std, no_main)]

extern crate alloc;

mod case;
#[cfg(target_os = "none")]
mod device;
mod engine;

use alloc::format;
use alloc::string::String;

use case::Case;
use engine::{Made, Meter};

static CASES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cases"));

#[cfg(not(target_os = "none"))]
fn main() -> std::process::ExitCode {
    u8::from(!run(|text| print!("{text}"), &mut ())).into()
}

/// With fewer cases than this, the file is not complete.
const CASES_MIN: usize = 1300;

/// Runs all cases. Returns whether all are right, and reports the wrong ones to `say`.
fn run(say: impl Fn(&str), meter: &mut impl Meter) -> bool {
    let (mut count, mut images, mut refused, mut failed) = (0, 0, 0, 0);
    let Ok((cases, mut rest)) = postcard::take_from_bytes::<u32>(CASES) else { return false };
    // One at a time, because all of them need more memory than a device has.
    for _ in 0..cases {
        let Ok(((file, case, made), next)) = postcard::take_from_bytes::<(String, Case, Made)>(rest) else {
            return false;
        };
        rest = next;
        count += 1;
        images += usize::from(!made.image.is_empty());
        refused += made.damaged.iter().flatten().count();
        if let Err(why) = check(&case, &made, meter) {
            failed += 1;
            say(&format!("{file}: {}: {why}\n", case.says));
        }
    }
    let (bits, order) = (usize::BITS, if cfg!(target_endian = "big") { "big" } else { "little" });
    say(&format!(
        "{}, {bits} bits, {order}-endian: {failed} of {count} cases fail; {images} images, {refused} damaged ones refused\n",
        env!("TARGET")
    ));
    failed == 0 && count >= CASES_MIN && refused >= images
}

fn check(case: &Case, there: &Made, meter: &mut impl Meter) -> Result<(), String> {
    let here = engine::make(&case.spec, meter);
    if here.findings != there.findings {
        return Err(format!("findings\n    here  {:?}\n    there {:?}", here.findings, there.findings));
    }
    let Some(request) = &case.request else { return same(&here, there) };
    for (whose, image) in [("own", &here.image), ("other", &there.image)] {
        let opened = engine::open(image, meter).map_err(|error| format!("the {whose} image does not open: {error}"))?;
        let got = engine::respond(&opened, request, meter);
        if got != case.decision {
            return Err(format!("the {whose} image's decision\n    got  {got:?}\n    want {:?}", case.decision));
        }
    }
    same(&here, there)
}

fn same(here: &Made, there: &Made) -> Result<(), String> {
    if here.image != there.image {
        let first = here.image.iter().zip(&there.image).take_while(|(here, there)| here == there).count();
        let lengths = (here.image.len(), there.image.len());
        return Err(format!("the images differ at byte {first}; lengths here and there: {lengths:?}"));
    }
    if here.damaged != there.damaged {
        return Err(format!("damaged images\n    here  {:?}\n    there {:?}", here.damaged, there.damaged));
    }
    Ok(())
}

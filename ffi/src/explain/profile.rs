//! Whose behaviour is asked for: the standard's, or that of an engine where it differs from the standard.

use corsac::browser::Profile;

use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome};

/// The Fetch standard, to the letter.
pub const CORSAC_PROFILE_SPEC: i32 = 0;
/// Chrome, Edge, Opera and every other browser on Chromium.
pub const CORSAC_PROFILE_CHROMIUM: i32 = 1;
/// Firefox.
pub const CORSAC_PROFILE_FIREFOX: i32 = 2;
/// Safari, and every browser on iOS.
pub const CORSAC_PROFILE_WEBKIT: i32 = 3;
/// No browser: a text that `corsac_decode_console` finds to be no console message that tells of CORS.
pub const CORSAC_PROFILE_NONE: i32 = -1;

pub(super) fn profile(number: i32) -> Outcome<Profile> {
    let mut all = Profile::ALL.into_iter();
    all.find(|profile| self::number(*profile) == number).ok_or(CORSAC_INVALID_ARGUMENT)
}

/// One that C does not know yet is none.
pub(super) const fn number(profile: Profile) -> i32 {
    match profile {
        Profile::Spec => CORSAC_PROFILE_SPEC,
        Profile::Chromium => CORSAC_PROFILE_CHROMIUM,
        Profile::Firefox => CORSAC_PROFILE_FIREFOX,
        Profile::WebKit => CORSAC_PROFILE_WEBKIT,
        _ => CORSAC_PROFILE_NONE,
    }
}

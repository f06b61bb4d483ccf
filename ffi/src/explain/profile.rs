//! Profiles: the behaviour of the standard, or of a browser that differs from it.

use corsac::browser::Profile;

use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome};

/// The Fetch standard, to the letter.
pub const CORSAC_PROFILE_SPEC: i32 = 0;
/// Chrome, Edge, Opera and all other browsers with Chromium inside.
pub const CORSAC_PROFILE_CHROMIUM: i32 = 1;
/// Firefox.
pub const CORSAC_PROFILE_FIREFOX: i32 = 2;
/// Safari, and all browsers on iOS.
pub const CORSAC_PROFILE_WEBKIT: i32 = 3;
/// Not a browser: `corsac_decode_console` did not find a message about CORS.
pub const CORSAC_PROFILE_NONE: i32 = -1;

pub(super) fn profile(number: i32) -> Outcome<Profile> {
    let mut all = Profile::ALL.into_iter();
    all.find(|profile| self::number(*profile) == number).ok_or(CORSAC_INVALID_ARGUMENT)
}

/// A profile that C does not know yet is `CORSAC_PROFILE_NONE`.
pub(super) const fn number(profile: Profile) -> i32 {
    match profile {
        Profile::Spec => CORSAC_PROFILE_SPEC,
        Profile::Chromium => CORSAC_PROFILE_CHROMIUM,
        Profile::Firefox => CORSAC_PROFILE_FIREFOX,
        Profile::WebKit => CORSAC_PROFILE_WEBKIT,
        _ => CORSAC_PROFILE_NONE,
    }
}

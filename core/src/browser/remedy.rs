//! The headers that a response needs to pass: the fewest that allow exactly this request.

use core::fmt;

use super::profile::Profile;
use super::script::Credentials;
use super::step::Step;
use crate::syntax::escape::Escaped;
use crate::syntax::method::is_safelisted;

/// One header line that a response needs. `Display` writes it with untrusted bytes escaped.
///
/// ```
/// use corsac::browser::{Credentials, Exchange, PassingLine, Profile, ScriptRequest};
/// let request =
///     ScriptRequest { credentials: Credentials::Include, ..ScriptRequest::new(b"https://app.example", b"https://api.example/") };
/// let step = Exchange { request, hops: &[] }.steps().next().expect("the first URL");
/// let lines: Vec<PassingLine> = step.passing_lines(Profile::Spec, false).collect();
/// assert_eq!(lines[1].to_string(), "Access-Control-Allow-Credentials: true");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PassingLine<'a> {
    step: Step<'a>,
    profile: Profile,
    name: Name,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Origin,
    Credentials,
    Methods,
    Headers,
}

impl<'a> Step<'a> {
    /// The header lines with which this step passes: those of the response to the preflight, or
    /// those of the response to the request.
    ///
    /// They never name the origin `null`, because any site can have it. Without credentials, `*`
    /// lets the request pass and gives away no more. With credentials there are no lines.
    ///
    /// ```
    /// use corsac::browser::{Exchange, Profile, ScriptRequest};
    /// let request = ScriptRequest { method: b"PUT", ..ScriptRequest::new(b"https://app.example", b"https://api.example/") };
    /// let step = Exchange { request, hops: &[] }.steps().next().unwrap();
    /// let lines: Vec<String> = step.passing_lines(Profile::Spec, true).map(|line| line.to_string()).collect();
    /// assert_eq!(lines, ["Access-Control-Allow-Origin: https://app.example", "Access-Control-Allow-Methods: PUT"]);
    /// ```
    pub fn passing_lines(&self, profile: Profile, of_preflight: bool) -> impl Iterator<Item = PassingLine<'a>> {
        let step = *self;
        let includes = step.request().credentials == Credentials::Include;
        let is_needed = move |name: &Name| match name {
            _ if includes && is_opaque(&step) => false,
            Name::Origin => true,
            Name::Credentials => includes,
            Name::Methods => of_preflight && !is_safelisted(step.method()),
            Name::Headers => of_preflight && !step.requested_headers(profile).is_empty(),
        };
        let names = [Name::Origin, Name::Credentials, Name::Methods, Name::Headers];
        names.into_iter().filter(is_needed).map(move |name| PassingLine { step, profile, name })
    }
}

fn is_opaque(step: &Step<'_>) -> bool {
    step.serialized_origin() == b"null"
}

impl fmt::Display for PassingLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Name::Origin => {
                let origin = if is_opaque(&self.step) { b"*" } else { self.step.serialized_origin() };
                write!(f, "Access-Control-Allow-Origin: {}", Escaped(origin))
            }
            Name::Credentials => f.write_str("Access-Control-Allow-Credentials: true"),
            Name::Methods => write!(f, "Access-Control-Allow-Methods: {}", Escaped(self.step.method())),
            Name::Headers => {
                f.write_str("Access-Control-Allow-Headers: ")?;
                for (place, name) in self.step.requested_headers(self.profile).names().enumerate() {
                    f.write_str(if place == 0 { "" } else { ", " })?;
                    name.iter().try_for_each(|b| Escaped(&[b.to_ascii_lowercase()]).fmt(f))?;
                }
                Ok(())
            }
        }
    }
}

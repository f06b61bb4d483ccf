//! Writes a policy or a set as the text of a policy file.

use core::fmt;

use crate::policy::handle::Policy;
use crate::policy::set::PolicySet;
use crate::spec::field::Field;
use crate::spec::policy_spec::{DEFAULT_METHODS, DEFAULT_STATUS};

const SWITCHES: [Field; 6] = [
    Field::AllowCredentials,
    Field::ExternalOrigins,
    Field::AllowTiming,
    Field::AllowPrivateNetwork,
    Field::DangerouslyAllowNullOrigin,
    Field::DangerouslyAllowInsecureOrigins,
];

impl<B: AsRef<[u8]>> PolicySet<B> {
    /// The policies as the text of a policy file, through `Display`. Compiling that text gives the
    /// same policies again.
    ///
    /// `None`: a path cannot be written without escapes, which policy files do not have. That is so
    /// if it is not UTF-8, or has both kinds of quotes three times in a row. A set that was read
    /// from a text has no such path.
    ///
    /// ```
    /// use corsac::{PolicySet, PolicySpec};
    /// let spec = PolicySpec { allow_credentials: true, ..PolicySpec::new(&["https://app.example.com"]) };
    /// let set = PolicySet::from(spec.compile([0; 256], |_| ())?);
    /// assert_eq!(set.to_text().unwrap().to_string(), "allow_origins = [\"https://app.example.com\"]\nallow_credentials = true\n");
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    pub fn to_text(&self) -> Option<impl fmt::Display> {
        let is_writable = self.tables().all(|(path, _)| quotes(path).is_some());
        is_writable.then_some(Written { set: self })
    }
}

/// A set whose paths can all be written.
struct Written<'s, B> {
    set: &'s PolicySet<B>,
}

impl<B: AsRef<[u8]>> fmt::Display for Written<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (path, policy)) in self.set.tables().enumerate() {
            if self.set.is_set() {
                f.write_str(if number == 0 { "[[policy]]\n" } else { "\n[[policy]]\n" })?;
                if path != b"/" {
                    writeln!(f, "path = {}", Quoted(path))?;
                }
            }
            match policy {
                Some(policy) => write_policy(f, &policy)?,
                None => f.write_str("cors = false\n")?,
            }
        }
        Ok(())
    }
}

fn write_policy(f: &mut fmt::Formatter<'_>, policy: &Policy<&[u8]>) -> fmt::Result {
    write_list(f, Field::AllowOrigins, || policy.origins())?;
    if !policy.methods().eq(DEFAULT_METHODS) {
        write_list(f, Field::AllowMethods, || policy.methods())?;
    }
    if policy.request_headers().next().is_some() {
        write_list(f, Field::AllowHeaders, || policy.request_headers())?;
    }
    if policy.exposed_headers().next().is_some() {
        write_list(f, Field::ExposeHeaders, || policy.exposed_headers())?;
    }
    for (field, number) in [
        (Field::MaxAge, policy.max_age()),
        (Field::PreflightStatus, Some(policy.preflight_status()).filter(|&s| s != DEFAULT_STATUS).map(u32::from)),
        (Field::DeniedPreflightStatus, policy.denied_preflight_status().map(u32::from)),
    ] {
        if let Some(number) = number {
            writeln!(f, "{} = {number}", field.as_str())?;
        }
    }
    for switch in SWITCHES.into_iter().filter(|&switch| policy.is_on(switch)) {
        writeln!(f, "{} = true", switch.as_str())?;
    }
    match policy.public_suffixes().next() {
        Some(_) => write_list(f, Field::DangerouslyAllowPublicSuffixes, || policy.public_suffixes()),
        None if policy.is_on(Field::DangerouslyAllowPublicSuffixes) => {
            writeln!(f, "{} = true", Field::DangerouslyAllowPublicSuffixes.as_str())
        }
        None => Ok(()),
    }
}

/// Writes a list. A single entry is on the line of the option; several have a line each.
fn write_list<'p, I: Iterator<Item = &'p [u8]>>(
    f: &mut fmt::Formatter<'_>,
    field: Field,
    entries: impl Fn() -> I,
) -> fmt::Result {
    write!(f, "{} = [", field.as_str())?;
    let is_long = entries().nth(1).is_some();
    for entry in entries() {
        if is_long {
            write!(f, "\n    {},", Quoted(entry))?;
        } else {
            write!(f, "{}", Quoted(entry))?;
        }
    }
    f.write_str(if is_long { "\n]\n" } else { "]\n" })
}

/// A text in quotes.
struct Quoted<'t>(&'t [u8]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, quotes) = core::str::from_utf8(self.0).ok().zip(quotes(self.0)).ok_or(fmt::Error)?;
        f.write_str(quotes)?;
        f.write_str(text)?;
        f.write_str(quotes)
    }
}

/// The quotes with which a text needs no escapes. Patterns and names have neither quotes nor `\`,
/// and no path has a `\` or a control character.
fn quotes(text: &[u8]) -> Option<&'static str> {
    core::str::from_utf8(text).ok()?;
    match (longest_run(text, b'"'), longest_run(text, b'\'')) {
        (0, _) => Some("\""),
        (_, 0) => Some("'"),
        (..3, _) => Some("\"\"\""),
        (_, ..3) => Some("'''"),
        _ => None,
    }
}

/// How many times in a row a text has this byte, at most.
fn longest_run(text: &[u8], byte: u8) -> usize {
    let (mut longest, mut run) = (0, 0);
    for &b in text {
        run = if b == byte { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::quotes;

    #[test]
    fn quotes_hold_what_they_can() {
        assert_eq!(quotes(b"/a"), Some("\""));
        assert_eq!(quotes(b"/a\"b"), Some("'"));
        assert_eq!(quotes(b"/a\"b'c\"\""), Some("\"\"\""));
        assert_eq!(quotes(b"/a\"\"\"b'c"), Some("'''"));
        assert_eq!(quotes(b"/a\"\"\"b'''c"), None);
        assert_eq!(quotes(b"/\xff"), None);
    }
}

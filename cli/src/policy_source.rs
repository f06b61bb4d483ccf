//! Where a policy or a policy set comes from: a compiled image, known by its first bytes, or a TOML file that is compiled here.

use std::ffi::OsStr;

use corsac::{CompileError, IMAGE_MAGIC, PolicySet, PolicyText, TextError, TextSlot};
use corsac_dialects::commands::SHOWN;

use crate::failure::{Failure, print_err};
use crate::finding_text;
use crate::findings::Findings;
use crate::input::{read_policy, shown_name};

/// A policy or a set that was read and checked. A single policy is a set of one.
#[derive(Debug)]
pub(crate) enum Loaded {
    /// An image, opened.
    Image(PolicySet<Vec<u8>>),
    /// A file with its findings. The policies are missing if errors are among the findings.
    File { source: String, report: Findings, policies: Option<PolicySet<Vec<u8>>> },
}

/// Why a text has no policy.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It is not TOML. The findings say where.
    NotToml { source: String, report: Findings },
    /// One sentence.
    Because(String),
}

/// Checks the bytes of what `policy` names, and keeps up to `limit` findings.
pub(crate) fn load_bytes(policy: &OsStr, bytes: Vec<u8>, limit: usize) -> Result<Loaded, Failure> {
    // The last byte of the magic is the version of the format, which opening checks.
    if IMAGE_MAGIC.split_last().is_some_and(|(_, magic)| bytes.starts_with(magic)) {
        return match PolicySet::open(bytes) {
            Ok(opened) => Ok(Loaded::Image(opened)),
            Err(error) => Err(Failure::because(format_args!("cannot open the image {}", shown_name(policy)), error)),
        };
    }
    let mut source = match String::from_utf8(bytes) {
        Ok(source) => source,
        Err(error) => return Err(not_text(&shown_name(policy), error.as_bytes(), error.utf8_error().valid_up_to())),
    };
    // Editors do not show a byte order mark, so columns do not count it.
    if source.starts_with('\u{FEFF}') {
        source.remove(0);
    }
    let name = shown_name(policy);
    read(&name, source, limit).map_err(|unread| match unread {
        Unread::NotToml { source, report } => {
            print_err(&finding_text::draw(&name, &source, report));
            Failure::AlreadyShown
        }
        Unread::Because(message) => Failure::Message(message),
    })
}

/// Reads and compiles a text. `name` is for messages.
pub(crate) fn read(name: &str, source: String, limit: usize) -> Result<Loaded, Unread> {
    let text = source.as_bytes();
    let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
    let mut report = Findings::keeping(limit);
    let read = match PolicyText::read(text, &mut scratch, |finding| report.add_finding(finding)) {
        Ok(read) => read,
        Err(TextError::NotToml) => return Err(Unread::NotToml { source, report }),
        Err(error) => return Err(Unread::Because(format!("cannot read {name}: {error}"))),
    };
    let policies = match read.compile(vec![0; read.image_len()], |finding| report.add_finding(finding)) {
        Ok(policies) => Some(policies),
        Err(CompileError::Findings { .. }) => None,
        Err(error) => return Err(Unread::Because(format!("cannot compile {name}: {error}"))),
    };
    Ok(Loaded::File { source, report, policies })
}

/// The policy or set that `policy` names. Its findings go to standard error. `None`: errors are among them.
pub(crate) fn load_usable(policy: &OsStr) -> Result<Option<PolicySet<Vec<u8>>>, Failure> {
    usable(policy, read_policy(policy)?)
}

/// The same, from bytes that were read.
pub(crate) fn usable(policy: &OsStr, bytes: Vec<u8>) -> Result<Option<PolicySet<Vec<u8>>>, Failure> {
    match load_bytes(policy, bytes, SHOWN)? {
        Loaded::Image(opened) => Ok(Some(opened)),
        Loaded::File { source, report, policies } => {
            if report.errors() + report.warnings() > 0 {
                print_err(&finding_text::draw(&shown_name(policy), &source, report));
            }
            Ok(policies)
        }
    }
}

fn not_text(name: &str, bytes: &[u8], valid: usize) -> Failure {
    let before = bytes.get(..valid).unwrap_or_default();
    let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
    Failure::because(
        name,
        format_args!("neither a compiled policy nor UTF-8 text: line {line} holds a byte that is not UTF-8"),
    )
}

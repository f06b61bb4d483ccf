//! Reads a file or standard input, whole and within a limit.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};

use corsac::Escaped;

use crate::failure::Failure;
use corsac_diagnose::printable;

/// The largest policy that is read, in bytes: more than an image can have.
const POLICY_LIMIT: u64 = 1 << 32;

/// The largest request head that is read, in bytes.
const HEAD_LIMIT: u64 = 16 << 20;

/// The longest text of a console that is read, in bytes: more than any console has.
pub(crate) const MESSAGE_LIMIT: u64 = 1 << 20;

/// Whether a POLICY argument names standard input.
pub(crate) fn is_stdin(policy: &OsStr) -> bool {
    policy == "-"
}

/// How messages name a POLICY argument.
pub(crate) fn shown_name(policy: &OsStr) -> String {
    if is_stdin(policy) { "standard input".to_owned() } else { printable(&policy.to_string_lossy()).into_owned() }
}

/// The bytes of a policy.
pub(crate) fn read_policy(policy: &OsStr) -> Result<Vec<u8>, Failure> {
    let result = if is_stdin(policy) {
        read_limited(io::stdin().lock(), POLICY_LIMIT)
    } else {
        File::open(policy).and_then(|file| read_limited(file, POLICY_LIMIT))
    };
    result.map_err(|error| Failure::because(format_args!("cannot read the policy {}", shown_name(policy)), error))
}

/// The bytes of a request head, and of whatever follows it, from standard input.
pub(crate) fn read_request_head() -> Result<Vec<u8>, Failure> {
    read_limited(io::stdin().lock(), HEAD_LIMIT)
        .map_err(|error| Failure::because("cannot read a request head from standard input", error))
}

/// Checks the path of a URL. A path without its slash, or a whole URL, is refused with what to write.
pub(crate) fn checked_path(path: &OsStr) -> Result<&[u8], String> {
    let path = path.as_encoded_bytes();
    if path.starts_with(b"/") {
        return Ok(path);
    }
    Err(format!(
        "\"{}\" is not a path: write the path of the URL with its slash, such as /account/cards",
        Escaped(path.get(..128).unwrap_or(path))
    ))
}

/// All bytes of a stream. More than the limit is an error.
pub(crate) fn read_limited(from: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(limit + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len <= limit) {
        Ok(bytes)
    } else {
        Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {limit} bytes")))
    }
}

#[cfg(test)]
mod tests {
    use super::read_limited;

    #[test]
    fn reads_up_to_the_limit_and_not_one_byte_more() {
        assert_eq!(read_limited(&b"12345678"[..], 8).unwrap(), b"12345678");
        assert_eq!(read_limited(&b"123456789"[..], 8).unwrap_err().to_string(), "longer than 8 bytes");
        // An endless stream is read no further than that.
        let mut endless = std::io::repeat(b'x');
        assert!(read_limited(&mut endless, 8).is_err());
    }
}

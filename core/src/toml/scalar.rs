//! Values without quotes: `true`, numbers, dates and times.

use crate::toml::date_time;

/// A value without quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    Switch(bool),
    /// A whole number. If 64 bits cannot hold it, this is the nearest one that they can.
    Whole(i64),
    Fraction,
    DateTime,
}

/// Reads a value without quotes. `None`: it is not valid.
pub(crate) fn read(raw: &[u8]) -> Option<Scalar> {
    match raw {
        b"true" => return Some(Scalar::Switch(true)),
        b"false" => return Some(Scalar::Switch(false)),
        _ => {}
    }
    let (is_negative, unsigned) = match raw.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, raw),
    };
    let radix = match raw.get(..2) {
        Some(b"0x") => 16,
        Some(b"0o") => 8,
        Some(b"0b") => 2,
        _ => 10,
    };
    if radix != 10 {
        return whole(raw.get(2..)?, radix, false).map(Scalar::Whole);
    }
    if let Some(number) = whole(unsigned, 10, is_negative) {
        return is_canonical(unsigned).then_some(Scalar::Whole(number));
    }
    if is_fraction(unsigned) {
        return Some(Scalar::Fraction);
    }
    date_time::is_valid(raw).then_some(Scalar::DateTime)
}

/// No zero is before other digits.
fn is_canonical(digits: &[u8]) -> bool {
    digits.len() == 1 || digits.first() != Some(&b'0')
}

/// Digits of this radix, with single underscores between them.
fn whole(digits: &[u8], radix: u32, is_negative: bool) -> Option<i64> {
    let (mut value, mut was_digit) = (0_i64, false);
    for &b in digits {
        if b == b'_' && was_digit {
            was_digit = false;
            continue;
        }
        let digit = i64::from(char::from(b).to_digit(radix)?);
        let digit = if is_negative { -digit } else { digit };
        value = value.saturating_mul(i64::from(radix)).saturating_add(digit);
        was_digit = true;
    }
    was_digit.then_some(value)
}

/// A number with a fraction or an exponent, `inf` or `nan`, without its sign.
fn is_fraction(number: &[u8]) -> bool {
    if matches!(number, b"inf" | b"nan") {
        return true;
    }
    let is_digits = |part: &[u8]| whole(part, 10, false).is_some();
    let (mantissa, exponent) = match number.iter().position(|b| matches!(b, b'e' | b'E')) {
        Some(at) => (number.get(..at).unwrap_or_default(), number.get(at + 1..)),
        None => (number, None),
    };
    let (before, after) = match mantissa.iter().position(|&b| b == b'.') {
        Some(at) => (mantissa.get(..at).unwrap_or_default(), mantissa.get(at + 1..)),
        None => (mantissa, None),
    };
    let exponent = exponent.map(|part| match part.split_first() {
        Some((b'+' | b'-', rest)) => rest,
        _ => part,
    });
    (after.is_some() || exponent.is_some())
        && is_digits(before)
        && is_canonical(before)
        && after.is_none_or(is_digits)
        && exponent.is_none_or(is_digits)
}

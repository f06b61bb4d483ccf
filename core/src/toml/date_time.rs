//! Dates and times: `1979-05-27T07:32:00-08:00`, and every part of it that TOML allows alone.

/// Whether this is a date, a time, or both with or without an offset.
pub(crate) fn is_valid(raw: &[u8]) -> bool {
    match date(raw) {
        Some([]) => true,
        Some([b'T' | b't' | b' ', rest @ ..]) => time(rest).is_some_and(is_offset),
        Some(_) => false,
        None => time(raw).is_some_and(<[u8]>::is_empty),
    }
}

/// What follows the date at the beginning of the text.
fn date(text: &[u8]) -> Option<&[u8]> {
    let (century, rest) = two_digits(text)?;
    let (year, rest) = two_digits(rest)?;
    let (month, rest) = two_digits(rest.strip_prefix(b"-")?)?;
    let (day, rest) = two_digits(rest.strip_prefix(b"-")?)?;
    let is_leap_year = if year == 0 { century % 4 == 0 } else { year % 4 == 0 };
    let days = match month {
        2 if is_leap_year => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(rest)
}

/// What follows the time at the beginning of the text. Its seconds may be missing.
fn time(text: &[u8]) -> Option<&[u8]> {
    let rest = hour_and_minute(text)?;
    let Some(rest) = rest.strip_prefix(b":") else { return Some(rest) };
    // A minute with a leap second has second 60.
    let (_, rest) = two_digits(rest).filter(|(second, _)| *second <= 60)?;
    let Some(fraction) = rest.strip_prefix(b".") else { return Some(rest) };
    let len = fraction.iter().position(|b| !b.is_ascii_digit()).unwrap_or(fraction.len());
    fraction.get(len..).filter(|_| len > 0)
}

fn is_offset(text: &[u8]) -> bool {
    match text {
        [] | [b'Z' | b'z'] => true,
        [b'+' | b'-', rest @ ..] => hour_and_minute(rest).is_some_and(<[u8]>::is_empty),
        _ => false,
    }
}

fn hour_and_minute(text: &[u8]) -> Option<&[u8]> {
    let (_, rest) = two_digits(text).filter(|(hour, _)| *hour <= 23)?;
    let (_, rest) = two_digits(rest.strip_prefix(b":")?).filter(|(minute, _)| *minute <= 59)?;
    Some(rest)
}

/// Two digits, and what follows them.
fn two_digits(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] => Some(((tens - b'0') * 10 + (ones - b'0'), rest)),
        _ => None,
    }
}

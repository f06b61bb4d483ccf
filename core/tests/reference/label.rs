//! Which A-labels the URL parser refuses
//! ([URL standard, domain to ASCII](https://url.spec.whatwg.org/#concept-domain-to-ascii)).

/// `xn--` with something that is not Punycode, or with Punycode of a label that needs none.
pub fn is_refused_a_label(label: &[u8]) -> bool {
    let Some(encoded) = label.strip_prefix(b"xn--") else { return false };
    let Some(decoded) = decode(encoded) else { return true };
    // U+0080 to U+009F are control characters. A label of only ASCII is written as it is.
    let is_sound = |point: &u32| *point < 0x80 || (*point >= 0xA0 && char::from_u32(*point).is_some());
    decoded.iter().all(|point| *point < 0x80) || !decoded.iter().all(is_sound)
}

/// RFC 3492, section 6.2: the code points.
fn decode(encoded: &[u8]) -> Option<Vec<u32>> {
    let (mut points, rest) = match encoded.iter().rposition(|byte| *byte == b'-') {
        // A hyphen with nothing before it is not a delimiter.
        Some(at) if at > 0 => (encoded[..at].iter().map(|byte| u32::from(*byte)).collect(), &encoded[at + 1..]),
        _ => (vec![], encoded),
    };
    let (mut next, mut place, mut bias) = (128_u32, 0_u32, 72_u32);
    let mut digits = rest.iter();
    while digits.len() > 0 {
        let (before, mut weight, mut step) = (place, 1_u32, 36_u32);
        loop {
            let digit = match digits.next()? {
                letter @ b'a'..=b'z' => u32::from(letter - b'a'),
                number @ b'0'..=b'9' => u32::from(number - b'0') + 26,
                _ => return None,
            };
            place = place.checked_add(digit.checked_mul(weight)?)?;
            let threshold = step.saturating_sub(bias).clamp(1, 26);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(36 - threshold)?;
            step += 36;
        }
        let count = u32::try_from(points.len()).ok()? + 1;
        bias = adapt(place - before, count, before == 0);
        next = next.checked_add(place / count)?;
        place %= count;
        points.insert(place as usize, next);
        place += 1;
    }
    Some(points)
}

/// RFC 3492, section 6.1.
fn adapt(delta: u32, count: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / count;
    let mut divisions = 0;
    while delta > 35 * 26 / 2 {
        delta /= 35;
        divisions += 36;
    }
    divisions + 36 * delta / (delta + 38)
}

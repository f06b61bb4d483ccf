//! Whether a label that begins with `xn--` is an A-label, by the rules of Punycode ([RFC
//! 3492](https://www.rfc-editor.org/rfc/rfc3492)).

/// Whether the URL parser may accept a lower-case label that begins with `xn--`: the rest decodes
/// to characters of which one at least is outside ASCII. Browsers also look each character up in
/// the tables of IDNA, which are too large for a device: a label that fails there only never
/// matches.
#[cold]
pub(crate) fn is_a_label(label: &[u8]) -> bool {
    label.strip_prefix(b"xn--").is_some_and(|encoded| decodes(encoded).unwrap_or(false))
}

/// RFC 3492 section 5.
const BASE: u32 = 36;
const TMIN: u32 = 1;
const TMAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 0x80;

/// RFC 3492 section 6.2, for the characters alone: nothing here depends on where each of them is
/// inserted. `None`: not Punycode.
fn decodes(encoded: &[u8]) -> Option<bool> {
    // ASCII comes before the last hyphen, unless there is none.
    let (basic, digits) = match encoded.iter().rposition(|&b| b == b'-') {
        Some(at) if at != 0 => (at, encoded.get(at + 1..)?),
        _ => (0, encoded),
    };
    let (mut count, mut n, mut i, mut bias) = (u32::try_from(basic).ok()?, INITIAL_N, 0_u32, INITIAL_BIAS);
    let is_decoded = !digits.is_empty();
    let mut digits = digits.iter();
    while !digits.as_slice().is_empty() {
        let (before, mut weight, mut k) = (i, 1_u32, BASE);
        loop {
            let digit = match digits.next()? {
                letter @ b'a'..=b'z' => u32::from(letter - b'a'),
                number @ b'0'..=b'9' => u32::from(number - b'0') + 26,
                _ => return None,
            };
            i = i.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(TMIN, TMAX);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            k += BASE;
        }
        count += 1;
        bias = adapt(i - before, count, before == 0);
        n = n.checked_add(i.checked_div(count)?)?;
        i = i.checked_rem(count)? + 1;
        // C1 control characters are in no label.
        if char::from_u32(n)?.is_control() {
            return None;
        }
    }
    Some(is_decoded)
}

/// RFC 3492 section 6.1.
fn adapt(delta: u32, count: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / DAMP } else { delta / 2 };
    delta += delta.checked_div(count).unwrap_or(0);
    let mut k = 0;
    while delta > (BASE - TMIN) * TMAX / 2 {
        delta /= BASE - TMIN;
        k += BASE;
    }
    k + (BASE - TMIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::is_a_label;
    use std::format;

    #[test]
    fn labels_of_real_names_are_a_labels() {
        for label in [
            "xn--bcher-kva",
            "xn--p1ai",
            "xn--55qx5d",
            "xn--mgbaam7a8h",
            "xn--fiqs8s",
            "xn--a-ecp",
            "xn--ls8h",
            "xn--n28h",
            "xn--mgberp4a5d4ar",
            "xn--kprw13d",
            "xn--ihqwcrb4cv8a8dqg056pqjye",
            "xn--egbpdaj6bu4bxfgehfvwxn",
            // Long names in many scripts: the bias changes with each character.
            "xn--bcherundstraen-cgb66b",
            "xn----olbhjblgdf4belwf6bfs",
            "xn----8sbnclcb1annfgdqq7l",
            "xn----87tuqvbl9538b",
            "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l",
            "xn--989av7mma33yx7eb8k51ap27a",
            "xn--nckyfvbwb",
            "xn--o70b841ad5c9qb763b",
            "xn--mgbcah9ar9a4efegftvvn",
            "xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa",
            "xn--tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g",
            "xn--938hc13w",
            "xn--ab-bw03a",
            "xn--j50im98x",
            // Letters and digits at random, some of which would not decode if the bias were wrong.
            "xn--84q9ih",
            "xn--t459bztmpqveqq",
            "xn--vg3ka8dy6ghu9ngd",
            "xn--dxp13t894k5eokczlp",
            // The first character after the control characters, and the last of all.
            "xn--6a",
            "xn--dn32g",
        ] {
            assert!(is_a_label(label.as_bytes()), "{label}");
        }
    }

    #[test]
    fn labels_that_the_url_parser_refuses_are_not_a_labels() {
        let long = format!("xn--{}", "9".repeat(59));
        for label in [
            // Nothing to decode, ASCII alone, and a hyphen that has nothing before it.
            "xn--",
            "xn---",
            "xn--a-",
            "xn--ascii-",
            "xn---kva",
            // U+0080 and U+009F, a byte that is not a digit, and numbers that do not end.
            "xn--a",
            "xn--5a",
            "xn--bcher-k_a",
            "xn--bcher-kv9",
            "xn--z",
            // Beyond U+10FFFF, a surrogate, and more than 32 bits.
            "xn--en32g",
            "xn--ib9b",
            "xn--zy0c",
            "xn--l0902716a",
            &long,
            "bcher-kva",
            // The same: some would decode.
            "xn--nm6sdz8f64psve8z",
            "xn--0qhhtlns05dan3fx",
            "xn--d72s1z4bc1rz",
            "xn--b8q91tdxclmute",
            "xn--82s30crkuk4vjpe9kn",
            "xn--8i7qexizwbmifp",
            "xn--pndtwewnbr43ns6r2i",
            "xn--knlu2bf43xreqyddj",
        ] {
            assert!(!is_a_label(label.as_bytes()), "{label}");
        }
    }
}

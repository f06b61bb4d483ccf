//! Decimal numbers in the one form that ports, addresses and prefix lengths have.

/// Reads a decimal number of at most five digits, without a sign or leading zeros, that is at most
/// `max`.
pub(crate) fn decimal(digits: &[u8], max: u32) -> Option<u32> {
    if digits.is_empty() || digits.len() > 5 || (digits.len() > 1 && digits.first() == Some(&b'0')) {
        return None;
    }
    let number = digits.iter().try_fold(0_u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))?;
    (number <= max).then_some(number)
}

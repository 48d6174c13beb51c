//! Randomness, from the operating system through aws-lc. Ids, tokens and codes are made here only.

use aws_lc_rs::rand;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::Instant;

/// `N` random bytes.
///
/// # Panics
/// If the operating system gives no randomness: going on without it would be worse.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut buffer = [0; N];
    #[expect(clippy::expect_used, reason = "without randomness no secret may be made")]
    rand::fill(&mut buffer).expect("the operating system gives randomness");
    buffer
}

/// A 256-bit secret as 43 characters of base64url.
pub fn token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes::<32>())
}

/// An id that sorts by the time it was made (UUID version 7, RFC 9562).
pub fn uuid(now: Instant) -> Uuid {
    let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes::<10>()).into_uuid()
}

/// A code a person can read out and type: `len` characters without look-alikes (no 0 O 1 I L U).
/// 30 letters, so 12 characters carry 58 bits.
pub fn code(len: usize) -> String {
    code_of(len, bytes::<32>)
}

/// The same, worked out from bytes that are as good as random: as many blocks as it takes.
pub fn code_of(len: usize, mut block: impl FnMut() -> [u8; 32]) -> String {
    const LETTERS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut out = String::with_capacity(len);
    while out.len() < len {
        // Bytes of 240 and above are dropped so that each letter is equally likely.
        out.extend(block().iter().filter(|b| **b < 240).map(|b| char::from(LETTERS[usize::from(b % 30)])));
    }
    out.truncate(len);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_their_length_and_letters() {
        for len in [1, 8, 12, 40] {
            let code = code(len);
            assert_eq!(code.len(), len);
            assert!(!code.contains(['0', 'O', '1', 'I', 'L', 'U']));
        }
        assert_ne!(token(), token());
        assert_eq!(token().len(), 43);
    }

    #[test]
    fn ids_sort_by_time() {
        assert!(uuid(Instant(1_000_000_000)) < uuid(Instant(2_000_000_000)));
    }
}

//! Randomness, passed in: code that needs random bytes or new ids asks an [`Entropy`], so that a run can be repeated.

use uuid::{Builder, Uuid};

use crate::time::Moment;

/// Where random bytes come from. The program passes the system's in, a test may pass its own.
pub trait Entropy: Send + Sync + 'static {
    /// Fills a slice with random bytes fit for secrets.
    fn fill(&self, bytes: &mut [u8]);
}

/// Random bytes.
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// A new id that sorts by time (UUID version 7).
pub fn new_id(entropy: &dyn Entropy, now: Moment) -> Uuid {
    let millis = u64::try_from(now.0 / 1000).unwrap_or_default();
    Builder::from_unix_timestamp_millis(millis, &bytes(entropy)).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeros;
    impl Entropy for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn ids_are_version_seven_and_rise_with_time() {
        let (one, two) = (new_id(&Zeros, Moment(1_000_000)), new_id(&Zeros, Moment(2_000_000)));
        assert_eq!(one.get_version_num(), 7);
        assert!(one < two);
    }
}

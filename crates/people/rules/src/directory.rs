//! How many wrong passwords may go to a directory that locks accounts.
//!
//! Invariant: through us nobody can have an account locked there; and strangers cannot use up what its owner needs.

/// What may be sent of one account before the domain forgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// By everybody together: one less than locks the account.
    pub all: i64,
    /// By devices on which its owner has not signed in before; the rest is kept for those on which they have.
    pub of_strangers: i64,
}

/// What a domain allows that locks an account after so many wrong passwords.
pub fn wrong_allowed(threshold: i64) -> Wrong {
    let all = (threshold - 1).max(0);
    Wrong { all, of_strangers: all - all / 2 }
}

/// True where the domain itself counts fewer wrong passwords than may be sent: people mistype elsewhere, too.
pub fn has_room(counted_by_domain: i64, threshold: i64, is_stranger: bool) -> bool {
    let allowed = wrong_allowed(threshold);
    counted_by_domain < if is_stranger { allowed.of_strangers } else { allowed.all }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_less_than_locks_is_sent_and_half_is_kept_for_known_devices() {
        for (threshold, all, of_strangers) in [(0, 0, 0), (1, 0, 0), (2, 1, 1), (3, 2, 1), (5, 4, 2), (10, 9, 5)] {
            assert_eq!(wrong_allowed(threshold), Wrong { all, of_strangers }, "{threshold}");
        }
    }

    #[test]
    fn what_was_mistyped_elsewhere_leaves_less_to_strangers() {
        assert!(has_room(1, 5, true) && !has_room(2, 5, true));
        assert!(has_room(3, 5, false) && !has_room(4, 5, false));
    }
}

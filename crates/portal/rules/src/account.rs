//! Accounts of customers as the staff who look after them see them.

use serde::{Deserialize, Serialize};

/// What an account is, as it is known to staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// It may not sign in.
    Inactive,
    /// It must choose a password before anything else.
    PendingReset,
    /// It is in use.
    Active,
}

/// When somebody was last there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastActivity<M> {
    /// Not asked of an account that may not sign in.
    NotApplicable,
    /// A password was set by somebody else since.
    ResetTriggered,
    /// Never there yet, and the first password is still to be changed.
    PendingFirstSignIn,
    /// Then.
    At(M),
    /// Never there.
    Never,
}

/// What is known of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountFacts<M> {
    /// True if it may sign in.
    pub is_active: bool,
    /// True if it must choose a password.
    pub must_change_password: bool,
    /// When it last signed in.
    pub last_sign_in: Option<M>,
}

impl<M> AccountFacts<M> {
    /// What the account is.
    pub fn state(&self) -> AccountState {
        match (self.is_active, self.must_change_password) {
            (false, _) => AccountState::Inactive,
            (true, true) => AccountState::PendingReset,
            (true, false) => AccountState::Active,
        }
    }

    /// When somebody was last there.
    pub fn last_activity(self) -> LastActivity<M> {
        match (self.state(), self.last_sign_in) {
            (AccountState::Inactive, _) => LastActivity::NotApplicable,
            (AccountState::PendingReset, Some(_)) => LastActivity::ResetTriggered,
            (AccountState::PendingReset, None) => LastActivity::PendingFirstSignIn,
            (AccountState::Active, Some(at)) => LastActivity::At(at),
            (AccountState::Active, None) => LastActivity::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_inactive_before_it_is_pending() {
        let facts = |is_active, must_change_password, last_sign_in| AccountFacts {
            is_active,
            must_change_password,
            last_sign_in,
        };
        assert_eq!(facts(false, true, Some(1)).state(), AccountState::Inactive);
        assert_eq!(facts(false, true, Some(1)).last_activity(), LastActivity::NotApplicable);
        assert_eq!(facts(true, true, Some(1)).last_activity(), LastActivity::ResetTriggered);
        assert_eq!(facts(true, true, None::<i64>).last_activity(), LastActivity::PendingFirstSignIn);
        assert_eq!(facts(true, false, Some(1)).last_activity(), LastActivity::At(1));
        assert_eq!(facts(true, false, None::<i64>).last_activity(), LastActivity::Never);
    }
}

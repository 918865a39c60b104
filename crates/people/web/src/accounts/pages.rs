//! What the pages of accounts share. The list is in `list`, one person in `show`, forms in `form`, removal in `remove`.

pub mod form;
pub mod list;
pub mod remove;
pub mod show;

use base_core::area::Area;
use base_core::permission::Role;
use base_core::time::Moment;
use base_web::list::Tone;
use base_web::view::{Frame, TIME};
use people_store::account::{Account, State as AccountState};

use crate::state::People;

/// An account as pages show it.
pub(crate) struct Shown {
    pub(crate) id: i64,
    pub(crate) username: String,
    pub(crate) called: String,
    pub(crate) email: String,
    pub(crate) roles: String,
    pub(crate) area: String,
    pub(crate) state: AccountState,
    pub(crate) two_factor: bool,
    pub(crate) created_at: String,
    pub(crate) signed_in_at: String,
    pub(crate) locked_until: String,
    pub(crate) failed_sign_ins: i64,
    /// True where the password is that of the directory.
    pub(crate) is_of_directory: bool,
    /// The key of why the directory keeps them out; empty where it does not.
    pub(crate) out_key: String,
}

impl Shown {
    pub(crate) fn of(account: &Account, frame: &Frame, app: &People) -> Self {
        let locked_until = account.locked_until.filter(|until| *until > app.clock.now());
        Self {
            id: account.id,
            username: account.username.clone(),
            called: account.called.clone(),
            email: account.email.clone().unwrap_or_default(),
            roles: roles_in_words(frame, &account.standing.roles),
            area: account.area.as_ref().map(Area::title).unwrap_or_default(),
            state: account.state(app.clock.now()),
            two_factor: account.two_factor,
            created_at: shown(account.created_at, app),
            signed_in_at: account.signed_in_at.map(|at| shown(at, app)).unwrap_or_default(),
            locked_until: locked_until.map(|at| shown(at, app)).unwrap_or_default(),
            failed_sign_ins: account.failed_sign_ins,
            is_of_directory: account.directory_guid.is_some(),
            out_key: account.directory_out.as_ref().map(|why| format!("user-out-{why}")).unwrap_or_default(),
        }
    }

    /// The key of the words for the state.
    pub(crate) fn state_key(&self) -> String {
        format!("user-state-{}", self.state.name())
    }

    /// How the state is drawn.
    pub(crate) fn tone(&self) -> Tone {
        match self.state {
            AccountState::Active => Tone::Ok,
            AccountState::Inactive => Tone::Plain,
            AccountState::MustChange => Tone::Look,
            AccountState::Locked => Tone::Stop,
        }
    }
}

/// A time in the site's zone.
pub(crate) fn shown(at: Moment, app: &People) -> String {
    at.display(&app.settings.zone, TIME)
}

/// Roles in words.
pub(crate) fn roles_in_words(frame: &Frame, roles: &[Role]) -> String {
    let words: Vec<String> = roles.iter().map(|role| frame.t(&format!("role-{}", role.name()))).collect();
    words.join(", ")
}

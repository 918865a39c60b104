//! Who may change whose account, and what an account may hold.
//!
//! Invariants: the site always has an active admin; nobody changes their own roles, area or state (U1); a change that is
//! refused changes nothing.

use base_core::account::{AccountId, username_is_valid};
use base_core::area::Area;
use base_core::permission::Role;
use base_core::text::is_plain;

/// Most dispatchers of one area (U3).
pub const DISPATCHERS_PER_AREA_MAX: i64 = 10;
/// Longest name by which pages call somebody, in characters.
pub const DISPLAY_NAME_CHARS_MAX: usize = 64;
/// Longest e-mail, in bytes.
pub const EMAIL_BYTES_MAX: usize = 120;
/// The sign with which the name of a removed person begins. Nobody who is there has such a name.
pub const REMOVED_SIGN: char = '~';

/// Why something is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The user name has other characters, or another length.
    #[error("A user name has 3 to 64 characters of A-Z a-z 0-9 _ . -")]
    BadName,
    /// Somebody has it already.
    #[error("This user name or e-mail is taken. Choose another one.")]
    NameTaken,
    /// Somebody has it already.
    #[error("This e-mail is taken. Choose another one.")]
    EmailTaken,
    /// Not a name by which pages can call somebody.
    #[error("A display name has 1 to 64 characters and does not begin with ~.")]
    BadDisplayName,
    /// Not an e-mail.
    #[error("This is not an e-mail address. Write it like name@example.com.")]
    BadEmail,
    /// There is no role.
    #[error("Choose at least one role.")]
    NoRole,
    /// A dispatcher without an area (U2).
    #[error("A dispatcher needs an area. Choose one.")]
    NoArea,
    /// An area that the site does not have.
    #[error("The site has no such area. Choose one from the list.")]
    UnknownArea,
    /// The area has ten dispatchers (U3).
    #[error("This area has 10 dispatchers already. Choose another one, or move somebody first.")]
    AreaFull,
    /// The person is whoever asks (U1).
    #[error("Nobody changes their own roles, area or state, or removes themselves. Ask another admin.")]
    Yourself,
    /// There would be no admin (U1).
    #[error("This is the last active admin. Make somebody else an admin first.")]
    LastAdmin,
    /// A biller has bills that are not completed (U4), or whatever a wing counts as unfinished.
    #[error("This person has unfinished work that needs the role. Complete it or hand it over first.")]
    Unfinished,
    /// The account was changed since it was looked at.
    #[error("Somebody else changed this account meanwhile. Look at it again, then repeat your change.")]
    ChangedMeanwhile,
    /// The name that confirms it is another one.
    #[error("The user name that was typed is not this person's. Nothing was removed.")]
    NotConfirmed,
    /// What a removed person made cannot go to this person.
    #[error("Choose an active person who takes over what this person made.")]
    BadHeir,
    /// Reset mails need mail, a public address, and the person's e-mail.
    #[error("No mail can be sent: it needs mail, a public address of the site, and an active person with an e-mail.")]
    NoMail,
    /// The link was used, replaced, or is too old.
    #[error("This link has been used, replaced, or is too old. Ask for a new one.")]
    BadLink,
    /// The present password is another one.
    #[error("This is not your present password.")]
    WrongPassword,
    /// The new password is the one that somebody else gave.
    #[error("Choose another password than the one you have now.")]
    SamePassword,
    /// They may do everything already.
    #[error("Admins have every right already.")]
    AdminAlready,
    /// One request waits already.
    #[error("Your request is waiting already. An admin decides it.")]
    AskedAlready,
    /// Words are missing, or too many.
    #[error("Write 1 to 1,000 characters that say why.")]
    NoReason,
    /// Somebody has decided it.
    #[error("This request is decided already.")]
    DecidedAlready,
    /// People cannot register themselves.
    #[error("Nobody can register here. Ask an admin for an account.")]
    NoRegistration,
    /// The directory says it.
    #[error("This account belongs to the directory: its names, roles and password are changed there.")]
    OfDirectory,
}

impl Refusal {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadName => "bad_name",
            Self::NameTaken => "name_taken",
            Self::EmailTaken => "email_taken",
            Self::BadDisplayName => "bad_display_name",
            Self::BadEmail => "bad_email",
            Self::NoRole => "no_role",
            Self::NoArea => "no_area",
            Self::UnknownArea => "unknown_area",
            Self::AreaFull => "area_full",
            Self::Yourself => "yourself",
            Self::LastAdmin => "last_admin",
            Self::Unfinished => "unfinished",
            Self::ChangedMeanwhile => "changed_meanwhile",
            Self::NotConfirmed => "not_confirmed",
            Self::BadHeir => "bad_heir",
            Self::NoMail => "no_mail",
            Self::BadLink => "bad_link",
            Self::WrongPassword => "wrong_password",
            Self::SamePassword => "same_password",
            Self::AdminAlready => "admin_already",
            Self::AskedAlready => "asked_already",
            Self::NoReason => "no_reason",
            Self::DecidedAlready => "decided_already",
            Self::NoRegistration => "no_registration",
            Self::OfDirectory => "of_directory",
        }
    }

    /// The field of a form that it is about; empty where it is about none.
    pub fn field(self) -> &'static str {
        match self {
            Self::BadName | Self::NameTaken => "username",
            Self::EmailTaken | Self::BadEmail => "email",
            Self::BadDisplayName => "display_name",
            Self::NoRole => "roles",
            Self::NoArea | Self::UnknownArea | Self::AreaFull => "area",
            Self::NotConfirmed => "confirm",
            Self::BadHeir => "hand_over_to",
            Self::WrongPassword => "current_password",
            Self::SamePassword => "new_password",
            Self::NoReason => "reason",
            _ => "",
        }
    }
}

/// What somebody is in the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Their roles, in the order of [`Role::ALL`].
    pub roles: Vec<Role>,
    /// False for accounts that may not sign in.
    pub is_active: bool,
}

impl Standing {
    /// An active person with these roles.
    pub fn active(roles: impl Into<Vec<Role>>) -> Self {
        Self { roles: sorted(roles.into()), is_active: true }
    }

    /// True when the person can do everything, now.
    pub fn is_active_admin(&self) -> bool {
        self.is_active && self.roles.contains(&Role::Admin)
    }
}

/// Roles, each once, in their order.
pub fn sorted(mut roles: Vec<Role>) -> Vec<Role> {
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// What the rules about a person's standing look at.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'f> {
    /// Who asks; `None` is the machine itself.
    pub by: Option<AccountId>,
    /// Whose account it is.
    pub account: AccountId,
    /// What they are now.
    pub before: &'f Standing,
    /// Active admins besides them.
    pub other_admins: i64,
    /// What they have begun and not finished.
    pub unfinished: i64,
}

/// Whether a person's standing may become another; `None` is a person who is removed.
pub fn check_standing(facts: Facts<'_>, after: Option<&Standing>) -> Result<(), Refusal> {
    let Facts { by, account, before, other_admins, unfinished } = facts;
    if after == Some(before) {
        return Ok(());
    }
    if by == Some(account) {
        return Err(Refusal::Yourself);
    }
    if before.is_active_admin() && !after.is_some_and(Standing::is_active_admin) && other_admins <= 0 {
        return Err(Refusal::LastAdmin);
    }
    let Some(after) = after else { return Ok(()) };
    if after.roles.is_empty() {
        return Err(Refusal::NoRole);
    }
    // A biller needs a role in which the bills can be completed (U4).
    let can_finish = |standing: &Standing| standing.roles.iter().any(|role| role.sees_every_area());
    if unfinished > 0 && can_finish(before) && !can_finish(after) {
        return Err(Refusal::Unfinished);
    }
    Ok(())
}

/// The area of somebody with these roles: a dispatcher needs one of the site's (U2), others have none. `there` says how
/// many other dispatchers an area has.
pub fn check_area(
    roles: &[Role],
    area: Option<&str>,
    areas: &[Area],
    there: impl Fn(&Area) -> i64,
) -> Result<Option<Area>, Refusal> {
    if !roles.contains(&Role::Dispatcher) {
        return Ok(None);
    }
    let name = area.map(str::trim).filter(|name| !name.is_empty()).ok_or(Refusal::NoArea)?;
    let area = areas.iter().find(|area| area.as_str() == name).ok_or(Refusal::UnknownArea)?;
    if there(area) >= DISPATCHERS_PER_AREA_MAX { Err(Refusal::AreaFull) } else { Ok(Some(area.clone())) }
}

/// A user name that somebody may get.
pub fn check_username(name: &str) -> Result<&str, Refusal> {
    let name = name.trim();
    if username_is_valid(name) { Ok(name) } else { Err(Refusal::BadName) }
}

/// A name by which pages call somebody; `None` is the user name.
pub fn check_display_name(name: &str) -> Result<Option<String>, Refusal> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(None);
    }
    let fits = name.chars().count() <= DISPLAY_NAME_CHARS_MAX && !name.starts_with(REMOVED_SIGN);
    let plain = is_plain(name) && !name.contains(['\n', '\r', '\t']);
    if fits && plain { Ok(Some(name.to_owned())) } else { Err(Refusal::BadDisplayName) }
}

/// An e-mail, in small letters; `None` where there is none.
pub fn check_email(email: &str) -> Result<Option<String>, Refusal> {
    let email = email.trim().to_lowercase();
    if email.is_empty() {
        return Ok(None);
    }
    let (name, host) = email.split_once('@').ok_or(Refusal::BadEmail)?;
    let of_name = |one: char| one.is_ascii_alphanumeric() || "._%+-".contains(one);
    let of_host = |one: char| one.is_ascii_alphanumeric() || ".-".contains(one);
    let top = host.rsplit_once('.').map(|(_, top)| top).unwrap_or_default();
    let fits = !name.is_empty()
        && name.chars().all(of_name)
        && host.chars().all(of_host)
        && !host.starts_with(['.', '-'])
        && !host.contains("..")
        && top.len() >= 2
        && top.chars().all(|one| one.is_ascii_alphabetic())
        && email.len() <= EMAIL_BYTES_MAX;
    if fits { Ok(Some(email)) } else { Err(Refusal::BadEmail) }
}

/// The user name of a removed person, which nobody else can have.
pub fn removed_name(account: AccountId) -> String {
    format!("{REMOVED_SIGN}{account}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dispatcher_needs_an_area_of_the_site_with_room_and_nobody_else_has_one() {
        let areas = [Area::new("lucknow"), Area::new("indore")];
        let there = |area: &Area| if area.as_str() == "indore" { 10 } else { 9 };
        let check = |roles: &[Role], area: &str| check_area(roles, Some(area), &areas, there);
        assert_eq!(check(&[Role::Dispatcher], "lucknow"), Ok(Some(Area::new("lucknow"))));
        assert_eq!(check(&[Role::Dispatcher], "indore"), Err(Refusal::AreaFull));
        assert_eq!(check(&[Role::Dispatcher], "delhi"), Err(Refusal::UnknownArea));
        assert_eq!(check(&[Role::Dispatcher], " "), Err(Refusal::NoArea));
        assert_eq!(check(&[Role::Biller], "lucknow"), Ok(None));
    }

    #[test]
    fn names_and_emails_are_plain_and_nobody_is_called_like_a_removed_person() {
        assert_eq!(check_display_name(" Asha Rao "), Ok(Some("Asha Rao".into())));
        assert_eq!(check_display_name("आशा"), Ok(Some("आशा".into())));
        assert_eq!(check_display_name(""), Ok(None));
        for name in ["~7", "a\nb", "a\u{0}b", &"x".repeat(65)] {
            assert_eq!(check_display_name(name), Err(Refusal::BadDisplayName), "{name:?}");
        }
        assert_eq!(check_email(" Asha@Example.com "), Ok(Some("asha@example.com".into())));
        assert_eq!(check_email(""), Ok(None));
        for email in ["asha", "a@b", "@b.com", "a@.com", "a@b..com", "a b@c.de", "a@b@c.de", "a@b.c1", "a,b@c.de"] {
            assert_eq!(check_email(email), Err(Refusal::BadEmail), "{email}");
        }
        assert!(check_username(&removed_name(7)).is_err(), "nobody can have it");
    }

    #[test]
    fn a_biller_with_open_bills_keeps_a_role_that_can_complete_them() {
        let before = Standing::active([Role::Biller]);
        let facts = Facts { by: Some(1), account: 2, before: &before, other_admins: 1, unfinished: 3 };
        let becomes = |roles: &[Role]| check_standing(facts, Some(&Standing::active(roles)));
        assert_eq!(becomes(&[Role::Dispatcher]), Err(Refusal::Unfinished));
        assert_eq!(becomes(&[Role::Admin]), Ok(()));
        assert_eq!(becomes(&[Role::Biller, Role::Steward]), Ok(()));
        assert_eq!(becomes(&[]), Err(Refusal::NoRole));
        assert_eq!(check_standing(facts, None), Ok(()), "what they made is handed over or stays");
    }
}

//! People of the earlier system. They keep their names, their passwords and their second factor.
//!
//! Invariant: nobody gains a permission by being imported. An unknown role becomes the one with the fewest permissions,
//! an account that could not sign in there cannot sign in here.

use base_core::account::username_is_valid;
use base_core::area::Area;
use base_core::permission::Role;
use base_core::time::Moment;
use serde::Deserialize;

use super::site::{Finding, Site, area, moment};

/// A hash that no password matches: its owner needs a new password.
const NO_HASH: &str = "!";

/// A row of `user`. Columns that the earlier database does not have are empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct EarlierUser {
    /// Its number.
    pub id: i64,
    /// The user name.
    pub username: Option<String>,
    /// The e-mail.
    pub email: Option<String>,
    /// The password, hashed by werkzeug.
    pub password_hash: Option<String>,
    /// The role.
    pub role: Option<String>,
    /// The area.
    pub dispatch_area: Option<String>,
    /// People who are not verified cannot sign in there.
    pub verified: Option<bool>,
    /// When it was created.
    pub created_at: Option<String>,
    /// Failures since the last success.
    pub failed_login_attempts: Option<i64>,
    /// Until when nobody gets in.
    pub locked_until: Option<String>,
    /// The secret of the authenticator app, in the clear.
    pub totp_secret: Option<String>,
    /// Whether that secret is asked for.
    pub two_fa_enabled: Option<bool>,
}

/// An account as it is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAccount {
    /// The user name that is wanted; the caller makes sure that it is free.
    pub username: String,
    /// The e-mail.
    pub email: Option<String>,
    /// The password, hashed.
    pub password_hash: String,
    /// The role.
    pub role: Role,
    /// The area, for dispatchers.
    pub area: Option<Area>,
    /// False for accounts that could not sign in there.
    pub is_active: bool,
    /// Failures since the last success.
    pub failed_sign_ins: i64,
    /// Until when nobody gets in.
    pub locked_until: Option<Moment>,
    /// When it was created.
    pub created_at: Moment,
    /// The secret of the authenticator app, to be encrypted.
    pub totp_secret: Option<String>,
}

/// Decides what becomes of a person.
pub fn person(user: &EarlierUser, site: &Site<'_>) -> (KeptAccount, Vec<Finding>) {
    let mut findings = Vec::new();
    let given = user.username.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let username = given.map_or_else(|| format!("user-{}", user.id), str::to_owned);
    let mut tell = |found: &'static str, done: String| {
        findings.push(Finding::new("user", user.id, &username, found, done));
    };
    if !username_is_valid(&username) {
        tell("odd_name", "kept; the name breaks the rule for new ones".into());
    }
    let role_name = user.role.as_deref().unwrap_or_default().trim().to_lowercase();
    let role = match role_name.as_str() {
        "admin" => Role::Admin,
        "biller" => Role::Biller,
        "dispatcher" => Role::Dispatcher,
        _ => {
            tell("unknown_role", format!("role {role_name:?} became dispatcher"));
            Role::Dispatcher
        }
    };
    let area = area(user.dispatch_area.as_deref()).filter(|_| role == Role::Dispatcher);
    match &area {
        None if role == Role::Dispatcher => {
            tell("no_area", "kept; sees nothing until an admin gives an area".into());
        }
        Some(area) if !site.areas.contains(area) => {
            tell("unknown_area", format!("kept in {area}, which bags.areas does not name"));
        }
        _ => {}
    }
    let is_active = user.verified == Some(true);
    if !is_active {
        tell("not_verified", "kept as inactive; an admin can activate it".into());
    }
    let hash = user.password_hash.as_deref().unwrap_or_default();
    let known = (site.hash_is_known)(hash);
    if !known {
        tell("unknown_hash", "kept without a password; give a new one: tallyhouse user set-password".into());
    }
    let secret = user.totp_secret.as_deref().map(str::trim).filter(|secret| !secret.is_empty());
    let totp_secret = secret.filter(|_| user.two_fa_enabled == Some(true));
    if user.two_fa_enabled == Some(true) && (totp_secret.is_none() || !site.encrypts) {
        let why =
            if site.encrypts { "there is no secret" } else { "SESSION_SECRET is not set, so nothing can be encrypted" };
        tell("second_factor_lost", format!("kept without the second factor: {why}; set it up again"));
    } else if totp_secret.is_some() {
        tell("second_factor_waits", "the second factor is kept, and asked for at the next sign-in".into());
    }
    let account = KeptAccount {
        email: user.email.as_deref().map(str::trim).filter(|email| !email.is_empty()).map(str::to_owned),
        password_hash: if known { hash.to_owned() } else { NO_HASH.to_owned() },
        role,
        area,
        is_active,
        failed_sign_ins: user.failed_login_attempts.unwrap_or_default().clamp(0, 1000),
        locked_until: moment(user.locked_until.as_deref()),
        created_at: moment(user.created_at.as_deref()).unwrap_or(Moment::UNKNOWN),
        totp_secret: totp_secret.filter(|_| site.encrypts).map(str::to_owned),
        username,
    };
    (account, findings)
}

/// A name that nobody has yet: the wanted one, otherwise with a number after it. Names may differ by case alone there,
/// but not here.
pub fn free_name(wanted: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2_u64..).map(|n| format!("{wanted}-{n}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| !is_taken(&name.to_lowercase())).unwrap_or_else(|| wanted.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::site::testing::{found, with_site};
    use super::*;

    fn user() -> EarlierUser {
        EarlierUser {
            id: 3,
            username: Some("arjun".into()),
            email: Some(" Arjun@Example.com ".into()),
            password_hash: Some("scrypt:32768:8:1$salt$00".into()),
            role: Some("dispatcher".into()),
            dispatch_area: Some("lucknow".into()),
            verified: Some(true),
            created_at: Some("2025-11-01T10:00:00".into()),
            ..EarlierUser::default()
        }
    }

    #[test]
    fn a_sound_account_comes_over_as_it_is() {
        with_site(|site| {
            let (account, findings) = person(&user(), site);
            assert_eq!(findings, []);
            assert_eq!((account.role, account.area.as_ref()), (Role::Dispatcher, Some(&Area::new("lucknow"))));
            assert_eq!(account.email.as_deref(), Some("Arjun@Example.com"));
            assert_eq!(account.password_hash, "scrypt:32768:8:1$salt$00");
            assert!(account.is_active && account.totp_secret.is_none());
        });
    }

    #[test]
    fn every_fault_of_an_account_is_reported_and_grants_nothing() {
        with_site(|site| {
            let odd = EarlierUser {
                username: Some("r k".into()),
                role: Some("user".into()),
                dispatch_area: Some("Default Area".into()),
                verified: None,
                password_hash: Some("md5$x".into()),
                two_fa_enabled: Some(true),
                ..user()
            };
            let (account, findings) = person(&odd, site);
            let wanted = ["odd_name", "unknown_role", "no_area", "not_verified", "unknown_hash", "second_factor_lost"];
            assert_eq!(found(&findings), wanted);
            assert_eq!((account.role, account.area, account.is_active), (Role::Dispatcher, None, false));
            assert_eq!(account.password_hash, NO_HASH);

            let far = EarlierUser { dispatch_area: Some("Kota".into()), ..user() };
            let (account, findings) = person(&far, site);
            assert_eq!((account.area, found(&findings)), (Some(Area::new("kota")), vec!["unknown_area"]));
            let admin = EarlierUser { role: Some("admin".into()), ..user() };
            assert_eq!(person(&admin, site).0.area, None, "only dispatchers have an area");
        });
    }

    #[test]
    fn a_second_factor_comes_over_only_where_it_is_in_use_and_can_be_encrypted() {
        with_site(|site| {
            let secret = Some("JBSWY3DPEHPK3PXP".to_owned());
            let used = EarlierUser { totp_secret: secret.clone(), two_fa_enabled: Some(true), ..user() };
            let (account, findings) = person(&used, site);
            assert_eq!((account.totp_secret, found(&findings)), (secret, vec!["second_factor_waits"]));
            let unused = EarlierUser { two_fa_enabled: Some(false), ..used.clone() };
            assert_eq!(person(&unused, site).0.totp_secret, None);
            let (account, findings) = person(&used, &Site { encrypts: false, ..*site });
            assert_eq!((account.totp_secret, found(&findings)), (None, vec!["second_factor_lost"]));
        });
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let taken = ["meera", "meera-2"];
        assert_eq!(free_name("Meera", |name| taken.contains(&name)), "Meera-3");
        assert_eq!(free_name("arjun", |name| taken.contains(&name)), "arjun");
    }
}

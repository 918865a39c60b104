//! What a server answers, read with care: a server may be mistaken, or be another one than it should be.
//!
//! Invariant: whatever an answer holds, reading it never fails in another way than giving nothing.

use std::collections::HashMap;

use base_core::time::{MINUTE_US, Moment};
use base_seams::directory::{Listed, LockOutPolicy, Standing};
use ldap3::ResultEntry;

/// What is asked of a person.
pub const OF_PERSON: [&str; 11] = [
    "objectGUID",
    "sAMAccountName",
    "userPrincipalName",
    "displayName",
    "mail",
    "userAccountControl",
    "msDS-User-Account-Control-Computed",
    "accountExpires",
    "lockoutTime",
    "badPwdCount",
    "badPasswordTime",
];

/// Bits of `userAccountControl`.
const DISABLED: i64 = 0x2;
const LOCKED: i64 = 0x10;
/// What `accountExpires` says of an account that has no end.
const NEVER: [i64; 2] = [0, i64::MAX];
/// Between 1601, when a directory's clock begins, and 1970, in microseconds.
const TO_1970_US: i64 = 11_644_473_600_000_000;
/// Longest text that is taken over.
const TEXT_BYTES_MAX: usize = 512;

/// An entry.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Its name.
    pub dn: String,
    attributes: HashMap<String, Vec<Vec<u8>>>,
}

impl Entry {
    /// Reads an entry of a search; `None` where it is none.
    pub fn read(entry: ResultEntry) -> Option<Self> {
        let mut parts = entry.0.match_id(4)?.expect_constructed()?.into_iter();
        let dn = String::from_utf8(parts.next()?.expect_primitive()?).ok()?;
        let mut attributes = HashMap::new();
        for attribute in parts.next()?.expect_constructed()? {
            let mut parts = attribute.expect_constructed()?.into_iter();
            let name = String::from_utf8(parts.next()?.expect_primitive()?).ok()?;
            let values =
                parts.next()?.expect_constructed()?.into_iter().map(ldap3::asn1::StructureTag::expect_primitive);
            attributes.insert(name.to_ascii_lowercase(), values.collect::<Option<Vec<_>>>()?);
        }
        Some(Self { dn, attributes })
    }

    /// The only value of an attribute.
    fn bytes(&self, name: &str) -> Option<&[u8]> {
        match self.attributes.get(&name.to_ascii_lowercase())?.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The only value, as a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        let text = std::str::from_utf8(self.bytes(name)?).ok()?.trim();
        (!text.is_empty() && text.len() <= TEXT_BYTES_MAX && !text.contains(char::is_control)).then_some(text)
    }

    /// The only value, as a number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    /// The object's GUID.
    pub fn guid(&self) -> Option<[u8; 16]> {
        self.bytes("objectGUID")?.try_into().ok()
    }

    /// True for an object below another one. An object without a name is nowhere: binding by it would be no sign-in.
    pub fn is_below(&self, base_dn: &str) -> bool {
        let fold = |dn: &str| dn.to_lowercase().replace(", ", ",");
        let (own, base) = (fold(&self.dn), fold(base_dn));
        own.strip_suffix(&base).is_some_and(|rest| rest.ends_with(',') && rest.len() > 1)
    }

    /// The person, without rights; `None` for an entry that is none.
    pub fn person(&self, lock_out: LockOutPolicy, now: Moment) -> Option<Listed> {
        Some(Listed {
            guid: hex::encode(self.guid()?),
            dn: self.dn.clone(),
            username: self.text("sAMAccountName")?.to_owned(),
            display_name: self.text("displayName").map(ToOwned::to_owned),
            email: self.text("mail").map(ToOwned::to_owned),
            standing: self.standing(lock_out, now)?,
            rights: Vec::new(),
            wrong_binds: self.wrong_binds(lock_out, now),
        })
    }

    /// `None` where the entry does not say whether the account is switched off.
    fn standing(&self, lock_out: LockOutPolicy, now: Moment) -> Option<Standing> {
        let control = self.number("userAccountControl")?;
        let expires = self.number("accountExpires").filter(|at| !NEVER.contains(at));
        let locked = match self.number("msDS-User-Account-Control-Computed") {
            Some(computed) => computed & LOCKED != 0,
            // A global catalog does not compute it: then the time at which it was locked says it.
            None => self.number("lockoutTime").is_some_and(|at| is_recent(at, lock_out, now)),
        };
        Some(match () {
            () if control & DISABLED != 0 => Standing::Disabled,
            () if expires.is_some_and(|at| moment(at) <= now) => Standing::Expired,
            () if locked => Standing::Locked,
            () => Standing::Well,
        })
    }

    /// The domain forgets wrong passwords some time after the last one, but goes on showing how many there were.
    fn wrong_binds(&self, lock_out: LockOutPolicy, now: Moment) -> i64 {
        let is_recent = self.number("badPasswordTime").is_some_and(|at| is_recent(at, lock_out, now));
        if is_recent { self.number("badPwdCount").unwrap_or_default() } else { 0 }
    }
}

fn moment(filetime: i64) -> Moment {
    Moment(filetime / 10 - TO_1970_US)
}

fn is_recent(filetime: i64, lock_out: LockOutPolicy, now: Moment) -> bool {
    filetime > 0 && moment(filetime).0 > now.0 - lock_out.window_minutes * MINUTE_US
}

#[cfg(test)]
mod tests {
    use base_core::time::HOUR_US;

    use super::*;

    const POLICY: LockOutPolicy = LockOutPolicy { threshold: 5, window_minutes: 30 };
    const NOW: Moment = Moment(1_700_000_000_000_000);

    fn entry(attributes: &[(&str, &str)]) -> Entry {
        let mut all: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
        all.insert("objectguid".into(), vec![vec![7; 16]]);
        for (name, value) in attributes {
            all.insert(name.to_ascii_lowercase(), vec![value.as_bytes().to_vec()]);
        }
        Entry { dn: "CN=Alice,OU=A,DC=house,DC=example".into(), attributes: all }
    }

    fn filetime(at: i64) -> String {
        ((at + TO_1970_US) * 10).to_string()
    }

    /// Names of attributes and their values.
    type Given<'g> = &'g [(&'g str, &'g str)];

    #[test]
    fn an_account_stands_as_the_directory_says() {
        let (past, future) = (filetime(NOW.0 - HOUR_US / 4), filetime(NOW.0 + HOUR_US));
        let long_ago = filetime(NOW.0 - HOUR_US);
        let cases: [(Given<'_>, Option<Standing>); 9] = [
            (&[("userAccountControl", "512")], Some(Standing::Well)),
            (&[("userAccountControl", "514")], Some(Standing::Disabled)),
            (&[("userAccountControl", "512"), ("accountExpires", &past)], Some(Standing::Expired)),
            (&[("userAccountControl", "512"), ("accountExpires", &future)], Some(Standing::Well)),
            (&[("userAccountControl", "512"), ("accountExpires", "9223372036854775807")], Some(Standing::Well)),
            (&[("userAccountControl", "512"), ("msDS-User-Account-Control-Computed", "16")], Some(Standing::Locked)),
            (&[("userAccountControl", "512"), ("lockoutTime", &past)], Some(Standing::Locked)),
            (&[("userAccountControl", "512"), ("lockoutTime", &long_ago)], Some(Standing::Well)),
            (&[("userAccountControl", "many")], None),
        ];
        for (attributes, meant) in cases {
            assert_eq!(entry(attributes).standing(POLICY, NOW), meant, "{attributes:?}");
        }
    }

    #[test]
    fn wrong_passwords_are_counted_until_the_domain_forgets_them() {
        let at = |at: i64| entry(&[("badPwdCount", "3"), ("badPasswordTime", &filetime(at))]);
        assert_eq!(at(NOW.0 - HOUR_US / 4).wrong_binds(POLICY, NOW), 3);
        assert_eq!(at(NOW.0 - HOUR_US).wrong_binds(POLICY, NOW), 0);
        assert_eq!(entry(&[]).wrong_binds(POLICY, NOW), 0);
    }

    #[test]
    fn an_object_is_only_where_its_name_says() {
        let at = |dn: &str| Entry { dn: dn.into(), ..Entry::default() }.is_below("DC=house,DC=example");
        assert!(at("CN=a,dc=House, dc=example"));
        for dn in ["", "DC=house,DC=example", ",DC=house,DC=example", "CN=a,DC=warehouse,DC=example", "CN=a,DC=other"] {
            assert!(!at(dn), "{dn}");
        }
    }
}

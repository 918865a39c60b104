//! What somebody types as their name.
//!
//! Invariant: a name with a character that no account of a directory has is no name; it is never asked for.

/// Longest name.
const CHARS_MAX: usize = 128;
/// What Active Directory forbids in short names, and what a filter or a DN is made of.
const FORBIDDEN: &str = "\"/\\[]:;|=,+*?<>()&!~#";

/// A name, as it is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The short name (`sAMAccountName`).
    pub account: Option<String>,
    /// The name with the domain (`userPrincipalName`).
    pub principal: String,
}

impl Name {
    /// Reads `alice`, `alice@house.example` or `HOUSE\alice`; `None` for what can be no name.
    pub fn read(typed: &str, domain: &str) -> Option<Self> {
        let typed = typed.trim();
        let short = match typed.split_once('\\') {
            Some((of, name)) => {
                let netbios = domain.split('.').next().unwrap_or_default();
                (of.eq_ignore_ascii_case(netbios) || of.eq_ignore_ascii_case(domain)).then_some(name)?
            }
            None => typed,
        };
        let is_allowed = |one: char| !one.is_control() && !FORBIDDEN.contains(one);
        if short.is_empty() || short.chars().count() > CHARS_MAX || !short.chars().all(is_allowed) {
            return None;
        }
        match short.split_once('@') {
            None => Some(Self { account: Some(short.to_owned()), principal: format!("{short}@{domain}") }),
            Some(("", _) | (_, "")) => None,
            Some((_, of)) if of.contains('@') => None,
            Some((name, of)) => {
                let account = of.eq_ignore_ascii_case(domain).then(|| name.to_owned());
                Some(Self { account, principal: short.to_owned() })
            }
        }
    }

    /// True if somebody with these names is who was meant. A directory compares more loosely (`ä` is `a` to it); we do not.
    pub fn is_of(&self, account: &str, principal: Option<&str>) -> bool {
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        self.account.as_deref().is_some_and(|name| same(name, account))
            || principal.is_some_and(|name| same(&self.principal, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_each_of_their_forms() {
        let read = |typed| Name::read(typed, "house.example");
        let name = |account: Option<&str>, principal: &str| {
            Some(Name { account: account.map(Into::into), principal: principal.into() })
        };
        assert_eq!(read(" alice "), name(Some("alice"), "alice@house.example"));
        assert_eq!(read("alice@House.Example"), name(Some("alice"), "alice@House.Example"));
        assert_eq!(read("alice@other.example"), name(None, "alice@other.example"));
        assert_eq!(read("HOUSE\\alice"), name(Some("alice"), "alice@house.example"));
        for typed in
            ["", " ", "*", "a*", "a)(objectClass=*", "OTHER\\alice", "a\\b\\c", "@", "a@", "@b", "a@b@c", "a\0", "a|b"]
        {
            assert_eq!(read(typed), None, "{typed:?}");
        }
        assert_eq!(read(&"a".repeat(129)), None);
    }

    #[test]
    fn an_answer_about_somebody_else_is_noticed() {
        let alice = Name::read("alice", "house.example").unwrap();
        assert!(alice.is_of("ALICE", None) && alice.is_of("x", Some("Alice@house.example")));
        assert!(!alice.is_of("alicé", None) && !alice.is_of("bob", Some("bob@house.example")));
    }
}

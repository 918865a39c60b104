//! The filters of searches.
//!
//! Invariant: whatever comes from outside stands in a filter escaped (RFC 4515).

use std::fmt::Write as _;

use ldap3::ldap_escape;

use crate::name::Name;

/// People, and nothing that only looks like one: computers are users, too.
const PEOPLE: &str = "(objectCategory=person)(objectClass=user)";
/// Whether somebody is in a group, or in one inside it (`LDAP_MATCHING_RULE_IN_CHAIN`).
const IN_CHAIN: &str = "memberOf:1.2.840.113556.1.4.1941:";

/// The person whom a name means.
pub fn of_name(name: &Name) -> String {
    let principal = ldap_escape(name.principal.as_str());
    match &name.account {
        Some(account) => {
            let account = ldap_escape(account.as_str());
            format!("(&{PEOPLE}(|(sAMAccountName={account})(userPrincipalName={principal})))")
        }
        None => format!("(&{PEOPLE}(userPrincipalName={principal}))"),
    }
}

/// The people with these GUIDs.
pub fn of_guids(guids: &[[u8; 16]]) -> String {
    format!("(&{PEOPLE}{})", any_of(guids))
}

/// Those of these people who are in a group.
pub fn of_group(guids: &[[u8; 16]], group_dn: &str) -> String {
    format!("(&{PEOPLE}{}({IN_CHAIN}={}))", any_of(guids), ldap_escape(group_dn))
}

/// The groups of a name.
pub fn of_group_name(name: &str) -> String {
    let name = ldap_escape(name);
    format!("(&(objectCategory=group)(|(cn={name})(sAMAccountName={name})))")
}

fn any_of(guids: &[[u8; 16]]) -> String {
    let mut filter = String::from("(|");
    for guid in guids {
        filter.push_str("(objectGUID=");
        for byte in guid {
            write!(filter, "\\{byte:02x}").expect("a text takes any text");
        }
        filter.push(')');
    }
    filter.push(')');
    filter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_changes_what_a_filter_means() {
        let name = Name { account: Some("*)(cn=*".into()), principal: "a\\b(c)\0@x".into() };
        let filter = of_name(&name);
        assert!(filter.contains("(sAMAccountName=\\2a\\29\\28cn=\\2a)"), "{filter}");
        assert!(filter.contains("(userPrincipalName=a\\5cb\\28c\\29\\00@x)"), "{filter}");
        assert!(of_group(&[[0; 16]], "CN=a (b),DC=x").contains("1941:=CN=a \\28b\\29,DC=x)"));
        assert!(of_group_name("*").contains("(cn=\\2a)"));
        assert!(of_guids(&[[0xff; 16]]).contains(&"\\ff".repeat(16)));
    }
}

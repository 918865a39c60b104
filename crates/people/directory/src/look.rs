//! What `tallyhouse doctor` tells of a directory.

use base_seams::Finding;
use base_seams::directory::LockOutPolicy;
use ldap3::Scope;

use crate::search::{LdapDirectory, Search};

/// A domain counts in steps of 100 nanoseconds, backwards.
const PER_MINUTE: i64 = 600_000_000;

/// Tries every server, then looks for the groups, then asks how the domain locks accounts.
pub async fn all(directory: &LdapDirectory) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut reached = false;
    for server in &directory.settings.servers {
        let place = server.describe();
        match directory.pool.of_server(&directory.settings, server, true).await {
            Ok(_ldap) => {
                reached = true;
                found.push(Finding::well(format!("the directory answers at {place}")));
            }
            Err(why) => found.push(Finding::wrong(format!("the directory at {place}: {why}"), "see docs/directory.md")),
        }
    }
    if reached {
        found.extend(groups(directory).await);
        found.push(policy(directory).await);
    }
    found
}

async fn groups(directory: &LdapDirectory) -> Vec<Finding> {
    let dns = match directory.group_dns().await {
        Ok(dns) => dns,
        Err(error) => {
            return vec![Finding::wrong(
                format!("the groups of the directory: {error}"),
                "look at directory.base_dn and what the account may read",
            )];
        }
    };
    let mut found = Vec::new();
    for (dn, mapped) in dns.iter().zip(&directory.settings.groups) {
        let (name, role) = (mapped.group.describe(), mapped.right.role.name());
        let is_there = match dn {
            Some(dn) => {
                let attributes = &["objectGUID"];
                let (base, filter) = (dn.as_str(), "(objectClass=group)");
                directory
                    .search(&Search { base, scope: Scope::Base, filter, attributes, max: 1 })
                    .await
                    .is_ok_and(|found| found.len() == 1)
            }
            None => false,
        };
        found.push(if is_there {
            Finding::well(format!("group {name} gives {role}"))
        } else {
            let text = format!("group {name} is not there, or several have this name: it gives nobody {role}");
            Finding::wrong(text, "correct directory.groups, or make the group in the directory")
        });
    }
    found
}

/// A domain that locks sooner than we believe could be made to lock accounts through us.
async fn policy(directory: &LdapDirectory) -> Finding {
    let attributes = &["lockoutThreshold", "lockOutObservationWindow"];
    let (base, filter) = (directory.settings.base_dn.as_str(), "(objectClass=domain)");
    let search = Search { base, scope: Scope::Base, filter, attributes, max: 1 };
    let entry = directory.search(&search).await.ok().and_then(|mut found| found.pop());
    let told = entry.and_then(|entry| {
        let threshold = entry.number("lockoutThreshold")?;
        let window_minutes = entry.number("lockOutObservationWindow")?.unsigned_abs().cast_signed() / PER_MINUTE;
        Some(LockOutPolicy { threshold, window_minutes })
    });
    verdict(directory.settings.lock_out, told)
}

fn verdict(ours: LockOutPolicy, domain: Option<LockOutPolicy>) -> Finding {
    match domain {
        None => Finding::well("the domain does not tell when it locks accounts; compare the lock-out settings by hand"),
        Some(LockOutPolicy { threshold: 0, .. }) => Finding::well("the domain locks no accounts"),
        Some(domain) if domain.threshold < ours.threshold || domain.window_minutes > ours.window_minutes => {
            let text = format!(
                "the domain locks after {} wrong passwords and remembers them for {} minutes",
                domain.threshold, domain.window_minutes
            );
            Finding::wrong(text, "set directory.lock_out_threshold and directory.lock_out_minutes to these")
        }
        Some(domain) => {
            Finding::well(format!("the domain locks after {} wrong passwords, not through us", domain.threshold))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_that_locks_sooner_than_we_believe_is_told() {
        let policy = |threshold, window_minutes| LockOutPolicy { threshold, window_minutes };
        let ours = policy(5, 30);
        for (domain, wrong) in [
            (None, 0),
            (Some(policy(0, 30)), 0),
            (Some(policy(5, 30)), 0),
            (Some(policy(10, 10)), 0),
            (Some(policy(4, 30)), 1),
            (Some(policy(5, 60)), 1),
        ] {
            assert_eq!(verdict(ours, domain).wrong, wrong, "{domain:?}");
        }
    }
}

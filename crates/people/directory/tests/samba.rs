//! The LDAP client against a real domain of Active Directory. `make directory` starts one; without it nothing is tried here.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base_core::permission::Role;
use base_core::time::{Clock, Moment};
use base_seams::directory::{Directory, Listed, LockOutPolicy, Password, Standing};
use people_directory::{GroupRight, LdapDirectory, Server, Settings};

const HOST: &str = "127.0.0.77";

struct Now;

impl Clock for Now {
    #[expect(clippy::disallowed_methods, reason = "a real domain has a real clock")]
    fn now(&self) -> Moment {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        Moment(i64::try_from(since.as_micros()).expect("before 300,000"))
    }
}

fn domain() -> Option<PathBuf> {
    std::env::var_os("TALLYHOUSE_SAMBA").map(PathBuf::from)
}

fn directory(domain: &Path, server: &str, change: impl FnOnce(&mut Settings)) -> LdapDirectory {
    let mut settings = Settings {
        servers: vec![Server::read(server, None, false).expect("a server")],
        domain: "house.example".into(),
        base_dn: "DC=house,DC=example".into(),
        account: "reader".into(),
        password: "Reader-Passw0rd".into(),
        ca_pem: Some(std::fs::read(domain.join("ca.pem")).expect("a certificate")),
        groups: vec![
            GroupRight::read("biller = CN=Billers,OU=House,DC=house,DC=example", &[]).expect("a group"),
            GroupRight::read("admin = Billers", &[]).expect("a group"),
        ],
        lock_out: LockOutPolicy { threshold: 5, window_minutes: 30 },
        patience: Duration::from_secs(5),
    };
    change(&mut settings);
    LdapDirectory::new(settings, Arc::new(Now)).expect("a directory")
}

/// What an administrator of the domain does.
fn administer(domain: &Path, words: &[&str]) {
    let options = std::fs::read_to_string(domain.join("options")).expect("the options");
    let done = Command::new("samba-tool").args(words).args(options.lines()).output().expect("samba-tool");
    assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
}

async fn find(directory: &LdapDirectory, name: &str) -> Listed {
    directory.by_name(name).await.expect("an answer").unwrap_or_else(|| panic!("{name} is not there"))
}

async fn try_password(directory: &LdapDirectory, listed: &Listed, password: &str) -> bool {
    let password = Password::new(password).expect("not empty");
    directory.connect().await.expect("a connection").bind(&listed.dn, &password).await.expect("an answer")
}

#[tokio::test]
async fn a_real_domain_says_who_people_are_and_when_they_are_out() {
    let Some(domain) = domain() else { return };
    for server in ["ldaps://127.0.0.77", "ldap://127.0.0.77", "ldaps://127.0.0.77:3269", "ldap://127.0.0.77:3268"] {
        let directory = directory(&domain, server, |_| {});
        for name in ["alice", "ALICE@house.example", "HOUSE\\alice"] {
            let alice = find(&directory, name).await;
            let roles: Vec<Role> = alice.rights.iter().map(|right| right.role).collect();
            assert_eq!(
                (roles, alice.standing),
                (vec![Role::Biller], Standing::Well),
                "{server} {name}: a nested group"
            );
            assert_eq!(alice.display_name.as_deref(), Some("Alice Älvarez"), "{server}");
        }
        assert!(find(&directory, "bob").await.rights.is_empty(), "{server}: a group of the same name in another OU");
        assert_eq!(directory.by_name("nobody").await, Ok(None), "{server}");
        let alice = find(&directory, "alice").await;
        assert!(try_password(&directory, &alice, "Alice-Passw0rd").await, "{server}");
        assert!(!try_password(&directory, &alice, "wrong").await, "{server}");
        assert_eq!(find(&directory, "alice").await.wrong_binds, 1, "{server}: the domain has counted it");
        assert!(try_password(&directory, &alice, "Alice-Passw0rd").await, "{server}: and forgets it");
        let found = directory.look().await;
        let wrong: Vec<_> = found.iter().filter(|one| one.wrong > 0).map(|one| one.text.as_str()).collect();
        assert!(wrong.len() == 1 && wrong[0].starts_with("group Billers is not there"), "{server}: {found:?}");
    }
    let plain = directory(&domain, "ldaps://127.0.0.77", |settings| settings.ca_pem = None);
    assert!(plain.by_name("alice").await.is_err(), "nobody knows this authority");
    let other = directory(&domain, "ldaps://localhost", |_| {});
    assert!(other.by_name("alice").await.is_err(), "it listens on {HOST} alone, and its certificate names that");

    let directory = directory(&domain, "ldaps://127.0.0.77", |_| {});
    let alice = find(&directory, "alice").await;
    let guids = [alice.guid.clone()];
    administer(&domain, &["user", "rename", "alice", "--samaccountname=abauer", "--upn=abauer@house.example"]);
    let renamed = directory.by_guids(&guids).await.expect("an answer").remove(0);
    assert_eq!((renamed.username.as_str(), renamed.guid), ("abauer", alice.guid));
    assert!(directory.by_name("alice").await.expect("an answer").is_none());

    let standing = async || directory.by_guids(&guids).await.expect("an answer").remove(0);
    administer(&domain, &["user", "disable", "abauer"]);
    assert_eq!(standing().await.standing, Standing::Disabled);
    administer(&domain, &["user", "enable", "abauer"]);
    administer(&domain, &["user", "setexpiry", "abauer", "--days=-1"]);
    assert_eq!(standing().await.standing, Standing::Expired);
    administer(&domain, &["user", "setexpiry", "abauer", "--noexpiry"]);
    administer(&domain, &["group", "removemembers", "Night (shift)", "abauer"]);
    assert!(standing().await.rights.is_empty(), "who has left the group has no rights");
    administer(&domain, &["user", "delete", "abauer"]);
    assert!(directory.by_guids(&guids).await.expect("an answer").is_empty(), "who is deleted is not there");

    let carol = find(&directory, "carol").await;
    for n in 1..=4 {
        assert!(!try_password(&directory, &carol, "wrong").await);
        let now = find(&directory, "carol").await;
        assert_eq!((now.wrong_binds, now.standing), (n, Standing::Well));
    }
    assert!(!try_password(&directory, &carol, "wrong").await);
    assert_eq!(
        find(&directory, "carol").await.standing,
        Standing::Locked,
        "the fifth locks, and we send four at the most"
    );
}

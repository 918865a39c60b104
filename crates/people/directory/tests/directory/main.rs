//! The LDAP client against a small directory of our own, honest and otherwise. `tests/directory` tries a real domain.

mod fake;

use std::sync::Arc;
use std::time::Duration;

use base_core::area::Area;
use base_core::permission::Role;
use base_core::time::{Clock, Moment};
use base_seams::directory::{Directory, DirectoryError, Listed, LockOutPolicy, Password, Standing};
use fake::{CA, Fake, Object, READER, READER_PASSWORD, Trick, Wire};
use people_directory::{GroupRight, LdapDirectory, Server, Settings};

const BASE: &str = "DC=house,DC=example";
const BILLERS: &str = "CN=Billers,OU=Groups,DC=house,DC=example";
const OTHER_BILLERS: &str = "CN=Billers,OU=Elsewhere,DC=house,DC=example";
const NIGHT: &str = "CN=Night (shift),OU=Groups,DC=house,DC=example";
const DOCK: &str = "CN=Dock,OU=Groups,DC=house,DC=example";

struct Still;

impl Clock for Still {
    fn now(&self) -> Moment {
        Moment(1_790_000_000_000_000)
    }
}

/// Alice is in a group inside the billers, Bob in a group of their name elsewhere, Carol in none, Dora at the dock and out.
fn people() -> Vec<Object> {
    let at = |name: &str| format!("CN={name},OU=People,{BASE}");
    vec![
        Object::person(&at("Alice Älvarez"), 1, "alice", "Alice-Passw0rd", &[NIGHT]),
        Object::person(&at("Bob"), 2, "bob", "Bob-Passw0rd", &[OTHER_BILLERS]),
        Object::person(&at("Carol"), 3, "carol", "Carol-Passw0rd", &[]),
        Object::person(&at("Dora"), 4, "dora", "Dora-Passw0rd", &[DOCK]).with("userAccountControl", "514"),
        Object::group(BILLERS, "Billers", &[]),
        Object::group(OTHER_BILLERS, "Billers", &[]),
        Object::group(NIGHT, "Night (shift)", &[BILLERS]),
        Object::group(DOCK, "Dock", &[]),
    ]
}

fn server(port: u16, wire: Wire) -> Server {
    let scheme = if matches!(wire, Wire::Tls(_)) { "ldaps" } else { "ldap" };
    Server::read(&format!("{scheme}://localhost:{port}"), None, wire == Wire::Plain).expect("a server")
}

fn settings(servers: Vec<Server>) -> Settings {
    let areas = [Area::new("indore")];
    let group = |text: &str| GroupRight::read(text, &areas).expect("a mapping");
    Settings {
        servers,
        domain: "house.example".into(),
        base_dn: BASE.into(),
        account: "reader".into(),
        password: READER_PASSWORD.into(),
        ca_pem: Some(CA.to_vec()),
        groups: vec![
            group(&format!("biller = {BILLERS}")),
            group("dispatcher in indore = Dock"),
            group("admin = Billers"),
        ],
        lock_out: LockOutPolicy { threshold: 5, window_minutes: 30 },
        patience: Duration::from_millis(400),
    }
}

async fn directory(wire: Wire) -> (Fake, LdapDirectory) {
    let fake = Fake::start(people(), wire).await;
    let directory = LdapDirectory::new(settings(vec![server(fake.port, wire)]), Arc::new(Still)).expect("a directory");
    (fake, directory)
}

fn roles(listed: &Listed) -> Vec<Role> {
    listed.rights.iter().map(|right| right.role).collect()
}

async fn try_password(directory: &LdapDirectory, listed: &Listed, password: &str) -> Result<bool, DirectoryError> {
    let password = Password::new(password).expect("not empty");
    directory.connect().await?.bind(&listed.dn, &password).await
}

#[tokio::test]
async fn people_are_found_by_each_of_their_names_and_have_what_their_groups_give() {
    for wire in [Wire::Plain, Wire::Tls("localhost"), Wire::StartTls("localhost")] {
        let (fake, directory) = directory(wire).await;
        for typed in ["alice", "ALICE", "alice@house.example", "HOUSE\\alice"] {
            let alice = directory.by_name(typed).await.expect("an answer").expect("alice");
            assert_eq!(
                (roles(&alice), alice.standing),
                (vec![Role::Biller], Standing::Well),
                "{typed}: by a nested group"
            );
            assert_eq!(alice.guid, "01".repeat(16));
        }
        let bob = directory.by_name("bob").await.expect("an answer").expect("bob");
        assert_eq!(
            roles(&bob),
            [],
            "a group of the same name elsewhere gives nothing, and a name of two groups neither"
        );
        let carol = directory.by_name("carol").await.expect("an answer").expect("carol");
        assert_eq!(roles(&carol), []);
        let dora = directory.by_name("dora").await.expect("an answer").expect("dora");
        assert_eq!((dora.standing, dora.rights[0].area.clone()), (Standing::Disabled, Some(Area::new("indore"))));
        assert_eq!(directory.by_name("nobody").await, Ok(None));
        assert!(fake.binds().is_empty(), "nobody's password was asked for: {:?}", fake.binds());

        let alice = directory.by_name("alice").await.expect("an answer").expect("alice");
        assert_eq!(try_password(&directory, &alice, "Alice-Passw0rd").await, Ok(true));
        assert_eq!(try_password(&directory, &alice, "wrong").await, Ok(false));
        assert_eq!(fake.binds().len(), 2, "each is sent once");
        assert!(fake.world.lock().unwrap().connections < 6, "connections that read are used again");
    }
}

#[tokio::test]
async fn a_renamed_person_is_the_same_and_a_new_one_with_the_old_name_is_not() {
    let (fake, directory) = directory(Wire::Plain).await;
    fake.change(|objects| {
        objects[0] = Object::person(&format!("CN=A. Bauer,OU=People,{BASE}"), 1, "abauer", "x", &[BILLERS]);
        objects.push(Object::person(&format!("CN=New,OU=People,{BASE}"), 9, "alice", "y", &[BILLERS]));
    });
    let guids = [1_u8, 9, 8].map(|guid| hex::encode([guid; 16])).to_vec();
    let found = directory.by_guids(&guids).await.expect("an answer");
    let named: Vec<_> = found.iter().map(|one| (one.guid.as_str(), one.username.as_str())).collect();
    assert_eq!(
        named,
        [(guids[0].as_str(), "abauer"), (guids[1].as_str(), "alice")],
        "and who is not there is not told"
    );
    assert_eq!(directory.by_name("alice").await.expect("an answer").expect("alice").guid, guids[1]);
}

#[tokio::test]
async fn what_is_typed_changes_no_filter_and_an_empty_password_is_never_sent() {
    let (fake, directory) = directory(Wire::Plain).await;
    for typed in ["*", "alice)(objectClass=*", "*)(|(sAMAccountName=*", "alice\0", "a\\2a", "(alice)", ""] {
        assert_eq!(directory.by_name(typed).await, Ok(None), "{typed:?}");
    }
    assert_eq!(fake.searches(), 0, "such a name is not even asked for");
    assert_eq!(directory.by_name("al ice").await, Ok(None));
    // This directory calls an empty password a success, as the real one does.
    assert!(Password::new("").is_none());
    assert!(fake.binds().is_empty());
}

#[tokio::test]
async fn a_server_that_hangs_or_lies_lets_nobody_in_and_holds_nobody_up() {
    let (fake, directory) = directory(Wire::Plain).await;
    let bob = directory.by_name("bob").await.expect("an answer").expect("bob");
    for (trick, is_error) in [
        (Trick::Silent, true),
        (Trick::SlowSearch, true),
        (Trick::Garbage, true),
        (Trick::SomebodyElse, false),
        (Trick::Nameless, false),
        (Trick::NoText, true),
        (Trick::Flood, true),
        (Trick::Referral, true),
    ] {
        fake.trick(trick);
        let began = tokio::time::Instant::now();
        let answer = directory.by_name("bob").await;
        assert_eq!(answer.is_err(), is_error, "{trick:?}: {answer:?}");
        assert!(answer.unwrap_or_default().is_none(), "{trick:?}");
        assert!(began.elapsed() < Duration::from_secs(4), "{trick:?}");
    }
    fake.trick(Trick::References);
    assert_eq!(directory.by_name("bob").await.expect("an answer").expect("bob"), bob, "references are passed over");

    fake.trick(Trick::SlowBind);
    let began = tokio::time::Instant::now();
    let told = try_password(&directory, &bob, "Bob-Passw0rd").await;
    assert!(matches!(told, Err(DirectoryError::Unclear(_))), "nobody knows whether it was right: {told:?}");
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(fake.binds().len(), 1, "it is not sent to anybody else");
    let nobody = Listed { dn: String::new(), ..bob };
    fake.trick(Trick::LetsAllIn);
    assert!(try_password(&directory, &nobody, "any").await.is_err(), "an object without a name is no sign-in");
    fake.trick(Trick::None);
    assert!(directory.by_name("bob").await.expect("an answer").is_some(), "and then it goes on");
}

#[tokio::test]
async fn only_a_certificate_of_the_servers_own_name_from_a_known_authority_is_believed() {
    for wire in [Wire::Tls("other"), Wire::StartTls("other")] {
        let (fake, directory) = directory(wire).await;
        let told = directory.by_name("alice").await.expect_err("no answer").to_string();
        assert!(told.contains("certificate"), "{told}");
        assert_eq!(fake.searches(), 0);
        let found = directory.look().await;
        assert!(found.iter().any(|one| one.wrong > 0 && one.text.contains("certificate")), "{found:?}");
    }
    let fake = Fake::start(people(), Wire::Tls("localhost")).await;
    let unknown = Settings { ca_pem: None, ..settings(vec![server(fake.port, Wire::Tls("localhost"))]) };
    let directory = LdapDirectory::new(unknown, Arc::new(Still)).expect("a directory");
    assert!(directory.by_name("alice").await.is_err(), "nobody knows this authority");
    // A server that speaks no TLS gets nothing in the clear, the reader's password least of all.
    let fake = Fake::start(people(), Wire::Plain).await;
    let tls = settings(vec![server(fake.port, Wire::Tls("localhost"))]);
    let directory = LdapDirectory::new(tls, Arc::new(Still)).expect("a directory");
    assert!(directory.by_name("alice").await.is_err());
    assert_eq!((fake.searches(), fake.binds().len()), (0, 0));
}

#[tokio::test]
async fn a_server_that_is_down_is_left_for_the_next_one() {
    let fake = Fake::start(people(), Wire::Plain).await;
    let silent = Fake::start(people(), Wire::Plain).await;
    silent.trick(Trick::Silent);
    let servers = [1, silent.port, fake.port].map(|port| server(port, Wire::Plain)).to_vec();
    let directory = LdapDirectory::new(settings(servers), Arc::new(Still)).expect("a directory");
    assert!(directory.by_name("alice").await.expect("an answer").is_some());
    let asked = silent.world.lock().unwrap().connections;
    for _ in 0..3 {
        let alice = directory.by_name("alice").await.expect("an answer").expect("alice");
        assert_eq!(try_password(&directory, &alice, "Alice-Passw0rd").await, Ok(true));
    }
    assert_eq!(silent.world.lock().unwrap().connections, asked, "it is left alone for a while");
    let found = directory.look().await;
    assert_eq!(found.iter().filter(|one| one.wrong > 0).count(), 3, "two servers, and a name of two groups: {found:?}");
    assert!(found.iter().any(|one| one.text.contains("does not tell when it locks")), "{found:?}");
    assert!(READER.starts_with("reader@"));
}

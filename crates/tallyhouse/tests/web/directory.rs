//! Signing in by a directory: who gets in with what, how few wrong passwords it is asked for, and who is out again.
//! The client itself is tried in `crates/people/directory/tests`.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::http::StatusCode;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::MINUTE_US;
use base_jobs::{Pace, Worker};
use base_records::{account, audit};
use base_seams::Finding;
use base_seams::directory::{Bind, Directory, DirectoryError, Listed, LockOutPolicy, Password, Right, Standing};

use crate::common::{Site, each_site_with};
use crate::passkeys::{Device, add, as_fields};
use crate::visitor::Visitor;

const RIGHT: &str = "Domain-Passw0rd";

#[derive(Default)]
struct Known {
    people: Vec<Listed>,
    /// The names of objects whose password was asked for.
    binds: Vec<String>,
    is_down: bool,
}

/// A directory in memory that lets everybody in with one password, and with an empty one, as the real one does.
#[derive(Clone, Default)]
struct InMemory(Arc<Mutex<Known>>);

impl InMemory {
    fn with<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        act(&mut self.0.lock().expect("nobody panicked"))
    }

    fn person(&self, guid: u8, name: &str, roles: &[Role]) {
        let rights = roles.iter().map(|role| Right { role: *role, area: None }).collect();
        let listed = Listed {
            guid: hex::encode([guid; 16]),
            dn: format!("CN={name},DC=house,DC=example"),
            username: name.to_owned(),
            display_name: Some(format!("{name} of the house")),
            email: Some(format!("{name}@house.example")),
            standing: Standing::Well,
            rights,
            wrong_binds: 0,
        };
        self.with(|known| {
            known.people.retain(|one| one.guid != listed.guid);
            known.people.push(listed);
        });
    }

    fn change(&self, name: &str, change: impl Fn(&mut Listed)) {
        self.with(|known| known.people.iter_mut().filter(|one| one.username == name).for_each(change));
    }

    fn answer<T>(&self, act: impl FnOnce(&Known) -> T) -> Result<T, DirectoryError> {
        self.with(|known| if known.is_down { Err(DirectoryError::Unreachable("down".into())) } else { Ok(act(known)) })
    }
}

#[async_trait]
impl Directory for InMemory {
    async fn by_name(&self, typed: &str) -> Result<Option<Listed>, DirectoryError> {
        let short = typed.split('@').next().unwrap_or_default().to_owned();
        self.answer(|known| known.people.iter().find(|one| one.username.to_lowercase() == short).cloned())
    }

    async fn by_guids(&self, guids: &[String]) -> Result<Vec<Listed>, DirectoryError> {
        self.answer(|known| known.people.iter().filter(|one| guids.contains(&one.guid)).cloned().collect())
    }

    async fn connect(&self) -> Result<Box<dyn Bind>, DirectoryError> {
        self.answer(|_| ())?;
        Ok(Box::new(self.clone()))
    }

    fn lock_out(&self) -> LockOutPolicy {
        LockOutPolicy { threshold: 5, window_minutes: 30 }
    }

    async fn look(&self) -> Vec<Finding> {
        Vec::new()
    }

    fn describe(&self) -> String {
        "a directory in memory".to_owned()
    }
}

#[async_trait]
impl Bind for InMemory {
    async fn bind(self: Box<Self>, dn: &str, password: &Password) -> Result<bool, DirectoryError> {
        self.with(|known| known.binds.push(dn.to_owned()));
        Ok(password.expose() == RIGHT)
    }
}

async fn each_site() -> Vec<(Site, InMemory)> {
    let directories = Mutex::new(Vec::new());
    let sites = each_site_with(|mut settings| {
        let own = InMemory::default();
        settings.sign_in.directory = Some(Arc::new(own.clone()));
        directories.lock().expect("nobody panicked").push(own);
        settings
    });
    let sites = sites.await;
    sites.into_iter().zip(directories.into_inner().expect("nobody panicked")).collect()
}

/// Runs the job that asks about everybody.
async fn ask_about_everybody(site: &Site) {
    let job = site.jobs.iter().find(|job| job.name() == "directory_people").expect("the job");
    let worker = Worker { db: site.db.clone(), clock: site.clock.clone(), node: "test".into(), pace: Pace::default() };
    job.run(&worker).await.expect("a run");
}

async fn account_of(site: &Site, name: &str) -> Option<i64> {
    account::find_id(&site.db, Realm::Staff, name).await.expect("an answer")
}

async fn me(site: &Site, cookie: &str) -> StatusCode {
    site.get_with_cookie("/api/v1/me", cookie).await.status
}

async fn signed_in(site: &Site, name: &str) -> String {
    let answer = site.try_sign_in(name, RIGHT).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name}: {}", answer.body);
    format!("__Host-tallyhouse={}", answer.cookie("__Host-tallyhouse").expect("a session"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_in_a_group_gets_an_account_and_nobody_else_is_asked_for_a_password() {
    for (site, directory) in each_site().await {
        directory.person(1, "Alice", &[Role::Biller]);
        directory.person(2, "bob", &[]);
        directory.person(3, "carol", &[Role::Admin]);
        site.person("local", Role::Biller, None).await;
        let alice = signed_in(&site, "alice").await;
        let told = site.get_with_cookie("/api/v1/me", &alice).await.body;
        assert!(told.contains("\"Alice\"") && told.contains("\"can_bill\":true"), "{told}");
        let wrong = site.try_sign_in("alice", "wrong").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let binds = directory.with(|known| std::mem::take(&mut known.binds));
        assert_eq!(binds.len(), 2, "{binds:?}");

        directory.change("carol", |one| one.standing = Standing::Locked);
        for (name, password) in [("bob", RIGHT), ("carol", RIGHT), ("nobody", RIGHT), ("alice", ""), ("local", RIGHT)] {
            let answer = site.try_sign_in(name, password).await;
            assert_ne!(answer.status, StatusCode::SEE_OTHER, "{name}");
        }
        assert_eq!(
            directory.with(|known| known.binds.len()),
            0,
            "out of the groups, locked, unknown, empty, and our own"
        );
        directory.with(|known| known.is_down = true);
        let down = site.try_sign_in("alice", RIGHT).await;
        assert_eq!((down.status, down.body.len()), (wrong.status, wrong.body.len()), "it reads like a wrong password");
        directory.with(|known| known.is_down = false);

        // A local hash opens nothing, and nobody gives an account of the directory one.
        site.person("asha", Role::Admin, None).await;
        let (admin, csrf) = site.sign_in("asha").await;
        let id = account_of(&site, "alice").await.expect("an account");
        let page = site.get_with_cookie(&format!("/admin/users/{id}"), &admin).await.body;
        assert!(page.contains("id=\"directory\"") && !page.contains("give-password"), "{page}");
        let given =
            site.post_form(&format!("/admin/users/{id}/password"), &admin, format!("csrf={csrf}&way=show")).await;
        assert_eq!(given.status, StatusCode::CONFLICT);
        let fields = format!("csrf={csrf}&display_name=Al&email=&roles=admin&area=&version=1");
        let edited = site.post_form(&format!("/admin/users/{id}/edit"), &admin, fields).await;
        assert!(edited.status.is_client_error(), "{}", edited.status);
        assert_eq!(signed_in(&site, "alice").await.len(), alice.len());

        // A name that somebody here has is theirs.
        directory.person(4, "fresh", &[Role::Biller]);
        site.person("Taken", Role::Biller, None).await;
        directory.change("fresh", |one| one.username = "taken.not".into());
        assert_eq!(site.try_sign_in("taken", RIGHT).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        directory.person(5, "x", &[Role::Biller]);
        assert_eq!(site.try_sign_in("x", RIGHT).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let newest = audit::latest(&site.db, 1).await.expect("entries").remove(0);
        assert_eq!(newest.after.as_deref(), Some(r#"{"directory":"bad_name"}"#), "one letter is no user name here");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_wrong_passwords_over_two_nodes_lock_nobody_in_the_domain() {
    for (site, directory) in each_site().await {
        directory.person(1, "alice", &[Role::Biller]);
        let mut home = Visitor::new(&site, "203.0.113.5");
        assert_eq!(home.sign_in_with("alice", RIGHT).await.status, StatusCode::SEE_OTHER);
        directory.with(|known| known.binds.clear());
        let nodes = [site.router.clone(), site.node()];
        let mut tries = tokio::task::JoinSet::new();
        for n in 0..100 {
            let mut stranger = Visitor::at(&nodes[n % 2], &format!("192.0.2.{n}"));
            tries.spawn(async move { stranger.sign_in_with("alice", "wrong").await.status });
        }
        while let Some(status) = tries.join_next().await {
            assert_ne!(status.expect("an answer"), StatusCode::SEE_OTHER);
        }
        let sent = directory.with(|known| known.binds.len());
        assert_eq!(sent, 2, "half of the four that lock nobody are kept for devices that are known");

        // On the device on which she signed in before, she gets in all the same.
        assert_eq!(home.sign_in_with("alice", RIGHT).await.status, StatusCode::SEE_OTHER);
        assert_eq!(directory.with(|known| known.binds.len()), 3);

        // What she mistypes elsewhere leaves strangers less.
        directory.change("alice", |one| one.wrong_binds = 2);
        site.clock.pass_us(61 * MINUTE_US);
        let mut stranger = Visitor::new(&site, "203.0.113.9");
        assert_eq!(stranger.sign_in_with("alice", RIGHT).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(directory.with(|known| known.binds.len()), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_the_directory_keeps_out_is_out_with_the_next_look_and_a_renamed_person_stays_the_same() {
    for (site, directory) in each_site().await {
        directory.person(1, "alice", &[Role::Biller]);
        for (what, change) in [
            ("disabled", (|one: &mut Listed| one.standing = Standing::Disabled) as fn(&mut Listed)),
            ("expired", |one| one.standing = Standing::Expired),
            ("locked", |one| one.standing = Standing::Locked),
            ("group", |one| one.rights.clear()),
        ] {
            directory.person(1, "alice", &[Role::Biller]);
            let alice = signed_in(&site, "alice").await;
            ask_about_everybody(&site).await;
            assert_eq!(me(&site, &alice).await, StatusCode::OK, "{what}");
            directory.change("alice", change);
            ask_about_everybody(&site).await;
            assert_eq!(me(&site, &alice).await, StatusCode::UNAUTHORIZED, "{what}");
            let newest = audit::latest(&site.db, 1).await.expect("entries").remove(0);
            assert!(newest.after.as_deref().is_some_and(|after| after.contains(what)), "{newest:?}");
            assert_eq!(site.try_sign_in("alice", RIGHT).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
        }
        directory.person(1, "alice", &[Role::Biller]);
        let alice = signed_in(&site, "alice").await;
        let id = account_of(&site, "alice").await.expect("an account");

        directory.with(|known| known.is_down = true);
        ask_about_everybody(&site).await;
        assert_eq!(me(&site, &alice).await, StatusCode::OK, "a directory that does not answer signs nobody out");
        directory.with(|known| known.is_down = false);

        directory.change("alice", |one| one.username = "abauer".into());
        ask_about_everybody(&site).await;
        assert_eq!(me(&site, &alice).await, StatusCode::OK);
        assert_eq!((account_of(&site, "abauer").await, account_of(&site, "alice").await), (Some(id), None));
        directory.person(9, "alice", &[Role::Steward]);
        let new = signed_in(&site, "alice").await;
        assert_ne!(account_of(&site, "alice").await, Some(id), "a new person with the old name is somebody else");
        assert!(site.get_with_cookie("/api/v1/me", &new).await.body.contains("\"can_scan\":false"));

        directory.change("abauer", |one| one.rights = vec![Right { role: Role::Admin, area: None }]);
        ask_about_everybody(&site).await;
        assert_eq!(me(&site, &alice).await, StatusCode::UNAUTHORIZED, "other rights are a new session");
        directory.with(|known| known.people.retain(|one| one.username != "alice"));
        ask_about_everybody(&site).await;
        assert_eq!(me(&site, &new).await, StatusCode::UNAUTHORIZED, "who is no longer there is out");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_opens_an_account_of_the_directory_only_while_the_directory_says_that_its_person_may_sign_in() {
    for (site, directory) in each_site().await {
        directory.person(1, "alice", &[Role::Biller]);
        let device = Device::new("key of alice");
        let mut home = Visitor::new(&site, "203.0.113.5");
        assert_eq!(home.sign_in_with("alice", RIGHT).await.status, StatusCode::SEE_OTHER);
        assert_eq!(add(&mut home, &device, RIGHT).await.status, StatusCode::OK);
        home.submit("/lock/now", &[]).await;
        let mut second = Visitor::new(&site, "203.0.113.6");
        second.sign_in_with("alice", RIGHT).await;
        let mut counter = 1;
        for what in ["disabled", "out of the groups", "down", "well"] {
            directory.person(1, "alice", &[Role::Biller]);
            match what {
                "disabled" => directory.change("alice", |one| one.standing = Standing::Disabled),
                "out of the groups" => directory.change("alice", |one| one.rights.clear()),
                _ => {}
            }
            directory.with(|known| known.is_down = what == "down");
            let expected = if what == "well" { StatusCode::SEE_OTHER } else { StatusCode::UNPROCESSABLE_ENTITY };
            let mut alone = Visitor::new(&site, "203.0.113.7");
            let here = [
                (&mut alone, "/login/passkey", "/login", "/login/passkey"),
                (&mut home, "/lock/passkey", "/lock", "/lock"),
                (&mut second, "/login/second-factor/passkey", "/login/second-factor", "/login/second-factor"),
            ];
            for (visitor, options, page, path) in here {
                // The second step begins anew once it was refused.
                if path == "/login/second-factor" && what != "disabled" {
                    continue;
                }
                counter += 1;
                let sent = device.shows(&visitor.get(options).await, counter);
                let answer = visitor.fill(page, path, &as_fields(&sent)).await;
                assert_eq!(answer.status, expected, "{what} at {path}: {}", answer.body);
            }
        }
    }
}

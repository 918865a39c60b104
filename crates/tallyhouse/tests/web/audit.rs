//! The pages of the audit trail, and its proof from the shell.

use std::process::Command;

use axum::http::StatusCode;
use base_core::audit::Origin;
use base_core::permission::Role;
use base_core::time::Clock;
use base_records::audit;
use people_store::By;
use people_store::edit::Site as Measures;
use people_store::remove::{self, Removal};
use serde_json::Map;
use tempfile::TempDir;

use crate::common::{PASSWORD, each_site};
use crate::customers::customer;
use crate::visitor::Visitor;

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_is_found_by_every_filter_masked_and_taken_out_as_a_file_that_is_in_it() {
    for site in each_site().await {
        site.person("meera", Role::Admin, None).await;
        site.person("priya", Role::Biller, None).await;
        let (cookie, csrf) = site.sign_in("meera").await;
        let get = async |path: &str| site.get_with_cookie(path, &cookie).await;
        let put = "/admin/settings/people.temporary_hours";
        let set = site.post_form(put, &cookie, format!("csrf={csrf}&value=48")).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER);
        let list = get("/admin/audit").await;
        assert!(list.body.contains("Setting changed") && list.body.contains("48"), "{}", list.body);
        for (query, is_there) in [
            ("action=setting_changed", true),
            ("kind=setting&entity=people.temporary_hours", true),
            ("kind=setting&entity=people.link_minutes", false),
            ("person=meera", true),
            ("person=priya", false),
            ("view=rights", true),
            ("view=deletions", false),
            ("view=everything", true),
            ("realm=customer", false),
            ("days=today", true),
            ("from=2001-01-01&to=2001-01-02", false),
            ("address=203.0.113.99", false),
        ] {
            let page = get(&format!("/admin/audit?{query}")).await;
            assert_eq!(page.status, StatusCode::OK, "{query}");
            assert_eq!(page.body.contains("people.temporary_hours</a>"), is_there, "{query}: {}", page.body);
        }
        for query in
            ["days=x", "from=2026-13-01", "realm=x", "view=x", "person=nobody-at-all", "view=everything&kind=bag"]
        {
            let page = get(&format!("/admin/audit?{query}")).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        }
        let file = get("/admin/audit/file?action=setting_changed").await;
        assert!(file.body.contains("number,time,realm") && file.body.contains("setting_changed"), "{}", file.body);
        let exported = get("/admin/audit?action=export&kind=audit").await;
        assert!(exported.body.contains("Exported"), "{}", exported.body);

        let entry = list.body.split("/admin/audit/").find_map(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            (!digits.is_empty()).then_some(digits)
        });
        let entry = entry.expect("a link to an entry");
        let page = get(&format!("/admin/audit/{entry}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert_eq!(get("/admin/audit/999999").await.status, StatusCode::NOT_FOUND);
        assert_eq!(get("/admin/audit/incidents").await.status, StatusCode::OK);
        let proof = get("/admin/audit/proof").await;
        assert!(proof.body.contains("There is none yet"), "no job runs here: {}", proof.body);
        assert_eq!(get(&format!("/admin/audit/{entry}/proof")).await.status, StatusCode::NOT_FOUND);
        let (biller, _) = site.sign_in("priya").await;
        assert_eq!(site.get_with_cookie("/admin/audit", &biller).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_named_to_those_who_need_it_and_to_nobody_once_removed_with_the_trail_masked() {
    const EMAIL: &str = "buyer@example.com";
    for site in each_site().await {
        site.person("meera", Role::Admin, None).await;
        site.person("buyer", Role::Biller, None).await;
        let id = customer(&site, EMAIL, PASSWORD).await;
        let origin = Origin::default();
        let by = By { at: site.clock.now(), origin: &origin };
        let becomes = people_store::customer::check("buying@example.com", "Ann").expect("an e-mail");
        let change =
            people_store::customer::Change { version: None, becomes: &becomes, also: [&Map::new(), &Map::new()] };
        for name in [EMAIL, "buyer"] {
            let door = if name == EMAIL { "/portal/login" } else { "/login" };
            let mut visitor = Visitor::new(&site, "203.0.113.9");
            visitor.fill(door, door, &[("username", name), ("password", "wrong")]).await;
        }
        site.app.note_all_refusals().await;
        let mut tx = site.db.write().await.expect("a transaction");
        assert!(people_store::customer::edit(tx.conn(), id, change, by).await.is_ok_and(|edited| edited));
        tx.commit().await.expect("a commit");
        let (cookie, _) = site.sign_in("meera").await;
        let page = site.get_with_cookie("/admin/audit/incidents", &cookie).await.body;
        assert!(page.contains("b***@example.com") && !page.contains(EMAIL), "{page}");
        let link = page.split('"').find(|part| part.contains("same=account-")).expect("a link").replace("&amp;", "&");
        assert_eq!(site.get_with_cookie(&link.replace("&#38;", "&"), &cookie).await.status, StatusCode::OK);
        let list = site.get_with_cookie("/admin/audit?realm=customer", &cookie).await.body;
        assert!(list.contains("b***@example.com") && !list.contains(EMAIL), "{list}");

        let removal = Removal { confirm: "buying@example.com", heir: None, masks_trail: true };
        let measures = Measures { areas: &[], keepers: &site.app.keepers };
        let mut tx = site.db.write().await.expect("a transaction");
        let removed = remove::remove(tx.conn(), id, &removal, measures, by).await;
        assert!(removed.is_ok_and(|removed| removed.masked >= 2), "what was counted of them, and the change");
        tx.commit().await.expect("a commit");
        let lines = audit::latest(&site.db, 100).await.expect("entries");
        for line in &lines {
            let told = format!("{} {:?} {:?}", line.entity, line.before, line.after);
            assert!(!told.contains(EMAIL) && !told.contains("buying@") && !told.contains("Ann"), "{told}");
        }
        let of_staff =
            lines.iter().any(|line| line.after.as_deref().is_some_and(|after| after.contains("{\"buyer\":1}")));
        assert!(of_staff, "what is told of somebody else stays");
    }
}

/// Runs the program in a folder; gives whether it went well, and what it said.
fn run(folder: &TempDir, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tallyhouse"));
    command.args(arguments).current_dir(folder.path()).env_clear().env("DATABASE_URL", "sqlite:site.db");
    command.env("SESSION_SECRET", "a secret of this site, of 32 characters and more");
    let ran = command.output().expect("it runs");
    let told = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    (ran.status.success(), if ran.status.success() { String::from_utf8_lossy(&ran.stdout).into_owned() } else { told })
}

#[test]
fn the_trail_is_verified_and_an_entry_proved_from_the_shell() {
    let folder = tempfile::tempdir().expect("a folder");
    let works = |arguments: &[&str]| {
        let (is_well, told) = run(&folder, arguments);
        assert!(is_well, "{arguments:?}: {told}");
        told
    };
    works(&["user", "add", "meera", "--role", "admin"]);
    let key = works(&["audit", "key"]);
    let key = key.trim();
    assert!(key.starts_with("tallyhouse/"), "{key}");
    assert!(works(&["audit", "verify"]).contains("not yet under a checkpoint: 1 entries"));
    let dry = works(&["audit", "retention", "--dry-run"]);
    assert!(dry.contains("\"dry_run\":true"), "{dry}");
    works(&["audit", "retention"]);
    let checkpoint = works(&["audit", "checkpoint"]);
    let kept = folder.path().join("kept");
    std::fs::write(&kept, &checkpoint).expect("a file");
    works(&["user", "add", "priya", "--role", "biller"]);
    works(&["audit", "retention"]);
    let verified = works(&["audit", "verify", "--key", key, "--checkpoint", "kept"]);
    assert!(verified.contains("2 entries recomputed") && !verified.contains("bad"), "{verified}");
    works(&["audit", "consistency", "kept"]);
    let proof = works(&["audit", "proof", "1"]);
    std::fs::write(folder.path().join("proof"), &proof).expect("a file");
    let checked = works(&["audit", "check", "proof", "--key", key]);
    assert!(checked.contains("\"action\":\"user_created\"") && checked.contains("\"entity\":\"meera\""), "{checked}");
    std::fs::write(folder.path().join("wrong"), proof.replacen("index 0", "index 1", 1)).expect("a file");
    assert!(!run(&folder, &["audit", "check", "wrong", "--key", key]).0);
    assert!(!run(&folder, &["audit", "proof", "99"]).0);
    std::fs::write(&kept, checkpoint.replacen("\n1\n", "\n9\n", 1)).expect("a file");
    let (is_well, told) = run(&folder, &["audit", "verify", "--checkpoint", "kept"]);
    assert!(!is_well && told.contains("the checkpoint that was kept is no good"), "{told}");
    // Another key signs what is there at once, and the tree goes on under it.
    assert_ne!(works(&["audit", "new-key"]).trim(), key);
    assert!(works(&["audit", "verify"]).contains("newest checkpoint: 2 entries"));
    works(&["audit", "retention"]);
    assert!(works(&["audit", "verify"]).contains("newest checkpoint: 3 entries"));
}

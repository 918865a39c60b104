//! The pages of the audit trail, and its proof from the shell.

use std::process::Command;

use axum::http::StatusCode;
use base_core::permission::Role;
use tempfile::TempDir;

use crate::common::each_site;

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
}

//! The pages of jobs and of backups: what they show is what was noted, and running one now is an entry of the trail.

use axum::http::StatusCode;
use base_core::permission::Role;
use base_core::time::{Clock, HOUR_US, Moment, SECOND_US};
use base_records::backup::{self, Backup, BackupCopy};
use base_records::job::{self, Ended, Outcome};

use crate::common::each_site;

#[tokio::test(flavor = "multi_thread")]
async fn a_job_shows_its_last_run_and_is_run_now_once_at_a_time() {
    for site in each_site().await {
        let admin = site.token("meera", Role::Admin, None).await;
        site.person("asha", Role::Admin, None).await;
        let (db, now) = (&site.db, site.clock.now());
        job::register(db, "integrity", now).await.expect("registered");
        let next_run_at = now.plus_us(HOUR_US);
        job::claim(db, "integrity", "node-7", now, HOUR_US).await.expect("an answer").expect("it is free");
        let held = site.post_json("/api/v1/jobs/integrity/run", &admin, "").await;
        assert_eq!((held.status, held.json()["code"].as_str()), (StatusCode::CONFLICT, Some("job_running")));
        let running = site.get("/api/v1/jobs", &admin).await.json()["jobs"][0].clone();
        assert_eq!((running["status"].as_str(), running["held_by"].as_str()), (Some("running"), Some("node-7")));
        job::tell(db, "integrity", "the counter of Lucknow is 7", 1).await.expect("told");
        let ended = Ended { at: now.plus_us(SECOND_US), took_us: 1_500_000, next_run_at, outcome: Outcome::Done };
        assert!(job::finish(db, "integrity", "node-7", &ended).await.expect("finished"));

        let (cookie, csrf) = site.sign_in("asha").await;
        let page = site.get_with_cookie("/admin/jobs", &cookie).await.body;
        for shown in ["Check the database", "the counter of Lucknow is 7", "Found something", "1.5 s"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        let run = site.post_form("/admin/jobs/integrity/run", &cookie, format!("csrf={csrf}")).await;
        assert_eq!(run.status, StatusCode::SEE_OTHER);
        let due = job::find(db, "integrity").await.expect("an answer").expect("it is known");
        assert!(due.claimable_at() <= site.clock.now(), "it is due");
        assert_eq!(site.post_json("/api/v1/jobs/none/run", &admin, "").await.status, StatusCode::NOT_FOUND);
        let trail = site.get_with_cookie("/admin/audit?action=job_run", &cookie).await.body;
        assert!(trail.contains("Job started by hand") && trail.contains("integrity"), "{trail}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_are_shown_with_their_trials_and_copies() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        let (cookie, _) = site.sign_in("asha").await;
        let empty = site.get_with_cookie("/admin/backups", &cookie).await.body;
        assert!(empty.contains("backup.folder is not set") && empty.contains("No backup yet"), "{empty}");
        let name = "tallyhouse-20261130T164500Z.zip".to_owned();
        let made = Backup {
            name: name.clone(),
            made_at: 1_790_000_000_000_000,
            bytes: 5_000,
            sha256: "00".into(),
            schema_number: 37,
            proved_at: None,
            fault: None,
        };
        backup::note(&site.db, &made).await.expect("noted");
        backup::prove(&site.db, &name, Moment(made.made_at), None).await.expect("noted");
        let copy = BackupCopy {
            name: name.clone(),
            place: "s3".into(),
            bytes: 5_000,
            sha256: "00".into(),
            copied_at: None,
            compared_at: None,
            tries: 0,
            fault: Some("answered 403 AccessDenied".into()),
        };
        backup::note_copy(&site.db, &copy).await.expect("noted");
        backup::note_copy(&site.db, &copy).await.expect("noted again");
        let page = site.get_with_cookie("/admin/backups", &cookie).await.body;
        for shown in [name.as_str(), "5 KiB", "Can be restored", "answered 403 AccessDenied"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert_eq!(backup::copies(&site.db).await.expect("copies")[0].tries, 2);
        let fine = BackupCopy { copied_at: Some(made.made_at), fault: None, ..copy };
        backup::note_copy(&site.db, &fine).await.expect("noted");
        assert_eq!(backup::copies(&site.db).await.expect("copies")[0].tries, 0);
    }
}

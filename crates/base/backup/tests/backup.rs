//! Backups of both databases: what comes back is what was there, and a damaged one is refused.

use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use base_backup::{BackupError, Keep, Shelf, Trial, Wanted, make, prove, restore_file, restore_rows};
use base_core::permission::Role;
use base_core::time::{HOUR_US, Moment};
use base_db::{Db, OpenOptions, scratch};
use base_records::{account, setting};
use tallyhouse_support::{MIGRATIONS, each_database, new_id, person, plant};
use tempfile::TempDir;

const NOW: Moment = Moment(1_790_000_000_000_000);

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

async fn fill(db: &Db) {
    plant(db, "BILL-1", "SB00001", &["CHILD1", "CHILD2"]).await;
    let meera = person(db, "meera", Role::Dispatcher, Some("indore")).await;
    // What a text of rows could break on.
    let awkward = "tab\there, line\nbreak, back\\slash, \\N, quote\", नमस्ते, \u{1}";
    scratch::call_person(db, meera.account.expect("an account"), awkward).await.expect("a name");
}

fn wanted<'w>(folder: &'w Path, passphrase: Option<&'w SecretString>, at: Moment) -> Wanted<'w> {
    Wanted { folder, passphrase, at, version: "0.1.0" }
}

/// Restores into a new database beside `site`, and hands it over.
async fn restored(site: &str, backup: &Path, passphrase: Option<&SecretString>, folder: &Path) -> (Db, Option<String>) {
    if site.starts_with("sqlite:") {
        let path = folder.join(format!("{}.db", new_id()));
        restore_file(backup, passphrase, &path).expect("it is restored");
        let address = format!("sqlite:{}", path.display());
        return (Db::open(&address, OpenOptions::default()).await.expect("it opens"), None);
    }
    let name = format!("restored_{}", new_id().simple());
    let address = scratch::create(site, &name).await.expect("a database");
    let db = Db::open(&address, OpenOptions::default()).await.expect("it opens");
    restore_rows(&db, MIGRATIONS, backup, passphrase).await.expect("it is restored");
    (db, Some(name))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_restored_is_what_was_there_and_goes_on_from_there() {
    for site in each_database().await {
        fill(&site.db).await;
        let before = scratch::contents(&site.db).await.expect("rows");
        for passphrase in [None, Some(SecretString::from("a long passphrase"))] {
            let folder = folder();
            let made = make(&site.db, wanted(folder.path(), passphrase.as_ref(), NOW)).await.expect("a backup");
            let (db, scratch_name) = restored(&site.address, &made.path, passphrase.as_ref(), folder.path()).await;
            assert_eq!(scratch::contents(&db).await.expect("rows"), before, "{}", db.name());
            assert_eq!(db.migrations_run().await.expect("numbers"), site.db.migrations_run().await.expect("numbers"));
            // The numbers of new rows go on behind the old ones.
            person(&db, "ravi", Role::Biller, None).await;
            assert_eq!(account::count(&db, base_core::realm::Realm::Staff).await.expect("a count"), 2);
            db.close().await;
            if let Some(name) = scratch_name {
                scratch::drop(&site.address, &name).await.expect("it is dropped");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_with_one_wrong_byte_is_refused_by_name_with_its_sum_and_without() {
    for site in each_database().await {
        fill(&site.db).await;
        let folder = folder();
        let made = make(&site.db, wanted(folder.path(), None, NOW)).await.expect("a backup");
        let whole = std::fs::read(&made.path).expect("its bytes");
        let damaged = folder.path().join("damaged.zip");
        let sum = PathBuf::from(format!("{}.sha256", damaged.display()));
        std::fs::write(&sum, format!("{}  damaged.zip\n", made.sha256)).expect("a sum");
        for place in (0..whole.len()).step_by(whole.len() / 40) {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            std::fs::write(&damaged, bytes).expect("a file");
            let refused = base_backup::open(&damaged, None).expect_err("it is damaged").to_string();
            assert!(refused.contains("damaged.zip is damaged: its SHA-256 is"), "{refused}");
        }
        // Without the sum beside it, what is inside is still compared.
        std::fs::remove_file(&sum).expect("it is there");
        let mut bytes = whole.clone();
        bytes[whole.len() / 2] ^= 1;
        std::fs::write(&damaged, bytes).expect("a file");
        let name = format!("trial_{}", new_id().simple());
        let trial = Trial {
            path: &damaged,
            passphrase: None,
            address: &site.address,
            scratch_name: &name,
            folder: folder.path(),
            migrations: MIGRATIONS,
            checks: &[],
        };
        let refused = prove(trial).await.expect_err("it is damaged").to_string();
        assert!(refused.contains("damaged.zip is damaged"), "{refused}");
        let left = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(left, 3, "only the backup, its sum and the damaged one are left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_restores_the_backup_of_an_earlier_schema_and_brings_it_up_to_date() {
    let earlier = MIGRATIONS.iter().copied().flatten().map(|one| one.number).max().expect("migrations") - 1;
    let folder = folder();
    let path = folder.path().join("earlier.db");
    let db = Db::open(&format!("sqlite:{}", path.display()), OpenOptions::default()).await.expect("it opens");
    db.migrate_to(MIGRATIONS, earlier).await.expect("it migrates");
    let made = make(&db, wanted(folder.path(), None, NOW)).await.expect("a backup");
    assert_eq!(made.manifest.schema, earlier);
    let address = format!("sqlite:{}", path.display());
    let trial = Trial {
        path: &made.path,
        passphrase: None,
        address: &address,
        scratch_name: "trial",
        folder: folder.path(),
        migrations: MIGRATIONS,
        checks: &[],
    };
    let proof = prove(trial).await.expect("it is restored");
    assert_eq!(proof.faults(), 0, "{:?}", proof.findings);
    assert!(!folder.path().join("trial.db").exists());
    db.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_restored_over_what_is_there() {
    for site in each_database().await {
        fill(&site.db).await;
        let folder = folder();
        let made = make(&site.db, wanted(folder.path(), None, NOW)).await.expect("a backup");
        let refused = if site.db.is_shared() {
            restore_rows(&site.db, MIGRATIONS, &made.path, None).await.map(drop)
        } else {
            let path = site.address.trim_start_matches("sqlite:").to_owned();
            restore_file(&made.path, None, Path::new(&path)).map(drop)
        };
        assert!(matches!(refused, Err(BackupError::NotEmpty(_))), "{refused:?}");
        let mut reader = site.db.read().await.expect("a reader");
        setting::number(reader.conn(), &base_core::setting::MAILS_DAYS).await.expect("it is as it was");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_passphrase_and_none_are_said_as_such() {
    let site = each_database().await.into_iter().next().expect("SQLite");
    let folder = folder();
    let passphrase = SecretString::from("a long passphrase");
    let made = make(&site.db, wanted(folder.path(), Some(&passphrase), NOW)).await.expect("a backup");
    assert!(matches!(base_backup::open(&made.path, None), Err(BackupError::NoPassphrase(_))));
    let wrong = SecretString::from("another passphrase");
    assert!(matches!(base_backup::open(&made.path, Some(&wrong)), Err(BackupError::Passphrase(_))));
    let bytes = std::fs::read(&made.path).expect("its bytes");
    assert!(bytes.starts_with(b"age-encryption.org/v1"), "the tool age reads it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shelf_keeps_what_it_should_and_leaves_other_files_alone() {
    let site = each_database().await.into_iter().next().expect("SQLite");
    let folder = folder();
    for hours in 0..4 {
        let at = NOW.plus_us(-hours * HOUR_US);
        make(&site.db, wanted(folder.path(), None, at)).await.expect("a backup");
    }
    std::fs::write(folder.path().join("note.txt"), "mine").expect("a file");
    let shelf = Shelf(folder.path().to_owned());
    let removed = shelf.tidy(Keep { hourly: 2, daily: 0, weekly: 0 }, &jiff::tz::TimeZone::UTC).expect("it is tidied");
    assert_eq!((removed.len(), shelf.list().expect("a list").len()), (2, 2));
    // Two backups, their sums, and the note.
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 5);
}

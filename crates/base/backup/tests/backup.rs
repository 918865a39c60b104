//! Backups of both databases: what comes back is what was there, and a damaged one is refused.

use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use base_backup::{
    BackupError, Into, Keep, Shelf, Trial, Wanted, dump_fits, make, prove, restore_file, restore_rows, sum_of,
};
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
    Wanted { folder, passphrase, at, version: "0.1.0", dump: None }
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
    let into = Into { db: &db, address: &address };
    restore_rows(into, MIGRATIONS, backup, passphrase).await.expect("it is restored");
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

/// An empty database of the same kind beside `site`, with the name to drop where it is PostgreSQL's.
async fn beside(site: &str, folder: &Path) -> (Db, String, Option<String>) {
    if site.starts_with("sqlite:") {
        let address = format!("sqlite:{}", folder.join(format!("{}.db", new_id())).display());
        return (Db::open(&address, OpenOptions::default()).await.expect("it opens"), address, None);
    }
    let name = format!("earlier_{}", new_id().simple());
    let address = scratch::create(site, &name).await.expect("a database");
    (Db::open(&address, OpenOptions::default()).await.expect("it opens"), address, Some(name))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_the_version_before_is_restored_and_brought_up_to_date() {
    // As it was before the tables of copies and of the runs of jobs.
    const EARLIER: i64 = 33;
    for site in each_database().await {
        let folder = folder();
        let (db, address, scratch_name) = beside(&site.address, folder.path()).await;
        db.migrate_to(MIGRATIONS, EARLIER).await.expect("it migrates");
        let arjun = person(&db, "arjun", Role::Biller, None).await;
        let made = make(&db, wanted(folder.path(), None, NOW)).await.expect("a backup");
        assert_eq!(made.manifest.schema, EARLIER);
        let name = format!("trial_{}", new_id().simple());
        let trial = Trial {
            path: &made.path,
            passphrase: None,
            address: &address,
            scratch_name: &name,
            folder: folder.path(),
            migrations: MIGRATIONS,
            checks: &[],
        };
        let proof = prove(trial).await.expect("it is restored");
        assert_eq!(proof.faults(), 0, "{:?}", proof.findings);
        assert!(!folder.path().join(format!("{name}.db")).exists());
        let (again, restored_name) = restored(&site.address, &made.path, None, folder.path()).await;
        again.migrate(MIGRATIONS).await.expect("it is brought up to date");
        assert_eq!(again.schema_state(MIGRATIONS).await.expect("a state").missing, 0);
        let realm = base_core::realm::Realm::Staff;
        assert_eq!(account::find_id(&again, realm, "arjun").await.expect("an answer"), arjun.account);
        again.close().await;
        db.close().await;
        for name in [scratch_name, restored_name].into_iter().flatten() {
            scratch::drop(&site.address, &name).await.expect("it is dropped");
        }
    }
}

/// Whether a damaged backup is refused, and the words.
fn refusal(path: &Path, passphrase: Option<&SecretString>, target: &Path) -> String {
    restore_file(path, passphrase, target).expect_err("it is damaged").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_wrong_byte_in_any_part_of_it_is_refused_without_the_sum_beside_it() {
    let site = each_database().await.into_iter().next().expect("SQLite");
    fill(&site.db).await;
    for passphrase in [None, Some(SecretString::from("a long passphrase"))] {
        let folder = folder();
        let made = make(&site.db, wanted(folder.path(), passphrase.as_ref(), NOW)).await.expect("a backup");
        let whole = std::fs::read(&made.path).expect("its bytes");
        let ending = if passphrase.is_some() { "damaged.zip.age" } else { "damaged.zip" };
        let (damaged, target) = (folder.path().join(ending), folder.path().join("target.db"));
        let end = whole.len();
        // The header, the middle, and what stands at the end: the manifest with its sums, and the list of files.
        for place in [0, 1, 40, end / 4, end / 2, end - 600, end - 200, end - 30, end - 20] {
            let mut bytes = whole.clone();
            bytes[place] ^= 4;
            std::fs::write(&damaged, bytes).expect("a file");
            let Err(error) = restore_file(&damaged, passphrase.as_ref(), &target) else {
                // Times and versions in the headers of an archive say nothing: what comes out is what was put in.
                assert_eq!(sum_of(&target).expect("a sum"), made.manifest.entries[0].sha256, "byte {place}");
                std::fs::remove_file(&target).expect("it is there");
                continue;
            };
            let told = error.to_string();
            assert!(told.contains("damaged.zip"), "byte {place}: {told}");
            assert!(!target.exists(), "nothing of it stays");
        }
        // A sum that was changed refuses the backup, too.
        std::fs::write(&damaged, &whole).expect("a file");
        let sum = PathBuf::from(format!("{}.sha256", damaged.display()));
        let line = made.sha256.replace(|c: char| c.is_ascii_digit(), "0");
        std::fs::write(&sum, format!("{line}  {ending}\n")).expect("a sum");
        assert!(refusal(&damaged, passphrase.as_ref(), &target).contains("is damaged: its SHA-256 is"));
        std::fs::write(&sum, "").expect("a sum");
        assert!(refusal(&damaged, passphrase.as_ref(), &target).contains("the file with its sum is empty"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_postgresql_is_encrypted_checked_and_restored_like_any_other() {
    for site in each_database().await.into_iter().filter(|site| site.db.is_shared()) {
        if let Err(why) = dump_fits(&site.db).await {
            eprintln!("left out: {why}");
            return;
        }
        fill(&site.db).await;
        let before = scratch::contents(&site.db).await.expect("rows");
        let (folder, passphrase) = (folder(), SecretString::from("a long passphrase"));
        let dump = Some(site.address.as_str());
        let made = make(&site.db, Wanted { dump, ..wanted(folder.path(), Some(&passphrase), NOW) }).await;
        let made = made.expect("a backup");
        assert_eq!(made.manifest.entries[0].file, "tallyhouse.dump");
        let (db, name) = restored(&site.address, &made.path, Some(&passphrase), folder.path()).await;
        assert_eq!(scratch::contents(&db).await.expect("rows"), before);
        assert_eq!(db.missing_indexes(MIGRATIONS).await.expect("an answer"), [] as [String; 0]);
        person(&db, "ravi", Role::Biller, None).await;
        db.close().await;
        scratch::drop(&site.address, &name.expect("a name")).await.expect("it is dropped");
        let left = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(left, 2, "the backup and its sum");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_restored_over_what_is_there() {
    for site in each_database().await {
        fill(&site.db).await;
        let folder = folder();
        let made = make(&site.db, wanted(folder.path(), None, NOW)).await.expect("a backup");
        let refused = if site.db.is_shared() {
            let into = Into { db: &site.db, address: &site.address };
            restore_rows(into, MIGRATIONS, &made.path, None).await.map(drop)
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
    let removed = shelf
        .tidy(Keep { hourly: 2, daily: 0, weekly: 0, monthly: 0 }, &jiff::tz::TimeZone::UTC)
        .expect("it is tidied");
    assert_eq!((removed.len(), shelf.list().expect("a list").len()), (2, 2));
    // Two backups, their sums, and the note.
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 5);
}

//! Copies of backups in storage that speaks S3, and in a second folder.

mod receiver;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use age::secrecy::SecretString;
use base_backup::{Keep, Name, Place, S3, S3Settings, sum_of};
use base_core::time::{HOUR_US, Moment};
use jiff::tz::TimeZone;
use receiver::{ACCESS, Receiver, SECRET};
use tallyhouse_support::TestClock;

const NOW: Moment = Moment(1_790_000_000_000_000);

fn settings(receiver: &Receiver) -> S3Settings {
    S3Settings {
        endpoint: receiver.endpoint.clone(),
        region: "eu-central-1".into(),
        bucket: "bucket".into(),
        prefix: "site/backups/".into(),
        access_key: ACCESS.into(),
        secret_key: SecretString::from(SECRET),
        path_style: true,
        ca_pem: None,
    }
}

fn opened(settings: &S3Settings) -> Place {
    Place::S3(S3::open(settings, Arc::new(TestClock::default())).expect("an address"))
}

/// A file with the name of a backup, and its name and sum.
fn file(folder: &Path, hours: i64, bytes: usize) -> (PathBuf, Name, String) {
    let name = Name { at: NOW.plus_us(-hours * HOUR_US), is_encrypted: false };
    let path = folder.join(name.to_string());
    let content: Vec<u8> = (0..bytes).map(|n| u8::try_from(n % 251).expect("small")).collect();
    std::fs::write(&path, content).expect("a file");
    let sum = sum_of(&path).expect("a sum");
    (path, name, sum)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_goes_out_in_signed_parts_and_comes_back_the_same_from_both_places() {
    let receiver = Receiver::begin().await;
    let (here, there, back) = (tempfile::tempdir(), tempfile::tempdir(), tempfile::tempdir());
    let (here, there, back) = (here.expect("a folder"), there.expect("a folder"), back.expect("a folder"));
    let places = [opened(&settings(&receiver)), Place::Folder(there.path().join("copies"))];
    for place in &places {
        // The small one in one piece, the large one in two parts of 16 MiB at most.
        for (hours, bytes) in [(1, 5_000), (2, (16 << 20) + 7)] {
            let (path, name, sum) = file(here.path(), hours, bytes);
            receiver.stored.lock().expect("whole").failing = 1;
            assert_eq!(place.put(&path, &sum).await.expect("a copy"), bytes as u64, "{}", place.describe());
            receiver.stored.lock().expect("whole").failing = 0;
            assert_eq!(place.sha256(name).await.expect("it is read back"), sum);
            let folder = back.path().join(place.name());
            std::fs::create_dir_all(&folder).expect("a folder");
            let fetched = place.fetch(name, &folder).await.expect("it comes back");
            assert_eq!(sum_of(&fetched).expect("a sum"), sum);
            base_backup::check_sum(&fetched).expect("its sum stands beside it");
        }
        let listed: Vec<u64> = place.list().await.expect("a list").iter().map(|copied| copied.bytes).collect();
        assert_eq!(listed, [5_000, (16 << 20) + 7], "the newest first");
    }
    let stored = receiver.stored.lock().expect("whole");
    assert_eq!((stored.parts_max_bytes, stored.uploads.len(), stored.refused.len()), (16 << 20, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_longer_kept_goes_and_other_files_stay() {
    let receiver = Receiver::begin().await;
    let folder = tempfile::tempdir().expect("a folder");
    let place = opened(&settings(&receiver));
    for hours in 0..4 {
        let (path, _, sum) = file(folder.path(), hours, 100);
        place.put(&path, &sum).await.expect("a copy");
    }
    let other = "site/backups/note.txt".to_owned();
    receiver.stored.lock().expect("whole").objects.insert(other.clone(), b"mine".to_vec());
    let keep = Keep { hourly: 2, daily: 0, weekly: 0, monthly: 0 };
    let removed = place.tidy(keep, &TimeZone::UTC).await.expect("it is tidied");
    assert_eq!((removed.len(), place.list().await.expect("a list").len()), (2, 2));
    // Two copies, their sums, and the note.
    assert!(receiver.names().len() == 5 && receiver.names().contains(&other), "{:?}", receiver.names());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_a_wrong_bucket_and_a_changed_copy_are_told_with_what_to_do() {
    let receiver = Receiver::begin().await;
    let folder = tempfile::tempdir().expect("a folder");
    let right = settings(&receiver);
    let (path, name, sum) = file(folder.path(), 1, 100);
    let wrong_key = S3Settings { secret_key: SecretString::from("another secret"), ..right.clone() };
    let told = opened(&wrong_key).put(&path, &sum).await.expect_err("refused").to_string();
    assert!(told.contains("SignatureDoesNotMatch") && told.contains("backup.s3.secret_key"), "{told}");
    assert!(!told.contains("another secret") && told.starts_with("s3://bucket/site/backups/"), "{told}");
    let wrong_bucket = S3Settings { bucket: "none".into(), ..right.clone() };
    let told = opened(&wrong_bucket).list().await.expect_err("refused").to_string();
    assert!(told.contains("create the bucket"), "{told}");
    let nobody = S3Settings { endpoint: "http://127.0.0.1:1".into(), ..right.clone() };
    let told = opened(&nobody).list().await.expect_err("nobody is there").to_string();
    assert!(told.contains("127.0.0.1:1"), "{told}");

    let place = opened(&right);
    place.put(&path, &sum).await.expect("a copy");
    receiver.change(&format!("site/backups/{name}"), |bytes| bytes[50] ^= 1);
    assert_ne!(place.sha256(name).await.expect("it is read back"), sum, "the change is seen");
    // A backup that was changed here is not copied at all.
    std::fs::write(&path, "changed").expect("a file");
    let told = place.put(&path, &sum).await.expect_err("refused").to_string();
    assert!(told.contains(&format!("{name} is damaged")), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_upload_that_was_cut_off_has_left_is_removed() {
    let receiver = Receiver::begin().await;
    let place = opened(&settings(&receiver));
    let name = Name { at: NOW, is_encrypted: false };
    {
        let mut stored = receiver.stored.lock().expect("whole");
        stored.uploads.insert(format!("site/backups/{name}"), std::collections::BTreeMap::new());
        stored.uploads.insert("site/backups/of-others".into(), std::collections::BTreeMap::new());
    }
    place.tidy_broken().await.expect("it is tidied");
    let stored = receiver.stored.lock().expect("whole");
    assert_eq!(stored.uploads.keys().collect::<Vec<_>>(), ["site/backups/of-others"]);
}

//! What people read: no internal name, in either language, and sentences that begin like sentences.

use axum::http::StatusCode;
use bags_traitortrack::rules::{EARLIER_ACTIONS, action};
use base_core::import::ImportState;
use base_core::permission::Role;
use base_desk::DeskError;
use base_files::import::intake::IntakeError;
use base_web::locale;

use crate::common::{Site, each_site};

/// A biller who reads Hindi, signed in.
async fn hindi_reader(site: &Site) -> String {
    site.person("meera", Role::Biller, None).await;
    let (cookie, csrf) = site.sign_in("meera").await;
    site.post_form("/locale", &cookie, format!("csrf={csrf}&locale=hi")).await;
    cookie
}

#[tokio::test(flavor = "multi_thread")]
async fn every_action_of_the_earlier_system_has_words_in_both_languages() {
    let _site = each_site().await.remove(0);
    for name in EARLIER_ACTIONS {
        for language in locale::LOCALES {
            let key = format!("action-{}", action(name));
            assert_ne!(locale::text(language, &key, &[]), key, "{language}: {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_is_wrong_is_told_in_the_language_of_the_page() {
    for site in each_site().await {
        let biller = site.token("desk", Role::Biller, None).await;
        site.fill(&biller, 1..2, 1).await;
        let cookie = hindi_reader(&site).await;
        for (path, key) in [
            ("/bags/SB00001?children_after=x", "wrong-cursor"),
            ("/bags?cursor=x", "wrong-cursor"),
            ("/reports/bills?format=exe", "wrong-field"),
            ("/bags/SB00001?colour=%01", "wrong-field"),
        ] {
            let page = site.get_with_cookie(path, &cookie).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(page.body.contains(&locale::text("hi", key, &[])), "{path}: {}", page.body);
            for english in ["not valid", "Choose csv", "control character"] {
                assert!(!page.body.contains(english), "{path}: {}", page.body);
            }
        }
    }
}

#[test]
fn what_cannot_be_done_is_said_in_sentences_without_internal_names() {
    let states = ImportState::ALL.map(|state| IntakeError::WrongState(state).to_string());
    let of_desk = [DeskError::Busy, DeskError::Closing].map(|error| error.to_string());
    for sentence in states.iter().chain(&of_desk) {
        assert!(sentence.starts_with(char::is_uppercase) && sentence.ends_with('.'), "{sentence}");
        assert!(!sentence.contains('_') && !sentence.contains("rolled"), "{sentence}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_says_what_goes_and_what_a_bag_is_taken_out_of() {
    for site in each_site().await {
        let biller = site.token("desk", Role::Biller, None).await;
        site.fill(&biller, 1..2, 1).await;
        site.person("meera", Role::Biller, None).await;
        let (cookie, _) = site.sign_in("meera").await;
        let child = site.get_with_cookie("/bags/KID001X00/delete", &cookie).await.body;
        assert!(child.contains(">Delete KID001X00 and take it out of SB00001</button>"), "{child}");
        let parent = site.get_with_cookie("/bags/SB00001/delete", &cookie).await.body;
        assert!(parent.contains(">Delete SB00001 and its children</button>"), "{parent}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_says_in_which_zone_its_times_are_and_figures_say_that_refusals_count() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        let (cookie, _) = site.sign_in("asha").await;
        let report = site.get_with_cookie("/reports/areas", &cookie).await.body;
        assert!(report.contains("Times are those of Asia/Kolkata."), "{report}");
        assert!(report.contains("Dispatchers with attempts"), "{report}");
        let people = site.get_with_cookie("/reports/people", &cookie).await.body;
        assert!(people.contains("Last attempt"), "{people}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_a_bill_looks_like_that_of_a_bag() {
    for site in each_site().await {
        let biller = site.token("desk", Role::Biller, None).await;
        site.fill(&biller, 1..2, 1).await;
        site.create_bill(&biller, "INV-1", 2).await;
        let put = site.scan("\"action\":\"bill_link\",\"bill\":\"INV-1\",\"code\":\"SB00001\"");
        site.scans(&biller, &[put]).await;
        site.person("meera", Role::Biller, None).await;
        let (cookie, _) = site.sign_in("meera").await;
        let mut histories = Vec::new();
        for path in ["/bags/SB00001", "/bills/INV-1"] {
            let page = site.get_with_cookie(path, &cookie).await.body;
            let (_, row) = page.split_once("<td><a href=\"/scans/").unwrap_or_else(|| panic!("{path}: {page}"));
            let row = row.split("</tr>").next().unwrap_or_default();
            // Numbers and times differ.
            histories.push(row.chars().filter(|character| !character.is_ascii_digit()).collect::<String>());
        }
        assert_eq!(histories[0], histories[1]);
    }
}

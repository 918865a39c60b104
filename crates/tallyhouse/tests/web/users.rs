//! Looking after accounts: the list, one person, changes, temporary passwords, removal; as pages and as calls.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::{Clock, HOUR_US};
use base_records::mail::Outbox;
use base_records::{account, audit, mail};
use serde_json::{Value, json};

use crate::common::{Answer, PASSWORD, Site, each_site, each_site_with, joined};

pub async fn id_of(site: &Site, name: &str) -> i64 {
    account::find_id(&site.db, Realm::Staff, name).await.expect("an answer").expect("an account")
}

pub async fn send(site: &Site, method: Method, path: &str, token: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json");
    site.send(request.body(Body::from(body.to_string())).expect("a request")).await
}

async fn patch(site: &Site, id: i64, token: &str, body: Value) -> Answer {
    send(site, Method::PATCH, &format!("/api/v1/accounts/{id}"), token, &body).await
}

fn names(answer: &Answer) -> Vec<String> {
    let all = answer.json()["accounts"].as_array().expect("accounts").clone();
    all.iter().map(|one| one["username"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_finds_people_by_role_status_area_and_any_of_their_names_and_says_how_many() {
    for site in each_site().await {
        let admin = site.token("asha", Role::Admin, None).await;
        site.token("arjun", Role::Dispatcher, Some("lucknow")).await;
        site.token("imran", Role::Dispatcher, Some("indore")).await;
        site.token("farida", Role::Biller, None).await;
        let farida = id_of(&site, "farida").await;
        let change = json!({ "display_name": "Farida Khan", "email": "Bills@Example.com" });
        assert_eq!(patch(&site, farida, &admin, change).await.status, StatusCode::OK);
        let off = send(&site, Method::POST, &format!("/api/v1/accounts/{farida}/deactivate"), &admin, &json!({})).await;
        assert_eq!(off.json()["status"], "inactive", "{}", off.body);
        for (query, found) in [
            ("", vec!["arjun", "asha", "farida", "imran"]),
            ("?role=dispatcher", vec!["arjun", "imran"]),
            ("?area=indore", vec!["imran"]),
            ("?status=inactive", vec!["farida"]),
            ("?status=active", vec!["arjun", "asha", "imran"]),
            ("?status=locked", vec![]),
            ("?status=must_change", vec![]),
            ("?status=no_second_factor&role=admin", vec!["asha"]),
            ("?q=khan", vec!["farida"]),
            ("?q=BILLS@", vec!["farida"]),
            ("?q=%25", vec![]),
        ] {
            let answer = site.get(&format!("/api/v1/accounts{query}"), &admin).await;
            assert_eq!(names(&answer), found, "{query} on {}", site.db.name());
            assert_eq!(answer.json()["total"], found.len(), "{query}");
            let page = site.get(&format!("/admin/users{query}"), &admin).await;
            assert_eq!(page.status, StatusCode::OK, "{query}: {}", page.body);
            for name in ["arjun", "asha", "farida", "imran"] {
                let link = format!("<a href=\"/admin/users/{}\">", id_of(&site, name).await);
                assert_eq!(page.body.contains(&link), found.contains(&name), "{name} in {query}");
            }
        }
        let first = site.get("/api/v1/accounts?limit=3", &admin).await.json();
        let cursor = first["next_cursor"].as_str().expect("there is more");
        let rest = site.get(&format!("/api/v1/accounts?limit=3&cursor={cursor}"), &admin).await;
        assert_eq!((names(&rest), &rest.json()["total"]), (vec!["imran".to_owned()], &json!(4)));
        let wrong = site.get("/admin/users?status=asleep", &admin).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("Choose a value from the list."), "{}", wrong.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_person_gets_a_password_that_opens_once_and_chooses_their_own_before_anything_else() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("asha").await;
        let body = format!("csrf={csrf}&username=ravi&display_name=Ravi+Shah&role_dispatcher=1&area=lucknow");
        let page = site.post_form("/admin/users/new", &cookie, body.clone()).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let (_, rest) = page.body.split_once("id=\"password\">").expect("a password");
        let password = rest.split('<').next().expect("its end").to_owned();
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store", "it is shown once");
        let again = site.post_form("/admin/users/new", &cookie, body).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(joined(&again.body).contains("This user name or e-mail is taken."), "{}", again.body);

        let signed_in = site.try_sign_in("ravi", &password).await;
        assert_eq!(signed_in.status, StatusCode::SEE_OTHER);
        let ravi = format!("__Host-tallyhouse={}", signed_in.cookie("__Host-tallyhouse").expect("a session"));
        let refused = site.try_sign_in("ravi", &password).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "it opens once");
        for path in ["/", "/bags", "/notifications", "/promotion", "/profile"] {
            let led = site.get_with_cookie(path, &ravi).await;
            assert_eq!(led.status, StatusCode::SEE_OTHER, "{path}");
            assert_eq!(led.headers[header::LOCATION], "/profile/password", "{path}");
        }
        let call = site.get_with_cookie("/api/v1/bags", &ravi).await;
        assert_eq!((call.status, &call.json()["code"]), (StatusCode::FORBIDDEN, &json!("must_change_password")));
        let form = site.get_with_cookie("/profile/password", &ravi).await;
        assert_eq!(form.status, StatusCode::OK, "{}", form.body);
        let (_, rest) = form.body.split_once("name=\"csrf\" value=\"").expect("a proof");
        let proof = rest.split('"').next().expect("a value");
        let set = |new: &str| format!("csrf={proof}&new_password={new}&again={new}");
        let same = site.post_form("/profile/password", &ravi, set(&password)).await;
        assert!(joined(&same.body).contains("Choose another password than the one"), "{}", same.body);
        let weak = site.post_form("/profile/password", &ravi, set("Lucknow%40123")).await;
        assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(joined(&weak.body).contains("Easy to guess"), "{}", weak.body);
        let done = site.post_form("/profile/password", &ravi, set(PASSWORD)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert_eq!(site.get_with_cookie("/bags", &ravi).await.status, StatusCode::OK, "the same session goes on");
        site.sign_in("ravi").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_password_closes_after_its_time_and_a_new_one_replaces_it() {
    for site in each_site().await {
        let admin = site.token("asha", Role::Admin, None).await;
        site.person("ravi", Role::Biller, None).await;
        let (cookie, _) = site.sign_in("ravi").await;
        let path = format!("/api/v1/accounts/{}/password", id_of(&site, "ravi").await);
        let give =
            async || site.post_json(&path, &admin, "{}").await.json()["password"].as_str().expect("one").to_owned();
        let (first, second) = (give().await, give().await);
        assert_eq!(site.get_with_cookie("/api/v1/me", &cookie).await.status, StatusCode::UNAUTHORIZED, "signed out");
        for wrong in [PASSWORD, &first] {
            assert_eq!(site.try_sign_in("ravi", wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        }
        site.clock.pass_us(72 * HOUR_US);
        assert_eq!(people_store::password::close_old(&site.db, site.clock.now()).await.expect("closed"), 1);
        assert_eq!(site.try_sign_in("ravi", &second).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let third = give().await;
        assert_eq!(site.try_sign_in("ravi", &third).await.status, StatusCode::SEE_OTHER);
        let trail = audit::latest(&site.db, 50).await.expect("entries");
        assert!(trail.iter().any(|line| line.action == "password_temporary"));
        for line in &trail {
            let told = format!("{:?}{:?}", line.before, line.after);
            assert!(![&first, &second, &third].iter().any(|secret| told.contains(secret.as_str())), "{told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_names_what_was_looked_at_and_one_made_meanwhile_is_shown_and_asked_about() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        site.token("ravi", Role::Dispatcher, Some("lucknow")).await;
        let admin = site.token("meera", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("asha").await;
        let id = id_of(&site, "ravi").await;
        let path = format!("/admin/users/{id}/edit");
        let form = site.get_with_cookie(&path, &cookie).await;
        let version = |page: &str| {
            let (_, rest) = page.split_once("name=\"version\" value=\"").expect("a version");
            rest.split('"').next().expect("a value").to_owned()
        };
        let seen = version(&form.body);
        assert_eq!(patch(&site, id, &admin, json!({ "display_name": "Ravi S" })).await.status, StatusCode::OK);
        let fields = |version: &str| {
            format!("csrf={csrf}&version={version}&display_name=Ravi+Shah&email=&role_biller=1&area=lucknow")
        };
        let asked = site.post_form(&path, &cookie, fields(&seen)).await;
        assert_eq!(asked.status, StatusCode::CONFLICT);
        let page = joined(&asked.body);
        assert!(page.contains("Someone else changed this account") && page.contains("Display name: Ravi S"), "{page}");
        assert!(page.contains("value=\"Ravi Shah\""), "what was typed stays: {page}");
        let saved = site.post_form(&path, &cookie, fields(&version(&asked.body))).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
        let now = site.get(&format!("/api/v1/accounts/{id}"), &admin).await.json();
        assert_eq!(
            (&now["display_name"], &now["roles"], &now["area"]),
            (&json!("Ravi Shah"), &json!(["biller"]), &Value::Null)
        );
        let stale = patch(&site, id, &admin, json!({ "version": 1, "email": "a@example.com" })).await;
        assert_eq!((stale.status, &stale.json()["code"]), (StatusCode::CONFLICT, &json!("changed_meanwhile")));
        let newest = audit::latest(&site.db, 1).await.expect("entries").remove(0);
        assert_eq!(newest.action, "role_change");
        let before: Value = serde_json::from_str(&newest.before.expect("what was")).expect("JSON");
        assert_eq!(before, json!({ "display_name": "Ravi S", "roles": ["dispatcher"], "area": "lucknow" }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_themselves_the_last_admin_stays_and_who_loses_a_right_is_out_at_once() {
    for site in each_site().await {
        site.person("asha", Role::Admin, None).await;
        let (cookie, csrf) = site.sign_in("asha").await;
        let asha = id_of(&site, "asha").await;
        for action in ["deactivate", "delete", "password"] {
            let body = format!("csrf={csrf}&confirm=asha");
            let answer = site.post_form(&format!("/admin/users/{asha}/{action}"), &cookie, body).await;
            assert!(joined(&answer.body).contains("You cannot change your own roles"), "{action}: {}", answer.body);
        }
        let own = site.get_with_cookie(&format!("/admin/users/{asha}/edit"), &cookie).await;
        assert_eq!(own.headers[header::LOCATION], "/profile");
        site.person("meera", Role::Admin, None).await;
        let (hers, _) = site.sign_in("meera").await;
        let meera = id_of(&site, "meera").await;
        assert_eq!(site.get_with_cookie("/admin/users", &hers).await.status, StatusCode::OK);
        let off = site.post_form(&format!("/admin/users/{meera}/deactivate"), &cookie, format!("csrf={csrf}")).await;
        assert_eq!(off.status, StatusCode::SEE_OTHER, "{}", off.body);
        let out = site.get_with_cookie("/admin/users", &hers).await;
        assert_eq!(out.status, StatusCode::SEE_OTHER, "within the same second");
        assert!(out.headers[header::LOCATION].to_str().expect("text").starts_with("/login"));
        let back = site.get_with_cookie(&format!("/admin/users/{meera}?said=deactivate"), &cookie).await;
        let undo = format!("action=\"/admin/users/{meera}/activate\"");
        assert!(back.body.contains("was deactivated") && back.body.contains(&undo), "{}", back.body);
        // With the tokens of nobody the machine itself acts: it cannot remove the last admin, either.
        let keepers = base_seams::Keepers::default();
        let origin = base_core::audit::Origin::default();
        let by = people_store::By { at: site.clock.now(), origin: &origin };
        let measures = people_store::edit::Site { areas: &[], keepers: &keepers };
        let change = people_store::edit::Change { is_active: Some(false), ..Default::default() };
        let mut tx = site.db.write().await.expect("a transaction");
        let refused = people_store::edit::edit(tx.conn(), asha, &change, measures, by).await;
        assert!(refused.expect_err("the last one").to_string().starts_with("This is the last active admin"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatcher_needs_an_area_with_room_and_a_biller_finishes_or_hands_over_first() {
    for site in each_site().await {
        let admin = site.token("asha", Role::Admin, None).await;
        let biller = site.token("farida", Role::Biller, None).await;
        site.token("ravi", Role::Biller, None).await;
        let created = site.post_json("/api/v1/bills", &biller, r#"{"bill":"INV-1","capacity":2}"#).await;
        assert_eq!(created.status, StatusCode::CREATED);
        let farida = id_of(&site, "farida").await;
        let to = |area: Value| json!({ "roles": ["dispatcher"], "area": area });
        let code = async |body: Value| patch(&site, farida, &admin, body).await.json()["code"].clone();
        assert_eq!(code(to(json!("lucknow"))).await, "unfinished");
        let removed = json!({ "confirm": "farida", "hand_over_to": "ravi" });
        let path = format!("/api/v1/accounts/{farida}");
        let wrong = json!({ "confirm": "ravi", "hand_over_to": "ravi" });
        assert_eq!(send(&site, Method::DELETE, &path, &admin, &wrong).await.json()["code"], "not_confirmed");
        let gone = send(&site, Method::DELETE, &path, &admin, &removed).await;
        assert_eq!((gone.status, &gone.json()["handed_over"]), (StatusCode::OK, &json!(1)), "{}", gone.body);
        assert_eq!(site.get("/api/v1/bills/INV-1", &admin).await.json()["created_by"], "ravi");
        let ravi = id_of(&site, "ravi").await;
        let code = async |body: Value| patch(&site, ravi, &admin, body).await.json()["code"].clone();
        assert_eq!(code(json!({ "roles": [] })).await, "no_role");
        let complete = site.post_json("/api/v1/bills/INV-1/complete", &admin, "{}").await;
        assert!(complete.status.is_success() || complete.status == StatusCode::CONFLICT, "{}", complete.body);
        let keep = json!({ "roles": ["biller", "dispatcher"] });
        assert_eq!(code(keep).await, "no_area");
        assert_eq!(code(json!({ "roles": ["biller", "dispatcher"], "area": "delhi" })).await, "unknown_area");
        for n in 0..10 {
            site.token(&format!("there{n}"), Role::Dispatcher, Some("lucknow")).await;
        }
        assert_eq!(code(json!({ "roles": ["biller", "dispatcher"], "area": "lucknow" })).await, "area_full");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_removed_person_made_stays_under_words_that_name_nobody_and_the_trail_can_be_masked() {
    for site in each_site().await {
        let admin = site.token("asha", Role::Admin, None).await;
        let biller = site.token("farida", Role::Biller, None).await;
        site.person("meera", Role::Admin, None).await;
        site.post_json("/api/v1/bills", &biller, r#"{"bill":"INV-1","capacity":2}"#).await;
        let id = id_of(&site, "farida").await;
        let change = json!({ "display_name": "Farida Khan", "email": "farida@example.com" });
        patch(&site, id, &admin, change).await;
        let bill = site.get("/bills/INV-1", &admin).await;
        assert!(bill.body.contains("by Farida Khan"), "{}", bill.body);
        let data = site.get(&format!("/api/v1/accounts/{id}/data"), &admin).await.json();
        assert_eq!(data["people"]["account"][0]["email"], "farida@example.com");
        assert_eq!(data["bags"]["bills"][0]["bill"], "INV-1");
        let body = json!({ "confirm": "farida", "mask": true });
        let gone = send(&site, Method::DELETE, &format!("/api/v1/accounts/{id}"), &admin, &body).await;
        assert_eq!(gone.status, StatusCode::OK, "{}", gone.body);
        assert_eq!(site.get("/api/v1/me", &biller).await.status, StatusCode::UNAUTHORIZED, "the token ends too");
        let bill = site.get("/bills/INV-1", &admin).await;
        assert!(bill.body.contains(&format!("by removed person {id}")), "{}", bill.body);
        assert_eq!(site.get(&format!("/admin/users/{id}"), &admin).await.status, StatusCode::NOT_FOUND);
        assert_eq!(names(&site.get("/api/v1/accounts?q=f", &admin).await), [""; 0]);
        let (cookie, _) = site.sign_in("meera").await;
        let list = site.get_with_cookie("/admin/users?said=deleted", &cookie).await;
        assert!(list.body.contains("The person was removed."), "{}", list.body);
        for line in audit::latest(&site.db, 100).await.expect("entries") {
            let told = format!("{} {:?} {:?}", line.entity, line.before, line.after);
            let names = ["farida", "Farida"].iter().any(|name| told.contains(name));
            assert!(!names, "{}: {told}", line.action);
        }
        let mut reader = site.db.read().await.expect("a reader");
        assert_eq!(audit::wrong_origins(reader.conn(), 9).await.expect("a check"), [0; 0]);
        drop(reader);
        let again = json!({ "username": "farida", "roles": ["biller"] });
        let new = send(&site, Method::POST, "/api/v1/accounts", &admin, &again).await;
        assert_eq!(new.status, StatusCode::CREATED, "the name is free: {}", new.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_go_where_there_is_mail_and_a_link_only_where_the_site_says_its_address() {
    let with_mail = |settings| base_web::Settings { outbox: Outbox::OPEN, ..settings };
    for site in each_site_with(with_mail).await {
        let admin = site.token("asha", Role::Admin, None).await;
        let new = json!({ "username": "ravi", "roles": ["biller"], "email": "ravi@example.com", "mail": true });
        let created = send(&site, Method::POST, "/api/v1/accounts", &admin, &new).await.json();
        assert_eq!((&created["password"], &created["mailed_to"]), (&Value::Null, &json!("ravi@example.com")));
        let id = created["id"].as_i64().expect("a number");
        let sent = site.post_json(&format!("/api/v1/accounts/{id}/send-link"), &admin, "{}").await;
        assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
        let kinds: Vec<String> =
            mail::list(&site.db, None, 9).await.expect("mails").into_iter().map(|mail| mail.kind).collect();
        assert_eq!(kinds, ["password_reset", "welcome"]);
        let page = site.get(&format!("/admin/users/{id}"), &admin).await;
        assert!(page.body.contains("Link for a new password works until"), "{}", page.body);
        let nobody = json!({ "username": "imran", "roles": ["biller"], "mail": true });
        assert_eq!(send(&site, Method::POST, "/api/v1/accounts", &admin, &nobody).await.json()["code"], "no_mail");
    }
    let hidden = |settings| base_web::Settings { outbox: Outbox::OPEN, has_public_url: false, ..settings };
    let site = each_site_with(hidden).await.remove(0);
    let admin = site.token("asha", Role::Admin, None).await;
    let new = json!({ "username": "ravi", "roles": ["biller"], "email": "ravi@example.com" });
    let id = send(&site, Method::POST, "/api/v1/accounts", &admin, &new).await.json()["id"].clone();
    let sent = site.post_json(&format!("/api/v1/accounts/{id}/send-link"), &admin, "{}").await;
    assert_eq!(sent.json()["code"], "no_mail");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_password_whose_time_is_over_opens_nothing_before_any_job_has_closed_it() {
    for site in each_site().await {
        let admin = site.token("asha", Role::Admin, None).await;
        site.person("ravi", Role::Biller, None).await;
        let path = format!("/api/v1/accounts/{}/password", id_of(&site, "ravi").await);
        let given = site.post_json(&path, &admin, "{}").await.json()["password"].as_str().expect("one").to_owned();
        site.clock.pass_us(72 * HOUR_US);
        assert_eq!(site.try_sign_in("ravi", &given).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let (id, now) = (id_of(&site, "ravi").await, site.clock.now());
        let mut reader = site.db.read().await.expect("a reader");
        for found in [
            account::credentials(reader.conn(), Realm::Staff, "ravi", now).await.expect("an answer"),
            account::credentials_of(reader.conn(), id, now).await.expect("an answer"),
        ] {
            assert_eq!(found.expect("an account").password_hash, "!", "by the statement itself");
        }
    }
}

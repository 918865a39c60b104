//! Who brings in which files: a kind names the permission that it needs, and whoever brings in kinds of their own alone sees no
//! other kind and no import of anybody else.

use axum::http::StatusCode;
use base_core::permission::Role;
use serde_json::{Value, json};

use crate::common::{Answer, Site, each_site};
use crate::imports::BAGS;
use crate::passes::{event, signed};
use crate::users::id_of;

const CUSTOMERS: &str = "e-mail,name,last_name,erp_customer_name\nann@acme.example,Ann,Lee,All\n";
const GUESTS: &str = "name,phone,event\nAsha Rao,9000000001,1\nRavi Shah,9000000002,2\n";

async fn bring(site: &Site, token: &str, kind: &str, file: &str) -> Answer {
    site.bring(token, &format!("kind={kind}&name={kind}.csv"), file.to_owned()).await
}

/// An import that was brought, tried and run; gives its address and what became of it.
async fn brought(site: &Site, token: &str, kind: &str, file: &str) -> (String, Value) {
    let made = bring(site, token, kind, file).await;
    assert_eq!(made.status, StatusCode::ACCEPTED, "{}", made.body);
    let path = format!("/api/v1/imports/{}", made.json()["id"].as_str().expect("an id"));
    site.work().await;
    let started = site.post(token, &format!("{path}/start")).await;
    assert!(started.status.is_success(), "{}", started.body);
    site.work().await;
    let told = site.get(&path, token).await.json();
    (path, told)
}

/// The kinds that the page offers.
async fn offered(site: &Site, token: &str) -> Vec<String> {
    let page = site.get("/imports/new", token).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let values = page.body.split("name=\"kind\" value=\"").skip(1);
    values.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

async fn listed(site: &Site, token: &str) -> Vec<String> {
    let page = site.get("/api/v1/imports", token).await.json();
    let lines = page["imports"].as_array().expect("imports").iter();
    lines.map(|line| line["kind"].as_str().expect("a kind").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_brings_in_the_kinds_that_they_may_and_sees_their_own_imports_alone() {
    for site in each_site().await {
        let admin = site.token("meera", Role::Admin, None).await;
        let sara = site.token("sara", Role::Service, None).await;
        let other = site.token("tara", Role::Service, None).await;
        let omar = site.token("omar", Role::Organiser, None).await;
        assert_eq!(offered(&site, &sara).await, ["customers"]);
        assert_eq!(offered(&site, &omar).await, ["passes"]);
        assert!(offered(&site, &admin).await.len() > 4);
        for (token, kind, file) in [(&sara, "bags", BAGS), (&sara, "passes", GUESTS), (&omar, "customers", CUSTOMERS)] {
            let refused = bring(&site, token, kind, file).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{kind}: {}", refused.body);
        }
        let unknown = bring(&site, &sara, "nothing", CUSTOMERS).await;
        assert!(unknown.body.contains("The kind must be `customers`."), "{}", unknown.body);

        let (of_admin, _) = brought(&site, &admin, "bags", BAGS).await;
        let (of_sara, told) = brought(&site, &sara, "customers", CUSTOMERS).await;
        assert_eq!((&told["state"], &told["created"]), (&json!("done"), &json!(1)), "{told}");
        assert_eq!(listed(&site, &sara).await, ["customers"]);
        assert_eq!(listed(&site, &other).await, [""; 0]);
        assert_eq!(listed(&site, &admin).await, ["customers", "bags"]);
        for (token, path) in [(&sara, &of_admin), (&other, &of_sara), (&omar, &of_sara)] {
            for end in ["", "/progress", "/result.csv"] {
                let hidden = site.get(&format!("{path}{end}"), token).await;
                assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{path}{end}: {}", hidden.body);
            }
            for action in ["start", "cancel", "rollback"] {
                let hidden = site.post(token, &format!("{path}/{action}")).await;
                assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{path}/{action}: {}", hidden.body);
            }
        }
        assert_eq!(site.get(&of_sara, &sara).await.status, StatusCode::OK);

        // Rights count when the work is done, not when it was asked for.
        let made = bring(&site, &other, "customers", &CUSTOMERS.replace("ann@", "ben@")).await.json();
        let path = format!("/api/v1/imports/{}", made["id"].as_str().expect("an id"));
        let id = id_of(&site, "tara").await;
        crate::users::send(
            &site,
            axum::http::Method::PATCH,
            &format!("/api/v1/accounts/{id}"),
            &admin,
            &json!({ "roles": ["biller"] }),
        )
        .await;
        site.work().await;
        let told = site.get(&path, &admin).await.json();
        assert_eq!((&told["state"], &told["fault"]), (&json!("failed"), &json!("not_allowed")), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organiser_brings_in_guests_of_their_own_events_and_of_no_other() {
    for site in each_site().await {
        let admin = signed(&site, "meera", Role::Admin).await;
        let omar = site.token("omar", Role::Organiser, None).await;
        let own = event(&admin, &["omar"]).await;
        let foreign = event(&admin, &[]).await;
        assert_eq!((own.as_str(), foreign.as_str()), ("/events/1", "/events/2"));
        let (path, told) = brought(&site, &omar, "passes", GUESTS).await;
        assert_eq!((&told["created"], &told["refused"]), (&json!(1), &json!(1)), "{told}");
        assert_eq!(told["checked"]["counts"]["refused"], 1, "the dry run says the same: {told}");
        let result = site.get(&format!("{path}/result.csv"), &omar).await.body;
        assert!(
            result.contains("Ravi Shah") && result.contains("no event on sale has this name or number"),
            "{result}"
        );
        assert!(admin.get(&format!("{own}/passes")).await.body.contains("Asha Rao"));
        assert!(!admin.get(&format!("{foreign}/passes")).await.body.contains("Ravi Shah"));

        // Whose event it is no more, they change nothing of.
        admin.post(&format!("{own}/people"), "person=omar&act=off").await;
        site.post(&omar, &format!("{path}/rollback")).await;
        site.work().await;
        let told = site.get(&path, &omar).await.json();
        assert_eq!(told["taken_back"]["kept"], 1, "{told}");
        assert!(admin.get(&format!("{own}/passes")).await.body.contains("Asha Rao"));
    }
}

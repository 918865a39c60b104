//! Where a bill goes and with which vehicle: by form and API, in lists, on paper, in files and in the trail.

use axum::http::{Method, StatusCode};
use base_core::permission::Role;
use serde_json::{Value, json};

use crate::common::each_site;

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_has_a_destination_and_a_vehicle_everywhere() {
    for site in each_site().await {
        site.person("root", Role::Admin, None).await;
        let token = site.token("scanner", Role::Admin, None).await;
        let body = json!({ "bill": "INV-7", "capacity": 2, "destination": " Indore ", "vehicle_number": "MP 09 AB 1" });
        let made = site.call(Method::POST, "/api/v1/bills", &token, Some(body)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let shown = site.get("/api/v1/bills/INV-7", &token).await.json();
        assert_eq!((&shown["destination"], &shown["vehicle_number"]), (&json!("Indore"), &json!("MP 09 AB 1")));
        let edit = Some(json!({ "vehicle_number": "MP 09 AB 2" }));
        assert_eq!(site.call(Method::PATCH, "/api/v1/bills/INV-7", &token, edit).await.status, StatusCode::OK);
        let shown = site.get("/api/v1/bills/INV-7", &token).await.json();
        assert_eq!((&shown["destination"], &shown["vehicle_number"]), (&json!("Indore"), &json!("MP 09 AB 2")));
        for (field, longest) in [("destination", 200), ("vehicle_number", 50)] {
            let mut body = json!({ "bill": "INV-8" });
            body[field] = json!("x".repeat(longest + 1));
            let refused = site.call(Method::POST, "/api/v1/bills", &token, Some(body)).await;
            let told = (refused.status, refused.json()["code"].clone());
            assert_eq!(told, (StatusCode::UNPROCESSABLE_ENTITY, json!("bad_transport")), "{field}");
        }

        let (cookie, csrf) = site.sign_in("root").await;
        let page = site.get_with_cookie("/bills/INV-7", &cookie).await.body;
        assert!(page.contains("Indore") && page.contains("MP 09 AB 2"), "{page}");
        let form = site.get_with_cookie("/bills/INV-7/edit", &cookie).await.body;
        assert!(form.contains("name=\"destination\" value=\"Indore\""), "{form}");
        let edit =
            async |fields: &str| site.post_form("/bills/INV-7/edit", &cookie, format!("csrf={csrf}&{fields}")).await;
        let saved = edit("capacity=2&description=&destination=Jaipur&vehicle_number=MP+09+AB+2").await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
        assert_eq!(edit("capacity=3&description=").await.status, StatusCode::SEE_OTHER);
        let shown = site.get("/api/v1/bills/INV-7", &token).await.json();
        assert_eq!(shown["destination"], "Jaipur", "a form without the field leaves it as it is");
        let asked = edit("capacity=3&description=&destination=Kota&was_destination=Indore").await;
        assert_eq!(asked.status, StatusCode::CONFLICT);
        assert!(asked.body.contains("Jaipur") && asked.body.contains("Kota"), "{}", asked.body);

        let paper = site.get_with_cookie("/bills/INV-7/report", &cookie).await.body;
        assert!(paper.contains("Jaipur"), "{paper}");
        let file = site.get_with_cookie("/export/bills/csv", &cookie).await.body;
        assert!(file.contains("Jaipur,MP 09 AB 2"), "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_says_where_a_bill_went_before() {
    for site in each_site().await {
        let token = site.token("scanner", Role::Admin, None).await;
        let body = json!({ "bill": "INV-7", "destination": "Indore" });
        site.call(Method::POST, "/api/v1/bills", &token, Some(body)).await;
        site.call(Method::PATCH, "/api/v1/bills/INV-7", &token, Some(json!({ "destination": "Kota" }))).await;
        let entries = base_records::audit::latest(&site.db, 9).await.expect("entries");
        let edit = entries.iter().find(|entry| entry.action == "update_bill").expect("the edit");
        let read =
            |text: &Option<String>| -> Value { serde_json::from_str(text.as_deref().expect("there")).expect("JSON") };
        assert_eq!(
            (&read(&edit.before)["destination"], &read(&edit.after)["destination"]),
            (&json!("Indore"), &json!("Kota"))
        );
    }
}

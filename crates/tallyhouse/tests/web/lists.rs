//! Lists: the columns and views that people keep for themselves, and what is done with picked rows.

use axum::http::{StatusCode, header};
use base_core::permission::Role;
use tallyhouse_support::assert_counts_are_true;

use crate::common::{Answer, Site, each_site};

struct Desk<'s> {
    site: &'s Site,
    cookie: String,
    csrf: String,
}

impl Desk<'_> {
    async fn get(&self, path: &str) -> String {
        let answer = self.site.get_with_cookie(path, &self.cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        answer.body
    }

    async fn post(&self, path: &str, fields: &str) -> Answer {
        self.site.post_form(path, &self.cookie, format!("csrf={}&{fields}", self.csrf)).await
    }

    /// Sends a form and gives the address that it leads to.
    async fn sent(&self, path: &str, fields: &str) -> String {
        let answer = self.post(path, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path} {fields}: {}", answer.body);
        answer.headers[header::LOCATION].to_str().expect("text").to_owned()
    }

    /// The page that a form leads to.
    async fn done(&self, path: &str, fields: &str) -> String {
        self.get(&self.sent(path, fields).await).await
    }
}

async fn desk<'s>(site: &'s Site, name: &str) -> Desk<'s> {
    let (cookie, csrf) = site.sign_in(name).await;
    Desk { site, cookie, csrf }
}

async fn site_with_bills(site: &Site) -> String {
    site.person("root", Role::Admin, None).await;
    site.person("other", Role::Admin, None).await;
    let token = site.token("scanner", Role::Admin, None).await;
    site.fill(&token, 1..4, 2).await;
    token
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_put_away_and_taken_in_by_each_person_for_themselves() {
    for site in each_site().await {
        site_with_bills(&site).await;
        let (root, other) = (desk(&site, "root").await, desk(&site, "other").await);
        let has = |page: &str, label: &str| page.contains(&format!("data-label=\"{label}\""));
        let page = root.get("/bags").await;
        assert!(has(&page, "Area") && has(&page, "Bill"));
        let back = root.sent("/lists/bags/columns", "show=status&show=children&query=type%3Dparent").await;
        assert_eq!(back, "/bags?type=parent", "the list as it was shown");
        let page = root.get(&back).await;
        assert!(!has(&page, "Area") && !has(&page, "Bill") && has(&page, "Status") && has(&page, "Children"));
        assert!(page.contains("SB00001"), "what the row is stays");
        assert!(has(&other.get("/bags").await, "Area"), "somebody else chose nothing");
        root.sent("/lists/bags/columns", "at_first=true").await;
        assert!(has(&root.get("/bags").await, "Area"));
        for (list, query) in [("lamps", ""), ("bags", "query=%22x")] {
            let refused = root.post(&format!("/lists/{list}/columns"), query).await;
            assert!(refused.status.is_client_error(), "{list} {query}: {}", refused.status);
        }
        let forged = site.post_form("/lists/bags/columns", &root.cookie, "csrf=no&show=status".into()).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_saved_shown_and_removed_and_there_are_never_many() {
    for site in each_site().await {
        site_with_bills(&site).await;
        let (root, other) = (desk(&site, "root").await, desk(&site, "other").await);
        let saved = root.done("/lists/bags/views", "name=+My++%3Cparents%3E&query=type%3Dparent%26sort%3Dcode").await;
        assert!(saved.contains("My &#60;parents&#62;"), "{saved}");
        assert!(saved.contains("href=\"/bags?type=parent&#38;sort=code\" aria-current=\"true\""), "{saved}");
        assert!(!root.get("/bags").await.contains("sort=code\" aria-current"), "not the view that is shown");
        assert!(!other.get("/bags").await.contains("My &#60;parents"));
        root.sent("/lists/bags/views/remove", "name=My+%3Cparents%3E").await;
        assert!(!root.get("/bags").await.contains("My &#60;parents"));
        for n in 0..12 {
            root.sent("/lists/bags/views", &format!("name=v{n}&query=q%3D{n}")).await;
        }
        let refused = root.post("/lists/bags/views", "name=one+more&query=q%3Dmore").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("Remove one"), "{}", refused.body);
        root.sent("/lists/bags/views", "name=v3&query=q%3Dnew").await;
        let long = "x".repeat(1001);
        for fields in ["name=&query=q%3D1".to_owned(), format!("name=v&query={long}"), format!("name={long}&query=")] {
            assert_eq!(root.post("/lists/bags/views", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn picked_bills_are_completed_and_each_that_is_not_says_why() {
    for site in each_site().await {
        let token = site_with_bills(&site).await;
        let root = desk(&site, "root").await;
        for (bill, parent) in [("B-1", "SB00001"), ("B-2", "SB00002"), ("B-3", "SB00003")] {
            site.create_bill(&token, bill, if bill == "B-3" { 2 } else { 1 }).await;
            root.sent(&format!("/bills/{bill}/enter"), &format!("code={parent}")).await;
        }
        assert!(root.get("/bills").await.contains("name=\"pick\" value=\"B-1\""));
        let page = root.done("/lists/bills/selected", "act=complete&pick=B-1&pick=B-2&pick=B-3").await;
        assert!(page.contains("2 bills were completed. 1 was refused:"), "{page}");
        assert!(page.contains("role=\"alert\"") && page.contains("B-3"), "{page}");
        let page = root.done("/lists/bills/selected", "act=reopen&pick=B-1&pick=B-2").await;
        assert!(page.contains("2 bills were reopened."), "{page}");
        let undo = page.split_once("type=\"hidden\" name=\"act\" value=\"complete\"").expect("a way back").1;
        let undo = undo.split("</form>").next().unwrap_or_default();
        assert!(undo.contains("B-1") && undo.contains("B-2"), "of both: {undo}");
        let page = root.done("/lists/bills/selected", "act=complete&pick=B-1&pick=B-2").await;
        assert!(page.contains("2 bills were completed.") && page.contains("value=\"reopen\""), "a way back: {page}");
        assert!(root.done("/lists/bills/selected", "act=complete").await.contains("Nothing was selected."));
        assert_eq!(root.post("/lists/bills/selected", "act=fly&pick=B-1").await.status, StatusCode::NOT_FOUND);
        let many = format!("act=complete{}", "&pick=B-1".repeat(201));
        assert_eq!(root.post("/lists/bills/selected", &many).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        site.person("packer", Role::Dispatcher, Some("lucknow")).await;
        let packer = desk(&site, "packer").await;
        assert!(!packer.get("/bags").await.contains("name=\"pick\""), "nothing that they may not do");
        for path in ["/lists/bills/selected", "/lists/bags/selected"] {
            let act = if path == "/lists/bills/selected" { "complete" } else { "delete" };
            let refused = packer.post(path, &format!("act={act}&pick=B-1")).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn picked_bags_are_removed_and_come_back_together() {
    for site in each_site().await {
        let token = site_with_bills(&site).await;
        site.fill(&token, 11..14, 0).await;
        let root = desk(&site, "root").await;
        let place = root.sent("/lists/bags/selected", "act=delete&pick=SB00011&pick=SB00012&pick=SB00001").await;
        let page = root.get(&place).await;
        assert!(
            page.contains("2 bags were deleted. 1 was refused:") && page.contains("SB00001 has 2 children"),
            "{page}"
        );
        let place = root.sent("/lists/bags/selected", "act=delete&pick=SB00013").await;
        let page = root.get(&place).await;
        let undo = page.split_once("value=\"bring_back\"").expect("a way back").1;
        let pick =
            undo.split("name=\"pick\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a field");
        let page = root.done("/lists/bags/selected", &format!("act=bring_back&pick={}", pick.replace(' ', "+"))).await;
        assert!(page.contains("SB00013 is back."), "{page}");
        assert_counts_are_true(&site.db).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_chosen_in_two_tabs_at_once_is_all_kept() {
    for site in each_site().await {
        site_with_bills(&site).await;
        let root = desk(&site, "root").await;
        let other = site.node();
        let chosen = (0..10).map(|n| {
            let node = if n % 2 == 0 { &site.router } else { &other };
            let fields = format!("csrf={}&name=v{n}&query=q%3D{n}", root.csrf);
            let request = axum::http::Request::post("/lists/bags/views")
                .header(header::COOKIE, &root.cookie)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            crate::common::send_to(node, request.body(fields.into()).expect("a request"))
        });
        for answer in futures_util::future::join_all(chosen).await {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        }
        let page = root.get("/bags").await;
        for n in 0..10 {
            assert!(page.contains(&format!("href=\"/bags?q={n}\"")), "v{n} is lost on {}", site.db.name());
        }
    }
}

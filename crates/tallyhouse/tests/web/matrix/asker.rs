//! Somebody who asks for everything, and what they hear.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use base_core::account::AccountId;
use base_core::area::Area;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::Clock;
use base_core::time::HOUR_US;
use base_records::account::NewAccount;
use base_records::session::Session;
use base_records::token::NewToken;
use base_records::{account, session, token};
use base_secret::{Token, derive};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::routes::Route;
use crate::cases::right_body;
use crate::common::{Chance, Site};

/// Somebody with one role, or none.
#[derive(Debug)]
pub struct Asker {
    /// `None` for somebody who is not signed in.
    account: Option<(Realm, AccountId)>,
    token: String,
}

/// How somebody shows who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Session,
    Token,
    /// A session, by a page of somebody else: the browser sends its cookies, and the page knows no proof.
    ForeignPage,
}

/// What is asked about.
#[derive(Clone, Debug)]
pub struct Things {
    parent: String,
    child: String,
    bill: String,
    scan: String,
    account: String,
    customer: String,
    import: String,
    export: String,
}

impl Things {
    /// A parent, a bill and a scan of the area of a dispatcher, and more.
    pub async fn make(site: &Site, dispatcher: &Asker) -> Self {
        site.fill(&dispatcher.token, 1..2, 1).await;
        let admin = site.token("maker", Role::Admin, None).await;
        site.create_bill(&admin, "INV-1", 5).await;
        site.scans(&admin, &[site.scan("\"action\":\"bill_link\",\"bill\":\"INV-1\",\"code\":\"SB00001\"")]).await;
        let scans = site.get("/api/v1/scans", &dispatcher.token).await.json();
        let import = site.bring(&admin, "kind=bags&name=bags.csv", crate::imports::BAGS).await.json();
        site.work().await;
        let export = site.post_json("/api/v1/exports", &admin, r#"{"what":"bills"}"#).await.json();
        let id = |of: &serde_json::Value| of["id"].as_str().expect("an id").to_owned();
        let account = new_account(site, (Realm::Staff, "target"), &[Role::Steward], None).await;
        let customer = new_account(site, (Realm::Customer, "target@acme.example"), &[], None).await;
        Self {
            customer: customer.to_string(),
            parent: "SB00001".into(),
            child: "KID001X00".into(),
            bill: "INV-1".into(),
            scan: scans["scans"][0]["seq"].to_string(),
            account: account.to_string(),
            import: id(&import),
            export: id(&export),
        }
    }

    /// Things that are not there.
    pub fn unknown(&self) -> Self {
        let (parent, child) = ("SB99999".into(), "KID999X99".into());
        Self { parent, child, bill: "INV-9".into(), scan: "999999".into(), ..self.clone() }
    }

    fn address(&self, route: &Route) -> String {
        let id = match route.path.as_str() {
            path if path.contains("/imports/") => &self.import,
            path if path.contains("/exports/") => &self.export,
            path if path.starts_with("/scan/") || path.starts_with("/api/scan") => &self.scan,
            path if path.contains("/customers/") => &self.customer,
            path if path.contains("/users/") || path.contains("/accounts/") => &self.account,
            _ => "999999",
        };
        let action = match route.path.as_str() {
            path if path.contains("imports") => "cancel",
            path if path.contains("users") || path.contains("accounts") => "void-link",
            path if path.starts_with("/bags") => "close",
            _ => "complete",
        };
        let places = [
            ("{code}", if route.path.ends_with("/relink") { self.child.as_str() } else { &self.parent }),
            ("{parent}", &self.parent),
            ("{number}", &self.bill),
            ("{bill}", &self.bill),
            ("{seq}", &self.scan),
            ("{id}", id),
            ("{action}", action),
            ("{days}", "7"),
            ("{what}", if route.path.contains("/reports/") { "user-activity" } else { "bags" }),
            ("{list}", "bags"),
            ("{file}", "none"),
            ("{format}", "csv"),
            ("{name}", "no.such"),
            ("{token}", "0123456789abcdef"),
            ("{account}", "1"),
            ("{proof}", "0"),
        ];
        places.iter().fold(route.path.clone(), |path, (place, value)| path.replace(place, value))
    }
}

async fn new_account(site: &Site, (realm, name): (Realm, &str), roles: &[Role], area: Option<&str>) -> AccountId {
    let new = NewAccount {
        realm,
        username: name.into(),
        email: None,
        password_hash: "no password".into(),
        roles: roles.to_vec(),
        area: area.map(Area::new),
    };
    let mut tx = site.db.write().await.expect("a transaction");
    let id = account::create(tx.conn(), &new, site.clock.now()).await.expect("created").expect("a new name");
    tx.commit().await.expect("a commit");
    id
}

/// The value of the cookie that proves that a form of somebody who is not signed in was ours.
const FORM: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// What a form or a call carries to show that a page of ours sent it.
fn proof(route: &Route, session: &str) -> String {
    match route.path.as_str() {
        "/login" | "/portal/login" => derive(FORM, "sign-in"),
        "/devices/enrol" => derive(FORM, "enrol a device"),
        "/register" | "/forgot" | "/reset/{token}" | "/portal/forgot" | "/portal/reset/{token}" => {
            derive(FORM, "outside")
        }
        _ => derive(session, "csrf"),
    }
}

/// A body of the right shape that does little.
fn body(site: &Site, route: &Route, things: &Things, csrf: &str) -> (&'static str, String) {
    if !route.is_call() {
        let more = match route.path.as_str() {
            "/admin/devices/code" | "/admin/devices/revoke" => "&id=999999",
            "/exports" => "&what=bags&format=csv",
            "/lists/bags/selected" => "&act=delete",
            "/lists/bills/selected" => "&act=complete",
            "/lists/customers/selected" => "&act=reactivate",
            _ => "",
        };
        return ("application/x-www-form-urlencoded", format!("csrf={csrf}{more}"));
    }
    let operation = format!("{} {}", route.method.to_lowercase(), route.path).replace(['{', '}'], "");
    let operation = operation.replace(['/', '-', ' '], "_").replace("__", "_");
    match (route.method.as_str(), route.path.as_str()) {
        ("POST", "/api/v1/imports") => ("text/csv", crate::imports::BAGS.into()),
        ("DELETE", "/api/v1/accounts/{id}") => ("application/json", r#"{"confirm":"somebody else"}"#.into()),
        ("PUT", "/api/v1/settings/{name}") => ("application/json", r#"{"value":"1"}"#.into()),
        ("POST", "/api/bags") => ("application/json", format!(r#"{{"qr_id":"{}","type":"parent"}}"#, things.parent)),
        _ => ("application/json", right_body(site, &operation).map(|body| body.to_string()).unwrap_or_default()),
    }
}

impl Asker {
    /// Somebody who is not signed in.
    pub fn nobody() -> Self {
        Self { account: None, token: "tally_wrong".into() }
    }

    /// Somebody with a token, who can have sessions.
    pub async fn new(site: &Site, realm: Realm, role: Option<Role>, area: Option<&str>) -> Self {
        let name = format!("{}.{}", role.map_or("customer", Role::name), area.unwrap_or("none"));
        let roles: Vec<Role> = role.into_iter().collect();
        let account = new_account(site, (realm, &name), &roles, area).await;
        let token = Token::new("tally_", &Chance);
        let new = NewToken { realm, account, name: "matrix", token_hash: &token.hash, ..NewToken::default() };
        let mut tx = site.db.write().await.expect("a transaction");
        token::create(tx.conn(), new, site.clock.now()).await.expect("a token");
        tx.commit().await.expect("a commit");
        Self { account: Some((realm, account)), token: token.text }
    }

    /// Opens a session, as signing in does: what one question does to it is nothing to the next.
    async fn session(&self, site: &Site) -> String {
        let Some((realm, account_id)) = self.account else { return String::new() };
        let token = Token::new("", &Chance);
        let now = site.clock.now();
        let opened = Session {
            realm,
            token_hash: token.hash,
            account_id,
            created_at: now.0,
            seen_at: now.0,
            expires_at: now.plus_us(HOUR_US).0,
            ..Session::default()
        };
        let mut tx = site.db.write().await.expect("a transaction");
        session::create(tx.conn(), &opened).await.expect("a session");
        tx.commit().await.expect("a commit");
        token.text
    }

    /// Asks for a route. A session's token is sent as the cookie of both realms: neither takes that of the other.
    pub async fn ask(&self, site: &Site, things: &Things, route: &Route, by: By) -> Heard {
        let session = if by == By::Token { String::new() } else { self.session(site).await };
        let csrf = if by == By::ForeignPage { derive("", "csrf") } else { proof(route, &session) };
        let mut address = things.address(route);
        if (route.method.as_str(), route.path.as_str()) == ("POST", "/api/v1/imports") {
            address.push_str("?kind=bags");
        }
        let mut request = Request::builder().method(route.method.as_str()).uri(&address);
        let mut cookies = format!("__Host-tallyhouse-form={FORM}");
        if by == By::Token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        } else if !session.is_empty() {
            cookies.push_str(&format!("; __Host-tallyhouse={session}; __Host-tallyhouse-customer={session}"));
            request = request.header("x-csrf-token", &csrf);
        }
        request = request.header(header::COOKIE, cookies);
        let mut sent = Body::empty();
        if route.is_change() {
            let (kind, text) = body(site, route, things, &csrf);
            request = request.header(header::CONTENT_TYPE, kind);
            sent = Body::from(text);
        }
        let answer = site.router.clone().oneshot(request.body(sent).expect("a request")).await;
        let (parts, body) = answer.expect("the router never fails").into_parts();
        // A feed goes on for ever.
        let reads = !parts.status.is_success();
        let body = if reads { body.collect().await.expect("a whole body").to_bytes() } else { bytes::Bytes::new() };
        let of_request = [csrf, address.replace('/', "%2F"), address];
        let body = String::from_utf8_lossy(&body).into_owned();
        Heard { status: parts.status, headers: parts.headers, body, of_request }
    }
}

/// What was answered.
#[derive(Debug)]
pub struct Heard {
    pub status: StatusCode,
    headers: HeaderMap,
    body: String,
    /// What differs from one request to the next: the proof of the session, the address.
    of_request: [String; 3],
}

impl Heard {
    fn text(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// True unless it is refused, or leads to a page to sign in. A refusal is a problem for programs, a page for people.
    pub fn is_allowed(&self, route: &Route, asker: &Asker) -> bool {
        let fault = || format!("{route:?} {asker:?}: {} {}", self.status, self.body);
        assert!(!self.status.is_server_error() && self.status != StatusCode::METHOD_NOT_ALLOWED, "{}", fault());
        assert!(self.is_in_no_frame() && self.has_closed_cookies(), "{}: {:?}", fault(), self.headers);
        let kind = self.text(header::CONTENT_TYPE);
        match self.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if route.is_call() => {
                assert!(kind.starts_with("application/problem+json"), "{}", fault());
                assert!(!self.body.contains("\"csrf\""), "{}", fault());
                false
            }
            StatusCode::FORBIDDEN => {
                assert!(kind.starts_with("text/html") && self.body.contains("<h1"), "{}", fault());
                assert!(asker.account.is_some(), "{}", fault());
                false
            }
            StatusCode::UNAUTHORIZED => panic!("{}", fault()),
            StatusCode::SEE_OTHER => {
                let to = self.text(header::LOCATION);
                let is_door = ["/login", "/portal/login"].contains(&to.split('?').next().unwrap_or_default());
                // Whoever has signed out is led there as well.
                !is_door || self.headers.contains_key("clear-site-data")
            }
            _ => true,
        }
    }

    /// True if no page of another site can show it in a frame.
    fn is_in_no_frame(&self) -> bool {
        let policy = self.text(header::CONTENT_SECURITY_POLICY);
        policy.contains("frame-ancestors 'none'") && self.text(header::X_FRAME_OPTIONS) == "DENY"
    }

    /// True if no script, no other site and no plain connection gets a cookie that it sets.
    fn has_closed_cookies(&self) -> bool {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap_or_default());
        let wanted = ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"];
        cookies.into_iter().all(|line| wanted.iter().all(|part| line.contains(part)) && !line.contains("Domain"))
    }

    /// True if somebody is signed in by it, or led on as if they were.
    pub fn opens_session(&self) -> bool {
        let cookies = self.headers.get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut set = cookies.filter_map(|line| line.split(';').next()?.split_once('='));
        let opens = ["__Host-tallyhouse", "__Host-tallyhouse-customer", "__Host-tallyhouse-step"];
        set.any(|(name, value)| opens.contains(&name) && !value.is_empty())
    }

    /// The answer without what names the thing that was asked for, and without what is of this request alone.
    pub fn without_names(&self, things: &Things) -> (StatusCode, String) {
        let id = self.text(header::HeaderName::from_static("x-request-id")).to_owned();
        let names = [id, things.parent.clone(), things.child.clone(), things.bill.clone()];
        let names = self.of_request.iter().chain(&names);
        (self.status, names.fold(self.body.clone(), |text, name| text.replace(name, "…")))
    }
}

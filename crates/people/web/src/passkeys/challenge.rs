//! Challenges: what a passkey has to sign.
//!
//! Invariants: a challenge is for one purpose and for a few minutes; the browser keeps it, signed by the site, so that asking for
//! one writes nothing; once it was answered rightly it is taken (`people_store::passkey`).

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use base_core::time::{MINUTE_US, Moment};
use base_db::{Conn, StoreError};
use base_secret::{Token, hash_token};
use base_web::app::App;
use base_web::session::{cookie, own_cookie, set_cookie};
use people_store::passkey;

/// How long a person may take.
const CHALLENGE_US: i64 = 5 * MINUTE_US;
const SIGNED_FOR: &str = "passkey challenge";

/// A challenge.
pub struct Challenge {
    /// What is to be signed, in base64url.
    pub text: String,
    until: Moment,
}

fn name(app: &App) -> &'static str {
    own_cookie(app, "tallyhouse-passkey", "__Host-tallyhouse-passkey")
}

fn signed(purpose: &str, until: i64, text: &str) -> String {
    format!("{until} {text} {purpose}")
}

impl Challenge {
    /// A new one.
    pub fn new(app: &App) -> Self {
        // Hexadecimal digits are base64url, too.
        Self { text: Token::new("", &*app.entropy).text, until: app.clock.now().plus_us(CHALLENGE_US) }
    }

    /// Has the browser keep it.
    pub fn put(&self, app: &App, purpose: &str, response: &mut Response) {
        let Self { text, until } = self;
        let signature = app.settings.sign_in.device_key.sign(SIGNED_FOR, &signed(purpose, until.0, text));
        let set = set_cookie(app, name(app), &format!("{}.{text}.{signature}", until.0));
        response.headers_mut().append(header::SET_COOKIE, HeaderValue::from_str(&set).expect("hex digits and numbers"));
    }

    /// The one that the browser has, for this purpose and not too old.
    pub fn read(app: &App, purpose: &str, headers: &HeaderMap) -> Option<Self> {
        let mut parts = cookie(headers, name(app))?.split('.');
        let (until, text, signature) = (parts.next()?.parse::<i64>().ok()?, parts.next()?, parts.next()?);
        let is_ours = app.settings.sign_in.device_key.is_signed(SIGNED_FOR, &signed(purpose, until, text), signature);
        let is_fresh = until > app.clock.now().0;
        (is_ours && is_fresh).then(|| Self { text: text.to_owned(), until: Moment(until) })
    }

    /// Takes it. False when it was taken before.
    pub async fn take(&self, conn: Conn<'_>, now: Moment) -> Result<bool, StoreError> {
        passkey::take_challenge(conn, &hash_token(&self.text), (self.until, now)).await
    }
}

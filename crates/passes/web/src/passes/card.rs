//! The card of a pass: on its page, as a picture and on paper, for people of the staff and for the guest.

use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base_core::time::{DAY_US, Moment};
use base_sheet::card::{Card, CardRow, Drawing, WIDTH, css};
use base_sheet::{Logo, Rgb};
use base_web::error::Problem;
use base_web::locale;
use base_web::view::{Fragment, grouped};
use passes_store::event::EventLine;
use passes_store::logo;
use passes_store::pass::PassLine;

use super::work::code;
use crate::shown::{shown_in, zone};
use crate::state::Passes;

/// The colours of an event that has none: those of E-Pass.
const COLOURS: [Rgb; 2] = [[0x5b, 0x2a, 0x86], [0xc2, 0x4d, 0x0d]];

/// A day, as the slots of an event of several days begin.
pub const DATE: &str = "%d/%m/%y";

/// A pass with all that its card needs.
pub struct Shown<'s> {
    pub pass: &'s PassLine,
    pub event: &'s EventLine,
    /// The language of whoever looks at it.
    pub locale: &'static str,
}

/// The picture itself. Texts are escaped as everywhere.
#[derive(Template)]
#[template(path = "passes/card.html")]
struct Picture<'p> {
    drawing: &'p Drawing,
    /// The logo as an address that holds it.
    logo: String,
    label: String,
}

impl Picture<'_> {
    fn colour(&self, colour: &Rgb) -> String {
        css(*colour)
    }

    fn width(&self) -> f32 {
        WIDTH
    }

    fn from(&self) -> String {
        css(self.drawing.colours[0])
    }

    fn to(&self) -> String {
        css(self.drawing.colours[1])
    }
}

/// The two colours of an event.
fn colours(event: &EventLine) -> [Rgb; 2] {
    let read = |text: &str| -> Option<Rgb> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some([part(0)?, part(2)?, part(4)?])
    };
    match read(&event.details.colour) {
        Some(from) => [from, read(&event.details.colour_end).unwrap_or(from)],
        None => COLOURS,
    }
}

impl Shown<'_> {
    fn t(&self, key: &str) -> String {
        locale::text(self.locale, key, &[])
    }

    /// What the card says.
    fn card(&self, app: &Passes, logo: Option<Logo>) -> Card {
        let (pass, details) = (self.pass, &self.event.details);
        let zone = zone(app, details);
        let at = |at: Moment| shown_in(at, &zone);
        let mut rows = Vec::new();
        let mut row = |key: &str, value: &str| {
            if !value.is_empty() {
                rows.push(CardRow { label: self.t(key), value: value.to_owned() });
            }
        };
        row("pass-name1", &pass.name1);
        row("pass-phone1", &pass.phone1);
        row("pass-name2", pass.name2.as_deref().unwrap_or_default());
        row("pass-phone2", pass.phone2.as_deref().unwrap_or_default());
        row("event-place", &details.place);
        // Of an event of several days, the slot says which.
        let is_one_day = |starts: &Moment| details.ends_at.is_none_or(|ends| ends.since_us(*starts) <= DAY_US);
        let day = details.starts_at.filter(is_one_day).map(|starts| starts.display(&zone, DATE));
        let timing: Vec<&str> = day.as_deref().into_iter().chain([pass.timing.as_str()]).collect();
        row("pass-timing", &timing.join(" · "));
        let mode = self.t(&format!("pass-mode-{}", pass.mode.name()));
        row("pass-amount", &format!("₹{} · {mode}", grouped(pass.amount)));
        let contact = [details.organiser.as_str(), details.contact.as_str()];
        let contact: Vec<&str> = contact.into_iter().filter(|text| !text.is_empty()).collect();
        let short: String = pass.id.chars().take(8).collect();
        let since = locale::text(self.locale, "pass-made", &[("at", &at(pass.created_at))]);
        let notes =
            vec![self.t("pass-one-time"), contact.join(" · "), details.terms.clone(), format!("{short} · {since}")];
        let is_valid = pass.cancelled_at.is_none() && !pass.is_erased;
        Card {
            title: details.name.clone(),
            kind: self.t(&format!("pass-kind-{}", pass.kind.name())),
            rows,
            caption: self.t("pass-scan-at-entry"),
            code: if is_valid { code(app, self.event, pass) } else { None },
            stamp: self.t(if pass.is_erased { "pass-erased" } else { "pass-status-cancelled" }),
            notes,
            colours: colours(self.event),
            logo,
        }
    }

    /// The picture, to be put into a page or sent by itself.
    pub async fn picture(&self, app: &Passes) -> Result<Fragment, Problem> {
        let kept = match self.event.logo_at {
            Some(_) => logo::find(app.db.read().await?.conn(), self.event.id).await?,
            None => None,
        };
        let address = kept.as_ref().map(|logo| format!("data:{};base64,{}", logo.media_type, base64(&logo.content)));
        let logo = kept.and_then(|logo| Logo::read(logo.content).ok());
        let drawing = self.card(app, logo).drawing();
        Fragment::of(&Picture { drawing: &drawing, logo: address.unwrap_or_default(), label: self.t("pass-card") })
    }

    /// The picture as a file.
    pub async fn svg(&self, app: &Passes) -> Result<Response, Problem> {
        let text = self.picture(app).await?.to_string();
        Ok(([(header::CONTENT_TYPE, "image/svg+xml")], text).into_response())
    }

    /// The sheet of paper, as bytes.
    pub async fn pdf(&self, app: &Passes) -> Result<Vec<u8>, Problem> {
        let kept = logo::find(app.db.read().await?.conn(), self.event.id).await?;
        let card = self.card(app, kept.and_then(|logo| Logo::read(logo.content).ok()));
        let locale = self.locale;
        let _turn = app.file_writers.acquire().await.map_err(|_| Problem::busy("The server is closing."))?;
        let made = tokio::task::spawn_blocking(move || card.pdf(locale)).await;
        made.map_err(|error| broken(&error))?.map_err(|error| broken(&error))
    }

    /// The sheet of paper as a file.
    pub async fn paper(&self, app: &Passes) -> Result<Response, Problem> {
        let content = self.pdf(app).await?;
        let headers = [
            (header::CONTENT_TYPE, "application/pdf".to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.pdf\"", self.file_name())),
        ];
        Ok((headers, content).into_response())
    }

    /// The name of a file of it: plain letters only, as every system takes them.
    pub fn file_name(&self) -> String {
        let plain = |text: &str| {
            let letters = text.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' });
            let text: String = letters.collect::<String>().to_ascii_lowercase();
            text.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
        };
        let parts = [plain(&self.event.details.name), "pass".to_owned(), plain(&self.pass.name1)];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
    }
}

fn broken(cause: &(impl std::fmt::Display + ?Sized)) -> Problem {
    tracing::error!(%cause, "a pass could not be written");
    let detail = "The file could not be created. Try again in a moment.";
    Problem::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "file_not_made", detail)
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

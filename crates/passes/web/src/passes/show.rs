//! One pass: its card with the code, its history, and what can be done with it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::form::{Form, NoFields};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, Said, Undo, grouped, path_part, render};
use passes_rules::pass::REASON_LENGTH_MAX;
use passes_rules::permission::{PASS_EDIT, PASS_UNDO_ENTRY};
use passes_store::event::EventLine;
use passes_store::pass::PassLine;
use passes_store::sale::{self, Sold};
use passes_store::scan;
use serde::Deserialize;

use super::card::Shown;
use super::pages::{called, status};
use super::work::{self, guest_link};
use crate::events::work::by;
use crate::gates::work::{Sent, Source, Told, check_reason, submit};
use crate::rights::Rights as _;
use crate::shown::{shown_in, zone};
use crate::state::Passes;

/// Scans that the page shows.
const SCANS_SHOWN: u32 = 50;

/// A scan in the history.
struct Scanned {
    at: String,
    by: String,
    outcome: String,
    is_refused: bool,
}

#[derive(Template)]
#[template(path = "passes/show.html")]
struct ShowPage {
    frame: Frame,
    pass: PassLine,
    event: EventLine,
    /// The picture of the pass.
    card: Fragment,
    code: String,
    /// The name of its files.
    file: String,
    /// The address of the guest's page.
    link: String,
    can_mail: bool,
    times: Times,
    status: (&'static str, String),
    history: Vec<Scanned>,
    /// The message that is shared, as a part of an address.
    message: String,
    /// The same, as it is read.
    share: String,
    said: Option<Said>,
}

/// The times of a pass, ready to be shown.
struct Times {
    mailed: String,
    entered: String,
    cancelled: String,
}

impl ShowPage {
    fn amount(&self) -> String {
        format!("₹{}", grouped(self.pass.amount))
    }

    fn refunded(&self) -> String {
        format!("₹{}", grouped(self.pass.refunded))
    }

    fn may_change(&self) -> bool {
        self.frame.may_edit_passes() && self.pass.cancelled_at.is_none() && !self.pass.is_erased
    }

    fn name(&self) -> String {
        called(&self.pass, &self.frame)
    }

    fn kind(&self) -> String {
        self.frame.t(&format!("pass-kind-{}", self.pass.kind.name()))
    }

    fn mode(&self) -> String {
        self.frame.t(&format!("pass-mode-{}", self.pass.mode.name()))
    }
}

/// What was done a moment ago.
#[derive(Deserialize)]
pub struct ShowQuery {
    #[serde(default)]
    said: String,
}

fn said(frame: &Frame, pass: &str, word: &str) -> Option<Said> {
    match word {
        "created" | "corrected" | "transferred" | "brought-back" | "undone" | "mailed" => {
            Some(Said::yes(frame.t(&format!("pass-done-{word}"))))
        }
        "cancelled" => {
            let undo = Undo { address: format!("/passes/{pass}/bring-back"), fields: Vec::new() };
            Some(Said { undo: Some(undo), ..Said::yes(frame.t("pass-done-cancelled")) })
        }
        "reason" | "refund" | "gone" | "duplicate" | "no-place" | "not-undone" | "email" | "no-mail" | "mail-full" => {
            Some(Said::no(frame.t(&format!("pass-not-{word}"))))
        }
        _ => None,
    }
}

/// `GET /passes/{pass}`
pub async fn show(
    State(app): State<Passes>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(query): Parameters<ShowQuery>,
) -> Result<Response, Problem> {
    let (pass, event) = work::find(&app, &caller, &id).await?;
    let frame = Frame::of(&caller, "events");
    let zone = zone(&app, &event.details);
    let scans = scan::of_pass(app.db.read().await?.conn(), &pass.id, SCANS_SHOWN).await?;
    let scanned = |line: scan::ScanLine| {
        let outcome = passes_rules::outcome::Outcome::parse(&line.outcome);
        let by = [line.person, line.gate].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        Scanned {
            at: shown_in(Moment(line.at), &zone),
            by,
            outcome: frame.t(&format!("gate-outcome-{}", line.outcome)),
            is_refused: outcome.is_none_or(passes_rules::outcome::Outcome::is_refusal),
        }
    };
    let history = scans.into_iter().map(scanned).collect();
    let code = work::code(&app, &event, &pass).unwrap_or_default();
    let card = Shown { pass: &pass, event: &event, locale: frame.locale };
    let (picture, file) = (card.picture(&app).await?, card.file_name());
    let link = guest_link(&app, &pass);
    let time = |at: Option<Moment>| at.map(|at| shown_in(at, &zone)).unwrap_or_default();
    let (tone, key) = status(&pass);
    let values = [("event", event.details.name.as_str()), ("name", &pass.name1), ("timing", &pass.timing)];
    let mut message = base_web::locale::text(frame.locale, "pass-message", &values);
    if app.settings.has_public_url && pass.cancelled_at.is_none() {
        message = format!("{message}\n{link}");
    }
    Ok(render(&ShowPage {
        times: Times {
            mailed: time(pass.mailed_at),
            entered: time(pass.entered_at),
            cancelled: time(pass.cancelled_at),
        },
        card: picture,
        code,
        file,
        link,
        can_mail: app.settings.outbox.is_open(),
        status: (tone.class(), frame.t(key)),
        history,
        share: message.clone(),
        message: path_part(&message),
        said: said(&frame, &pass.id, &query.said),
        pass,
        event,
        frame,
    }))
}

fn back_to(pass: &str, said: &str) -> Response {
    Redirect::to(&format!("/passes/{pass}?said={said}")).into_response()
}

/// Why a pass is cancelled, and what is given back.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct CancelFields {
    reason: String,
    refund: String,
}

/// `POST /passes/{pass}/cancel`
pub async fn cancel(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<CancelFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(PASS_EDIT)?;
    let (line, _) = work::find(&app, &caller, &id).await?;
    let reason = fields.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_LENGTH_MAX {
        return Ok(back_to(&line.id, "reason"));
    }
    let refund = if fields.refund.trim().is_empty() { Some(0) } else { fields.refund.trim().parse::<i64>().ok() };
    let Some(refund) = refund.filter(|refund| (0..=line.amount).contains(refund)) else {
        return Ok(back_to(&line.id, "refund"));
    };
    let origin = caller.origin(None);
    let done = sale::cancel(&app.db, &line, refund, reason, by(&app, &origin)).await?;
    Ok(back_to(&line.id, if done == Sold::Done { "cancelled" } else { "gone" }))
}

/// `POST /passes/{pass}/bring-back`
pub async fn bring_back(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<NoFields>,
) -> Result<Response, Problem> {
    let caller = form.caller;
    caller.must(PASS_EDIT)?;
    let (line, _) = work::find(&app, &caller, &id).await?;
    let origin = caller.origin(None);
    Ok(back_to(
        &line.id,
        match sale::bring_back(&app.db, &line, by(&app, &origin)).await? {
            Sold::Done => "brought-back",
            Sold::NoPlace => "no-place",
            Sold::Duplicate | Sold::Gone => "duplicate",
        },
    ))
}

/// Why an entry is undone.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct UndoFields {
    reason: String,
}

/// `POST /passes/{pass}/undo-entry`
pub async fn undo_entry(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<UndoFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(PASS_UNDO_ENTRY)?;
    let (line, _) = work::find(&app, &caller, &id).await?;
    let Ok(reason) = check_reason(Some(&fields.reason)) else { return Ok(back_to(&line.id, "reason")) };
    let sent = Sent::undo(&line.id, line.event, reason);
    let told = submit(&app, &caller, Source::default(), vec![sent], Told::Names).await?;
    let is_done = told.first().is_some_and(|answer| answer["outcome"] == "entry_undone");
    Ok(back_to(&line.id, if is_done { "undone" } else { "not-undone" }))
}

#[cfg(test)]
mod tests {
    use base_sheet::qr::Qr;
    use passes_rules::payload::epass::EpassSecret;

    #[test]
    fn a_code_of_e_pass_needs_53_squares_and_its_border() {
        let code = EpassSecret::new("test-secret").code("11111111-2222-4333-8444-555555555555");
        let drawing = Qr::of(&code).expect("it fits");
        assert_eq!(drawing.side, 53 + 2 * 4);
        assert!(drawing.path.starts_with("M4 4h7v1h-7z"), "{}", drawing.path);
    }
}

//! The end-of-day report for programs, under the addresses and names of the earlier system.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use bags_rules::permission::BILL_SUMMARY_ALL;
use bags_rules::report::Eod;
use bags_work::eod::{SendError, Sent, of_day};
use base_core::audit::Origin;
use base_records::mail::EnqueueError;
use base_secret as secret;
use base_web::body::JsonBody;
use base_web::error::{Problem, ProblemBody};
use base_web::openapi;
use base_web::parameters::Parameters;
use base_web::report::range;
use base_web::request::RequestFacts;
use base_web::session::Caller;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::reports::work::sender;
use crate::state::Bags;

/// The header that carries the secret of the scheduled call.
const SECRET_HEADER: &str = "x-eod-secret";

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Bags> {
    OpenApiRouter::new().routes(routes!(eod)).routes(routes!(send)).routes(routes!(schedule))
}

/// Which day.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct EodQuery {
    /// `YYYY-MM-DD`; today when it is left out.
    date: String,
}

/// The report of a day: the bills that were created on it.
#[utoipa::path(get, path = "/api/bill_summary/eod",
    extensions(("x-permission" = json!(BILL_SUMMARY_ALL.name()))),
    params(EodQuery), responses(
    (status = 200, description = "report_date, generated_at, total_bills, bills_by_status, bills_by_user, \
        total_parent_bags, total_child_bags, total_weight_kg, detailed_bills."),
    (status = 422, description = "Not a valid date.", body = ProblemBody)))]
pub async fn eod(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(query): Parameters<EodQuery>,
) -> Result<Json<Eod>, Problem> {
    caller.must(BILL_SUMMARY_ALL)?;
    let day = range::read_day(&app, &query.date).map_err(range::refused)?;
    let mut reader = app.db.snapshot().await?;
    let report = of_day(reader.conn(), day, &app.settings.zone, app.clock.now()).await?;
    Ok(Json(report))
}

/// Which day is to be sent.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SendBody {
    /// `YYYY-MM-DD`; today when it is left out.
    date: String,
}

/// What was sent. Mails wait in the outbox until they are sent; a mail that fails is tried again.
#[derive(Debug, Serialize, ToSchema)]
pub struct SendAnswer {
    /// Mails that the outbox took.
    sent_count: usize,
    /// Mails that it did not take. Always 0: either all are taken, or the call fails.
    failed_count: usize,
    total_recipients: usize,
    recipients: Vec<String>,
    errors: Vec<String>,
    report_date: String,
    total_bills: i64,
    /// True when the schedule has already sent this day, so that nothing was sent now.
    already_sent: bool,
}

impl From<Sent> for SendAnswer {
    fn from(sent: Sent) -> Self {
        Self {
            sent_count: sent.recipients.len(),
            failed_count: 0,
            total_recipients: sent.recipients.len(),
            recipients: sent.recipients,
            errors: Vec::new(),
            report_date: sent.report.report_date,
            total_bills: sent.report.total_bills,
            already_sent: false,
        }
    }
}

fn refused(error: SendError) -> Problem {
    match error {
        SendError::NoMail | SendError::Outbox(EnqueueError::NotConfigured) => {
            let detail = "Mail is not configured. Set [mail] in the configuration, then try again.";
            Problem::new(StatusCode::CONFLICT, "mail_not_configured", detail)
        }
        SendError::NoRecipients => {
            let detail = "No active admin or biller has an e-mail address. Add one first.";
            Problem::new(StatusCode::BAD_REQUEST, "no_recipients", detail)
        }
        SendError::Outbox(error @ EnqueueError::TooLarge) => Problem::ours(&error),
        SendError::Outbox(error @ EnqueueError::Full) => {
            let detail =
                "Nothing was sent: too many mails are waiting. Find out why they are not sent, then try again.";
            Problem::passing("outbox_refused", detail, &error)
        }
        SendError::Outbox(EnqueueError::Store(error)) | SendError::Store(error) => error.into(),
    }
}

/// Mails the report of a day to every admin and biller; without a body, the report of today.
#[utoipa::path(post, path = "/api/bill_summary/send_eod",
    extensions(("x-permission" = json!(BILL_SUMMARY_ALL.name()))),
    request_body = Option<SendBody>, responses(
    (status = 200, description = "The mails are in the outbox.", body = SendAnswer),
    (status = 400, description = "Nobody has an address.", body = ProblemBody),
    (status = 409, description = "Mail is not configured.", body = ProblemBody)))]
pub async fn send(
    State(app): State<Bags>,
    caller: Caller,
    body: Option<JsonBody<SendBody>>,
) -> Result<Json<SendAnswer>, Problem> {
    caller.must(BILL_SUMMARY_ALL)?;
    let date = body.map(|JsonBody(body)| body.date).unwrap_or_default();
    let day = range::read_day(&app, &date).map_err(range::refused)?;
    let sent = sender(&app).send(day, app.clock.now(), &caller.origin(None)).await.map_err(refused)?;
    Ok(Json(sent.into()))
}

/// Mails today's report, once a day however often it is called. For a scheduler that knows the secret, without a
/// session.
#[utoipa::path(post, path = "/api/bill_summary/schedule_eod", extensions(("x-permission" = json!(openapi::PUBLIC))),
    params(("X-EOD-Secret" = String, Header, description = "What `reports.eod_secret` is set to.")),
    security(()), responses(
    (status = 200, description = "The mails are in the outbox, now or from an earlier call.", body = SendAnswer),
    (status = 403, description = "The secret is wrong.", body = ProblemBody),
    (status = 500, description = "A fault of the server. The log has the cause under `request_id`.", body = ProblemBody),
    (status = 404, description = "No secret is configured, so there is no such call.", body = ProblemBody),
    (status = 409, description = "Mail is not configured.", body = ProblemBody),
    (status = 400, description = "Nobody has an address.", body = ProblemBody),
    (status = 429, description = "Too many calls from this address.", body = ProblemBody),
    (status = 503, description = "The database cannot be reached. Send the same call again after Retry-After.",
        body = ProblemBody)))]
pub async fn schedule(
    State(app): State<Bags>,
    facts: RequestFacts,
    headers: HeaderMap,
) -> Result<Json<SendAnswer>, Problem> {
    if !app.sign_ins.allows(&format!("eod from {}", facts.counted_address())) {
        return Err(Problem::too_often(60));
    }
    let wrong = || Problem::new(StatusCode::FORBIDDEN, "wrong_secret", "The secret in X-EOD-Secret is wrong.");
    let given = headers.get(SECRET_HEADER).and_then(|value| value.to_str().ok()).ok_or_else(wrong)?;
    let Some(expected) = &app.eod_secret_hash else {
        let detail = "Scheduled calls are not configured. Set reports.eod_secret, or a time at /reports/day.";
        return Err(Problem::new(StatusCode::NOT_FOUND, "not_configured", detail));
    };
    let origin = Origin { address: facts.address, agent: facts.agent, request_id: facts.id, ..Origin::default() };
    // Hashes of the same length are compared in constant time.
    if !secret::equal(&secret::hash_token(given), expected) {
        return Err(wrong());
    }
    let (day, now) = (range::today(&app), app.clock.now());
    let sent = sender(&app).send_once(day, now, &origin).await.map_err(refused)?;
    if let Some(sent) = sent {
        return Ok(Json(sent.into()));
    }
    let mut reader = app.db.snapshot().await?;
    let report = of_day(reader.conn(), day, &app.settings.zone, now).await?;
    let nothing = Sent { report, recipients: Vec::new() };
    Ok(Json(SendAnswer { already_sent: true, ..nothing.into() }))
}

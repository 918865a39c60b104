//! The end-of-day report: shown, sent, and scheduled.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use bags_rules::permission::BILL_SUMMARY_ALL;
use bags_rules::report::{Eod, EodPlan};
use bags_work::eod::{self, SendError};
use base_core::report::by_hour;
use base_core::time::parse_time_of_day;
use base_sheet::report::Report;
use base_sheet::{Cell, Kind};
use base_web::error::Problem;
use base_web::form::Form as Sent;
use base_web::parameters::Parameters;
use base_web::report::download::Form;
use base_web::report::range;
use base_web::session::Caller;
use base_web::view::{Frame, Said};
use jiff::civil::Date;
use serde::Deserialize;

use super::{DayForms, ReportPage};
use crate::reports::cells::kilograms;
use crate::reports::work::{Words, sender};
use crate::state::Bags;

const ADDRESS: &str = "/reports/day";
const TITLE: &str = "report-day-title";

/// The filters of the report.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DayQuery {
    date: String,
    format: String,
    table: String,
    said: String,
}

/// `GET /reports/day`
pub async fn show(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(query): Parameters<DayQuery>,
) -> Result<Response, Problem> {
    caller.must(BILL_SUMMARY_ALL)?;
    let form = Form::parse(&query.format)?;
    let frame = Frame::of(&caller, "reports");
    let date = match range::read_day(&app, &query.date) {
        Ok(date) => date,
        Err(fault) => return Ok(filtered(ReportPage::blank(frame, TITLE, ADDRESS), query.date).refused(fault.into())),
    };
    let mut reader = app.db.snapshot().await?;
    let eod = eod::of_day(reader.conn(), date, &app.settings.zone, app.clock.now()).await?;
    let plan = eod::plan(reader.conn()).await?;
    drop(reader);
    let said = said(&frame, &query.said);
    let report = of_day(Words { app: &app, frame: &frame }, date, &eod);
    let bills = report.tables.len() - 1;
    let page = filtered(ReportPage::new(frame, report, ADDRESS), date.to_string());
    let mut page = page.link_to(bills, 0, "/bills/", "/report");
    page.said = said;
    page.day = Some(DayForms {
        date: date.to_string(),
        time: plan.map(|plan| plan.time.strftime("%H:%M").to_string()).unwrap_or_default(),
        has_mail: app.settings.outbox.is_open(),
    });
    page.of_table(query.table).answer(&app, form, "end_of_day").await
}

fn filtered(page: ReportPage, date: String) -> ReportPage {
    page.field("report-date", "date", "date", date)
}

/// What became of the last action on this page: one of the words below, or the number of mails.
fn said(frame: &Frame, text: &str) -> Option<Said> {
    match text {
        "" => None,
        "scheduled" => Some(Said::yes(frame.t("report-done-scheduled"))),
        "unscheduled" => Some(Said::yes(frame.t("report-done-unscheduled"))),
        "no-mail" => Some(Said::no(frame.t("report-no-mail"))),
        "no-recipients" => Some(Said::no(frame.t("report-no-recipients"))),
        "full" => Some(Said::no(frame.t("report-outbox-full"))),
        count => count.parse::<u32>().ok().map(|n| Said::yes(frame.t1("report-done-sent", "n", &n.to_string()))),
    }
}

fn of_day(words: Words<'_>, date: Date, eod: &Eod) -> Report {
    let status = |name: &str| words.t(&format!("report-status-{name}"));
    let figures = vec![
        words.figure("report-bills", eod.total_bills),
        words.figure("report-parents", eod.total_parent_bags),
        words.figure("children", eod.total_child_bags),
        words.kilograms("weight", eod.total_weight_kg),
    ];
    let count = |first: &'static str, rows: Vec<Vec<Cell<'static>>>, title: &str| {
        words.table(title, &[(first, Kind::Text), ("report-bills", Kind::Int)], rows)
    };
    let by_status = eod.bills_by_status.iter().map(|(name, n)| vec![Cell::text(status(name)), Cell::Int(*n)]).collect();
    let by_person = eod.bills_by_user.iter().map(|(name, n)| vec![Cell::text(name.clone()), Cell::Int(*n)]).collect();
    let columns = [
        ("bill", Kind::Text),
        ("status", Kind::Text),
        ("report-created-by", Kind::Text),
        ("report-created", Kind::Time),
        ("report-parents", Kind::Int),
        ("report-capacity", Kind::Int),
        ("children", Kind::Int),
        ("report-weight-kg", Kind::Kilograms),
    ];
    let bills = eod.detailed_bills.iter().map(|bill| {
        vec![
            Cell::text(bill.bill_id.clone()),
            Cell::text(status(bill.status)),
            Cell::text(bill.created_by.clone()),
            words.time(bill.created_at),
            Cell::Int(bill.parent_bags),
            Cell::Int(bill.expected_bags),
            Cell::Int(bill.child_bags),
            kilograms(bill.weight_kg),
        ]
    });
    let quarters: Vec<_> = eod.detailed_bills.iter().map(|bill| (bill.created_at.quarter(), 1)).collect();
    let hours = by_hour(&quarters, &words.app.settings.zone).into_iter().enumerate();
    Report {
        title: words.t(TITLE),
        lines: vec![words.days(date, date)],
        made: words.made(),
        figures,
        bars: Some(words.hours("report-bills-by-hour", hours.map(|(hour, n)| (format!("{hour:02}"), n)))),
        tables: vec![
            count("status", by_status, "report-by-status"),
            count("person", by_person, "report-by-person"),
            words.table("report-bills", &columns, bills.collect()),
        ],
        no_data: words.t("report-no-data").into(),
        ..Report::default()
    }
}

/// Which day is to be sent.
#[derive(Deserialize)]
pub struct SendFields {
    #[serde(default)]
    date: String,
}

/// `POST /reports/day/send`
pub async fn send(State(app): State<Bags>, sent: Sent<SendFields>) -> Result<Response, Problem> {
    sent.caller.must(BILL_SUMMARY_ALL)?;
    let date = range::read_day(&app, &sent.fields.date).map_err(range::refused)?;
    let said = match sender(&app).send(date, app.clock.now(), &sent.caller.origin(None)).await {
        Ok(sent) => sent.recipients.len().to_string(),
        Err(SendError::NoMail) => "no-mail".into(),
        Err(SendError::NoRecipients) => "no-recipients".into(),
        Err(SendError::Outbox(_)) => "full".into(),
        Err(SendError::Store(error)) => return Err(error.into()),
    };
    Ok(Redirect::to(&format!("/reports/day?date={date}&said={said}")).into_response())
}

/// When the report is sent each day; empty for never.
#[derive(Deserialize)]
pub struct ScheduleFields {
    #[serde(default)]
    time: String,
}

/// `POST /reports/day/schedule`
pub async fn schedule(State(app): State<Bags>, sent: Sent<ScheduleFields>) -> Result<Response, Problem> {
    sent.caller.must(BILL_SUMMARY_ALL)?;
    let plan = match sent.fields.time.trim() {
        "" => None,
        text => Some(EodPlan {
            time: parse_time_of_day(text)
                .ok_or_else(|| Problem::field("time", "Not a valid time. Write it as 18:30."))?,
        }),
    };
    let origin = sent.caller.origin(None);
    eod::set_plan(&app.db, plan, &app.settings.zone, app.clock.now(), &origin).await?;
    let said = if plan.is_some() { "scheduled" } else { "unscheduled" };
    Ok(Redirect::to(&format!("/reports/day?said={said}")).into_response())
}

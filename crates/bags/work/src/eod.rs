//! The end-of-day report: put together, put into mails, and sent by schedule exactly once a day.
//!
//! Invariants: the mails, the mark that a day has gone and the audit entry are written in one transaction; of all nodes and
//! calls that want to send a day by schedule, the one whose update of the mark counts is the only one that does.

use bags_rules::bill::BillStatus;
use bags_rules::report::{Eod, EodPlan};
use bags_store::report::eod;
use base_core::audit::{Entry, Origin};
use base_core::permission::Role;
use base_core::report::{Range, date_text};
use base_core::setting::{Declared, Kind};
use base_core::time::{Moment, parse_time_of_day};
use base_db::{Conn, Db, StoreError};
use base_records::audit::Record;
use base_records::mail::{EnqueueError, NewMail, Outbox, Recipient};
use base_records::{audit, mail, setting};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::mails::{EodBill, EodReport};

/// The setting that holds the time of the day at which the report goes, `HH:MM` in the site's zone; empty is never.
pub const TIME_SETTING: &str = "reports.eod_time";
/// The setting as the page of all settings shows it. It is set with the report, which takes care that no day goes twice.
pub const TIME_OF_REPORT: Declared =
    Declared { name: TIME_SETTING, kind: Kind::Time, default: "", page: "/reports/day" };

/// Where and how reports are sent.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The database.
    pub db: Db,
    /// The door to the outbox.
    pub outbox: Outbox,
    /// Where days begin.
    pub zone: TimeZone,
    /// How people reach the site, such as `https://site.example`.
    pub base_url: String,
}

/// Why a report was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The site has no mail.
    #[error("mail is not configured")]
    NoMail,
    /// No active admin or biller has an address.
    #[error("no admin and no biller has an e-mail address")]
    NoRecipients,
    /// The outbox did not take it.
    #[error(transparent)]
    Outbox(EnqueueError),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<EnqueueError> for SendError {
    fn from(error: EnqueueError) -> Self {
        match error {
            EnqueueError::NotConfigured => Self::NoMail,
            EnqueueError::Store(error) => Self::Store(error),
            other => Self::Outbox(other),
        }
    }
}

/// What was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The report.
    pub report: Eod,
    /// To whom.
    pub recipients: Vec<String>,
}

/// The report of a day.
pub async fn of_day(mut conn: Conn<'_>, day: Date, zone: &TimeZone, now: Moment) -> Result<Eod, StoreError> {
    let (from, until) = Range::day(day).bounds(zone);
    Ok(Eod::of(day, now, &eod::bills(conn.reborrow(), from, until).await?))
}

/// The schedule; `None` when the report is not sent by itself.
pub async fn plan(conn: Conn<'_>) -> Result<Option<EodPlan>, StoreError> {
    let time = setting::get(conn, TIME_SETTING).await?;
    Ok(time.as_deref().and_then(parse_time_of_day).map(|time| EodPlan { time }))
}

/// Sets the schedule. Where today's time has passed already, the first report goes tomorrow.
pub async fn set_plan(
    db: &Db,
    plan: Option<EodPlan>,
    zone: &TimeZone,
    now: Moment,
    origin: &Origin,
) -> Result<(), StoreError> {
    let text = plan.map(|plan| plan.time.strftime("%H:%M").to_string()).unwrap_or_default();
    let mut tx = db.write().await?;
    let is_new = setting::put(tx.conn(), TIME_SETTING, &text, now, origin).await?;
    if let (true, Some(day)) = (is_new, plan.and_then(|plan| plan.due(now, zone))) {
        eod::take_day(tx.conn(), day, now).await?;
    }
    tx.commit().await
}

impl Sender {
    /// Sends the report of a day to every admin and biller, whether it went before or not.
    pub async fn send(&self, day: Date, now: Moment, origin: &Origin) -> Result<Sent, SendError> {
        let report = self.report(day, now).await?;
        let mut tx = self.db.write().await?;
        let recipients = self.write_mails(tx.conn(), day, &report, (now, origin)).await?;
        tx.commit().await?;
        Ok(Sent { report, recipients })
    }

    /// Sends the report of a day unless the schedule, or an earlier call of it, sent that day or a later one already:
    /// `None` then.
    pub async fn send_once(&self, day: Date, now: Moment, origin: &Origin) -> Result<Option<Sent>, SendError> {
        if !self.outbox.is_open() {
            return Err(SendError::NoMail);
        }
        let report = self.report(day, now).await?;
        let mut tx = self.db.write().await?;
        if !eod::take_day(tx.conn(), day, now).await? {
            return Ok(None);
        }
        let recipients = self.write_mails(tx.conn(), day, &report, (now, origin)).await?;
        tx.commit().await?;
        Ok(Some(Sent { report, recipients }))
    }

    /// Sends what is due by the schedule, if anything is and it did not go yet.
    pub async fn send_due(&self, now: Moment) -> Result<Option<Sent>, SendError> {
        let mut reader = self.db.read().await?;
        let due = plan(reader.conn()).await?.and_then(|plan| plan.due(now, &self.zone));
        let Some(day) = due else { return Ok(None) };
        // Looked up without the writer: most of the time it went already.
        if eod::last_day(reader.conn()).await?.is_some_and(|last| last >= day) {
            return Ok(None);
        }
        drop(reader);
        self.send_once(day, now, &Origin { agent: "schedule".into(), ..Origin::default() }).await
    }

    async fn report(&self, day: Date, now: Moment) -> Result<Eod, StoreError> {
        let mut reader = self.db.snapshot().await?;
        of_day(reader.conn(), day, &self.zone, now).await
    }

    async fn write_mails(
        &self,
        mut conn: Conn<'_>,
        day: Date,
        report: &Eod,
        (now, origin): (Moment, &Origin),
    ) -> Result<Vec<String>, SendError> {
        if !self.outbox.is_open() {
            return Err(SendError::NoMail);
        }
        let recipients = mail::recipients(conn.reborrow(), &[Role::Admin, Role::Biller]).await?;
        if recipients.is_empty() {
            return Err(SendError::NoRecipients);
        }
        let mails: Vec<NewMail> = recipients.iter().map(|recipient| self.mail(day, report, recipient)).collect();
        self.outbox.enqueue(conn.reborrow(), &mails, now).await?;
        let entry = Entry::new("eod_sent", "report", report.report_date.clone()).with_after(
            &serde_json::json!({ "recipients": recipients.len(), "bills": report.total_bills, "by": origin.agent }),
        );
        audit::insert(conn, &[Record { at: now, entry, origin }]).await?;
        Ok(recipients.into_iter().map(|recipient| recipient.email).collect())
    }

    fn mail(&self, day: Date, report: &Eod, recipient: &Recipient) -> NewMail {
        let count = |status: BillStatus| report.bills_by_status.get(status.name()).copied().unwrap_or_default();
        let by_status = BillStatus::ALL.map(|status| (status, count(status)));
        let by_person: Vec<(String, i64)> = report.bills_by_user.iter().map(|(name, n)| (name.clone(), *n)).collect();
        let bill = |bill: &bags_rules::report::EodBill| EodBill {
            bill: bill.bill_id.clone(),
            status: BillStatus::parse(bill.status).unwrap_or(BillStatus::New),
            created_by: bill.created_by.clone(),
            created_at: bill.created_at.display(&self.zone, "%d/%m/%y %H:%M"),
            parents: bill.parent_bags,
            expected: bill.expected_bags,
            children: bill.child_bags,
            weight_kg: base_core::number::grouped(bill.weight_kg),
        };
        let bills: Vec<EodBill> = report.detailed_bills.iter().map(bill).collect();
        let told = EodReport {
            date: &date_text(day),
            by_status: &by_status,
            by_person: &by_person,
            parents: report.total_parent_bags,
            children: report.total_child_bags,
            weight_kg: &base_core::number::grouped(report.total_weight_kg),
            bills: &bills,
            link: &format!("{}/reports/day?date={day}", self.base_url),
        };
        NewMail {
            kind: "eod_report",
            recipient: recipient.email.clone(),
            content: told.content(&recipient.locale),
            is_private: false,
            attachments: Vec::new(),
        }
    }
}

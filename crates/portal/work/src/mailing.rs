//! The job that sends what customers asked for.
//!
//! Invariants: whose stock a mail holds is what the account sees at the moment of sending; a mail and the time of the next one
//! are written together, so nobody is written to twice; stock that cannot be read now is not sent, but tried again.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base_core::entropy::Entropy;
use base_core::mail::Attachment;
use base_core::time::{MINUTE_US, Moment};
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use base_mail::words::Words;
use base_records::mail::{EnqueueError, MAIL_BYTES_MAX, NewMail, Outbox};
use base_records::preference;
use jiff::tz::TimeZone;
use portal_rules::format::Format;
use portal_rules::local::local;
use portal_rules::stock::Stock;
use portal_rules::view::View;
use portal_rules::watch::{Finding, WatchKind, news, next_mail};
use portal_store::recipient::Recipient;
use portal_store::view::Saved;
use portal_store::watch::Kept;
use portal_store::{recipient, scope, view, watch};

use crate::live::{Live, Read};
use crate::mails::{Letter, Part, mail, words};
use crate::sheet::{Form, Sheet};
use crate::stop::{StopKey, Stops};

/// How long it takes until stock that could not be read is tried again.
const AGAIN_US: i64 = 15 * MINUTE_US;
/// Most lines of one wish in a mail.
const LINES_MAX: usize = 100;
/// What a mail needs besides its workbook.
const BYTES_OF_WORDS: usize = 256 * 1024;

/// What a column is called in a language.
pub type Titles = fn(&str, &str) -> String;

/// The job, and what it needs.
pub struct Mailings {
    /// The stock.
    pub live: Live,
    /// Where mails go.
    pub outbox: Outbox,
    /// What links begin with.
    pub base_url: String,
    /// Where the site is.
    pub zone: TimeZone,
    /// What the site is called.
    pub site: String,
    /// Randomness, for the first key.
    pub entropy: Arc<dyn Entropy>,
    /// What a column is called in a language, by its key.
    pub titles: Titles,
}

#[async_trait]
impl Job for Mailings {
    fn name(&self) -> &'static str {
        "stock_mails"
    }

    fn schedule(&self) -> Schedule {
        Schedule::Every(Duration::from_mins(1))
    }

    async fn run(&self, worker: &Worker) -> Result<Done, JobError> {
        if !self.outbox.is_open() {
            return Ok(Done::All);
        }
        let now = worker.clock.now();
        if let Some(saved) = view::due(&worker.db, now).await? {
            self.send_view(worker, &saved, now).await?;
            return Ok(Done::More);
        }
        let wishes = watch::due(&worker.db, now).await?;
        if wishes.is_empty() {
            return Ok(Done::All);
        }
        self.tell(worker, &wishes, now).await?;
        Ok(Done::More)
    }
}

/// What an account sees, and how it reads.
struct Reader {
    to: Recipient,
    read: Arc<Read>,
    is_of_several: bool,
    format: Format,
}

impl Mailings {
    /// `None` where nothing can be sent to the account; an error in it means later.
    async fn reader(&self, worker: &Worker, account: i64) -> Result<Result<Reader, Later>, JobError> {
        let mut reader = worker.db.read().await?;
        let Some(to) = recipient::of(reader.conn(), account).await? else { return Ok(Err(Later::NextTime)) };
        let scope = scope::of(reader.conn(), account).await?;
        let kept = preference::get(reader.conn(), account, "portal.choices").await?;
        drop(reader);
        let answer = self.live.stock(&scope, Duration::ZERO).await;
        let Some(read) = answer.read.filter(|_| answer.why.is_none()) else { return Ok(Err(Later::Soon)) };
        let kept: serde_json::Value = kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let format = serde_json::from_value(kept["format"].clone()).unwrap_or_default();
        Ok(Ok(Reader { to, read, is_of_several: scope.is_of_several(), format }))
    }

    async fn send_view(&self, worker: &Worker, saved: &Saved, now: Moment) -> Result<(), JobError> {
        let next = saved.mailing.next_at(now, &self.zone);
        let (next, mail) = match self.reader(worker, saved.account).await? {
            Err(Later::Soon) => (Some(now.plus_us(AGAIN_US)), None),
            Err(Later::NextTime) => (next, None),
            Ok(reader) => (next, Some(self.view_mail(worker, saved, &reader).await?)),
        };
        let mut tx = worker.db.write().await?;
        if !view::move_next(tx.conn(), saved, next).await? {
            return Ok(());
        }
        if let Some(mail) = mail {
            self.enqueue(&mut tx, mail, now).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn enqueue(&self, tx: &mut base_db::Tx, mail: NewMail, now: Moment) -> Result<(), JobError> {
        match self.outbox.enqueue(tx.conn(), &[mail], now).await {
            Ok(()) | Err(EnqueueError::NotConfigured) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn view_mail(&self, worker: &Worker, saved: &Saved, reader: &Reader) -> Result<NewMail, JobError> {
        let view: View = serde_json::from_str(&saved.view).unwrap_or_default();
        let words = words(&reader.to.locale);
        let rows = view.apply(&reader.read.inventory.rows, reader.format);
        let attached = if rows.is_empty() { None } else { Some(self.workbook(&view, &rows, (saved, reader))?) };
        let fits = attached.as_ref().is_some_and(|file| file.content.len() + BYTES_OF_WORDS < MAIL_BYTES_MAX);
        let intro = match (rows.is_empty(), fits) {
            (true, _) => "view-intro-none",
            (false, true) => "view-intro",
            (false, false) => "view-intro-large",
        };
        let time = reader.read.read_at.display(&self.zone, "%Y-%m-%d %H:%M");
        let n = rows.len().to_string();
        let intro = words.text(intro, &[("name", &saved.name), ("rows", &n), ("time", &time)]);
        let key = StopKey::of(&worker.db, &*self.entropy).await?;
        let stop = format!("{}{}", self.base_url, key.path(Stops::View, saved.account, saved.id));
        let letter = Letter { parts: vec![Part { intro, lines: Vec::new(), stop }], open: self.open() };
        let subject = words.text("view-subject", &[("site", &self.site), ("name", &saved.name)]);
        let attachments = attached.into_iter().filter(|_| fits).collect();
        Ok(mail("stock_view", (&reader.to.username, &reader.to.locale), subject, &letter, attachments))
    }

    fn workbook(
        &self,
        view: &View,
        rows: &[&Stock],
        (saved, reader): (&Saved, &Reader),
    ) -> Result<Attachment, JobError> {
        let titled = |column: portal_rules::column::Column| (column, (self.titles)(&reader.to.locale, column.key()));
        let columns = view.columns(reader.is_of_several).into_iter().map(titled).collect();
        let made_at = local(reader.read.read_at, &self.zone).datetime();
        let mut content = Vec::new();
        Sheet { title: saved.name.clone(), columns, made_at }.write(Form::Xlsx, rows, &mut content)?;
        Ok(Attachment {
            name: format!("stock-{}.xlsx", made_at.date()),
            media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".into(),
            content,
        })
    }

    fn open(&self) -> String {
        format!("{}/inventory", self.base_url)
    }

    async fn tell(&self, worker: &Worker, wishes: &[Kept], now: Moment) -> Result<(), JobError> {
        let account = wishes[0].account;
        let next = next_mail(now, &self.zone);
        let reader = match self.reader(worker, account).await? {
            Ok(reader) => reader,
            Err(later) => {
                let next = if later == Later::Soon { now.plus_us(AGAIN_US) } else { next };
                let mut tx = worker.db.write().await?;
                for kept in wishes {
                    watch::looked(tx.conn(), kept, &kept.told, next).await?;
                }
                return Ok(tx.commit().await?);
            }
        };
        let key = StopKey::of(&worker.db, &*self.entropy).await?;
        let today = local(now, &self.zone).date();
        let words = words(&reader.to.locale);
        let (mut parts, mut tx) = (Vec::new(), worker.db.write().await?);
        for kept in wishes {
            let found = kept.watching.found(&reader.read.inventory.rows, today);
            let (new, told) = news(&found, &kept.told);
            if !watch::looked(tx.conn(), kept, &told, next).await? {
                return Ok(());
            }
            if !new.is_empty() {
                let stop = format!("{}{}", self.base_url, key.path(Stops::Watch, account, kept.id));
                parts.push(part_of(kept, &new, (words, reader.format), stop));
            }
        }
        if !parts.is_empty() {
            let subject = words.text("watch-subject", &[("site", &self.site)]);
            let letter = Letter { parts, open: self.open() };
            let to = (reader.to.username.as_str(), reader.to.locale.as_str());
            self.enqueue(&mut tx, mail("stock_watch", to, subject, &letter, Vec::new()), now).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Why nothing is sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Later {
    /// The stock cannot be read.
    Soon,
    /// There is nobody to write to.
    NextTime,
}

fn part_of(kept: &Kept, new: &[&Finding], (words, format): (Words<'static>, Format), stop: String) -> Part {
    let limit = kept.watching.limit.to_string();
    let intro = match kept.watching.kind {
        WatchKind::Expiry => words.text("watch-expiry", &[("days", &limit)]),
        WatchKind::Below => words.text("watch-below", &[]),
    };
    let mut lines: Vec<String> = new.iter().take(LINES_MAX).map(|finding| line_of(finding, words, format)).collect();
    if new.len() > LINES_MAX {
        lines.push(words.text("watch-more", &[("n", &(new.len() - LINES_MAX).to_string())]));
    }
    Part { intro, lines, stop }
}

fn line_of(finding: &Finding, words: Words<'static>, format: Format) -> String {
    let amounts: Vec<String> =
        finding.amounts.iter().map(|(unit, sum)| format!("{sum} {unit}").trim().to_owned()).collect();
    let amounts = if amounts.is_empty() { words.text("nothing-left", &[]) } else { amounts.join(", ") };
    let said = [("part", finding.part.as_str()), ("amounts", &amounts)];
    match finding.expires {
        Some(day) => {
            let day = format.date(day);
            let lot = [("lot", finding.lot.as_str()), ("day", &day)];
            words.text("watch-line-expiry", &[said[0], said[1], lot[0], lot[1]])
        }
        None => words.text("watch-line-below", &said),
    }
}

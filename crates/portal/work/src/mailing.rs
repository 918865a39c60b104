//! The job that sends what customers asked for.
//!
//! Invariants: whose stock a mail holds is what the account sees when it is written, and it is taken back when that changes
//! before it is sent; nothing is computed while the writer is held; a mail and the time of the next one
//! are written together, so nobody is written to twice; stock that cannot be read now is not sent, but tried again.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base_core::account::AccountId;
use base_core::entropy::Entropy;
use base_core::mail::Attachment;
use base_core::time::{MINUTE_US, Moment};
use base_jobs::{Done, Job, JobError, Schedule, Worker};
use base_mail::words::Words;
use base_records::mail::{EnqueueError, MAIL_BYTES_MAX, NewMail, Outbox};
use base_records::preference;
use base_sheet::WriteFault;
use jiff::tz::TimeZone;
use portal_rules::format::Format;
use portal_rules::local::local;
use portal_rules::scope::Scope;
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
        self.tell(worker, wishes, now).await?;
        Ok(Done::More)
    }
}

/// What an account sees, and how it reads.
struct Reader {
    account: AccountId,
    to: Recipient,
    scope: Scope,
    read: Arc<Read>,
    format: Format,
}

impl Reader {
    /// True if the account still sees this and has this address, so that what was made of it may go.
    async fn stands(&self, conn: &mut base_db::Tx) -> Result<bool, JobError> {
        let to = recipient::of(conn.conn(), self.account).await?;
        Ok(to.as_ref() == Some(&self.to) && scope::of(conn.conn(), self.account).await? == self.scope)
    }
}

/// Makes files, on a thread of its own.
#[derive(Clone)]
struct Maker {
    zone: TimeZone,
    titles: Titles,
}

/// A view as rows of a file; the file is `None` where it has no rows.
struct Viewed {
    rows: usize,
    file: Option<Attachment>,
}

/// What was found of a wish: what is new of it, and what counts as told from now on.
struct Looked {
    part: Option<Part>,
    told: String,
}

/// Larger work does not hold the threads that serve.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JobError> {
    Ok(tokio::task::spawn_blocking(work).await?)
}

impl Mailings {
    /// What an account sees; an error in it says when it is tried again.
    async fn reader(&self, worker: &Worker, account: AccountId) -> Result<Result<Reader, Later>, JobError> {
        let mut reader = worker.db.read().await?;
        let Some(to) = recipient::of(reader.conn(), account).await? else { return Ok(Err(Later::NextTime)) };
        let scope = scope::of(reader.conn(), account).await?;
        let kept = preference::get(reader.conn(), account, "portal.choices").await?;
        drop(reader);
        let answer = self.live.stock(&scope, Duration::ZERO).await;
        let Some(read) = answer.read.filter(|_| answer.why.is_none()) else { return Ok(Err(Later::Soon)) };
        let kept: serde_json::Value = kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let format = serde_json::from_value(kept["format"].clone()).unwrap_or_default();
        Ok(Ok(Reader { account, to, scope, read, format }))
    }

    fn maker(&self) -> Maker {
        Maker { zone: self.zone.clone(), titles: self.titles }
    }

    async fn send_view(&self, worker: &Worker, saved: &Saved, now: Moment) -> Result<(), JobError> {
        let next = saved.mailing.next_at(now, &self.zone);
        let (next, made) = match self.reader(worker, saved.account).await? {
            Err(Later::Soon) => (Some(now.plus_us(AGAIN_US)), None),
            Err(Later::NextTime) => (next, None),
            Ok(reader) => {
                let mail = self.view_mail(worker, saved, &reader).await?;
                (next, Some((reader, mail)))
            }
        };
        let mut tx = worker.db.write().await?;
        if let Some((reader, mail)) = made {
            // What the account sees changed while this was made: the next run makes it anew.
            if !reader.stands(&mut tx).await? || !view::move_next(tx.conn(), saved, next).await? {
                return Ok(());
            }
            self.enqueue(&mut tx, &reader, mail, now).await?;
        } else if !view::move_next(tx.conn(), saved, next).await? {
            return Ok(());
        }
        Ok(tx.commit().await?)
    }

    async fn enqueue(&self, tx: &mut base_db::Tx, to: &Reader, mail: NewMail, now: Moment) -> Result<(), JobError> {
        match self.outbox.enqueue_about(tx.conn(), to.account, mail, now).await {
            Ok(()) | Err(EnqueueError::NotConfigured) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn view_mail(&self, worker: &Worker, saved: &Saved, reader: &Reader) -> Result<NewMail, JobError> {
        let words = words(&reader.to.locale);
        let Viewed { rows, file } = {
            let (maker, saved, read) = (self.maker(), saved.clone(), reader.read.clone());
            let (locale, format, is_of_several) =
                (reader.to.locale.clone(), reader.format, reader.scope.is_of_several());
            beside(move || maker.viewed(&saved, &read, (&locale, format, is_of_several))).await??
        };
        let fits = file.as_ref().is_some_and(|file| file.content.len() + BYTES_OF_WORDS < MAIL_BYTES_MAX);
        let intro = match (rows == 0, fits) {
            (true, _) => "view-intro-none",
            (false, true) => "view-intro",
            (false, false) => "view-intro-large",
        };
        let time = reader.read.read_at.display(&self.zone, "%Y-%m-%d %H:%M");
        let intro = words.text(intro, &[("name", &saved.name), ("rows", &rows.to_string()), ("time", &time)]);
        let key = StopKey::of(&worker.db, &*self.entropy).await?;
        let stop = format!("{}{}", self.base_url, key.path(Stops::View, saved.account, saved.id));
        let letter = Letter { parts: vec![Part { intro, lines: Vec::new(), stop }], open: self.open() };
        let subject = words.text("view-subject", &[("site", &self.site), ("name", &saved.name)]);
        let attachments = file.into_iter().filter(|_| fits).collect();
        Ok(mail("stock_view", (&reader.to.username, &reader.to.locale), subject, &letter, attachments))
    }

    fn open(&self) -> String {
        format!("{}/inventory", self.base_url)
    }

    async fn tell(&self, worker: &Worker, wishes: Vec<Kept>, now: Moment) -> Result<(), JobError> {
        let account = wishes[0].account;
        let next = next_mail(now, &self.zone);
        let reader = match self.reader(worker, account).await? {
            Ok(reader) => reader,
            Err(later) => {
                let next = if later == Later::Soon { now.plus_us(AGAIN_US) } else { next };
                let mut tx = worker.db.write().await?;
                for kept in &wishes {
                    watch::looked(tx.conn(), kept, &kept.told, next).await?;
                }
                return Ok(tx.commit().await?);
            }
        };
        let (wishes, looked) = self.look(worker, wishes, &reader, now).await?;
        let mut tx = worker.db.write().await?;
        if !reader.stands(&mut tx).await? {
            return Ok(());
        }
        let mut parts = Vec::new();
        for (kept, Looked { part, told }) in wishes.iter().zip(looked) {
            if !watch::looked(tx.conn(), kept, &told, next).await? {
                return Ok(());
            }
            parts.extend(part);
        }
        if !parts.is_empty() {
            let subject = words(&reader.to.locale).text("watch-subject", &[("site", &self.site)]);
            let letter = Letter { parts, open: self.open() };
            let to = (reader.to.username.as_str(), reader.to.locale.as_str());
            let mail = mail("stock_watch", to, subject, &letter, Vec::new());
            self.enqueue(&mut tx, &reader, mail, now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Looks for what each wish is about, before anything is written.
    async fn look(
        &self,
        worker: &Worker,
        wishes: Vec<Kept>,
        reader: &Reader,
        now: Moment,
    ) -> Result<(Vec<Kept>, Vec<Looked>), JobError> {
        let key = StopKey::of(&worker.db, &*self.entropy).await?;
        let stop = |kept: &Kept| format!("{}{}", self.base_url, key.path(Stops::Watch, kept.account, kept.id));
        let stops: Vec<String> = wishes.iter().map(stop).collect();
        let (read, told, today) =
            (reader.read.clone(), (words(&reader.to.locale), reader.format), local(now, &self.zone).date());
        beside(move || {
            let looked = wishes.iter().zip(stops).map(|(kept, stop)| {
                let found = kept.watching.found(&read.inventory.rows, today);
                let (new, now_told) = news(&found, &kept.told);
                let part = (!new.is_empty()).then(|| part_of(kept, &new, told, stop));
                Looked { part, told: now_told }
            });
            let looked = looked.collect();
            (wishes, looked)
        })
        .await
    }
}

impl Maker {
    /// Applies a view, and writes what it shows.
    fn viewed(
        &self,
        saved: &Saved,
        read: &Read,
        (locale, format, is_of_several): (&str, Format, bool),
    ) -> Result<Viewed, WriteFault> {
        let view: View = serde_json::from_str(&saved.view).unwrap_or_default();
        let rows = view.apply(&read.inventory.rows, format);
        if rows.is_empty() {
            return Ok(Viewed { rows: 0, file: None });
        }
        let titled = |column: portal_rules::column::Column| (column, (self.titles)(locale, column.key()));
        let columns = view.columns(is_of_several).into_iter().map(titled).collect();
        let made_at = local(read.read_at, &self.zone).datetime();
        let mut content = Vec::new();
        Sheet { title: saved.name.clone(), columns, made_at }.write(Form::Xlsx, &rows, &mut content)?;
        let file = Attachment {
            name: format!("stock-{}.xlsx", made_at.date()),
            media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".into(),
            content,
        };
        Ok(Viewed { rows: rows.len(), file: Some(file) })
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

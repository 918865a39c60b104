//! The outbox: mails that wait until the job `mails` has sent them.
//!
//! Invariants: a mail is written in the same transaction as what it reports, so nobody is told of what was rolled back;
//! nothing is written while mail is not configured; a mail that was sent keeps neither its text nor its attachments; one that
//! holds what an account may see goes to the account's address of that moment, or not at all.

use base_core::account::AccountId;
use base_core::mail::{Attachment, Content};
use base_core::permission::Role;
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::{Conn, Db, StoreError};

/// Most mails that wait at once; two nodes that write at the same moment may overstep it by their own mails.
pub const WAITING_MAX: u32 = 10_000;
/// Largest mail: its texts and attachments together, in bytes.
pub const MAIL_BYTES_MAX: usize = 10 * 1024 * 1024;

static RECIPIENTS: Batch = Batch::list(
    "select a.email, a.locale from accounts a
     where a.realm = 'staff' and a.is_active and a.email is not null and exists
        (select 1 from account_roles r where r.account_id = a.id and r.role in (",
    ")) order by a.email_folded",
);

/// Access to the outbox. It knows whether the site has mail at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outbox {
    waiting_max: Option<u32>,
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum EnqueueError {
    /// The site has no mail: go on without it, or answer 503.
    #[error("mail is not configured")]
    NotConfigured,
    /// Too many mails are waiting already.
    #[error("the outbox is full; find out why mails are not sent, then try again")]
    Full,
    /// The mail is larger than [`MAIL_BYTES_MAX`].
    #[error("a mail has at most {} MiB", MAIL_BYTES_MAX / 1024 / 1024)]
    TooLarge,
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A mail to one recipient, to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMail {
    /// What it is about, such as `new_bill`.
    pub kind: &'static str,
    /// The address.
    pub recipient: String,
    /// What it says.
    pub content: Content,
    /// True when it contains what only the recipient may read, such as a password: it is copied to nobody.
    pub is_private: bool,
    /// Files that go with it.
    pub attachments: Vec<Attachment>,
}

/// A mail that this node may send now.
#[derive(Clone, Debug)]
pub struct DueMail {
    /// Its number.
    pub id: i64,
    /// When it was written, in microseconds.
    pub at: i64,
    /// What it is about.
    pub kind: String,
    /// The address.
    pub recipient: String,
    /// What it says.
    pub content: Content,
    /// True when it is copied to nobody.
    pub is_private: bool,
    /// Attempts, this one included.
    pub tries: i64,
}

#[derive(sqlx::FromRow)]
struct DueRow {
    id: i64,
    at: i64,
    kind: String,
    recipient: String,
    subject: String,
    body_text: String,
    body_html: String,
    is_private: bool,
    tries: i64,
}

/// A mail as lists show it: without what it says.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MailLine {
    /// Its number.
    pub id: i64,
    /// When it was written, in microseconds.
    pub at: i64,
    /// What it is about.
    pub kind: String,
    /// The address.
    pub recipient: String,
    /// The subject.
    pub subject: String,
    /// `waiting`, `sent` or `failed`.
    pub state: String,
    /// Attempts so far.
    pub tries: i64,
    /// When it is tried next, in microseconds.
    pub next_try_at: i64,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was sent, in microseconds.
    pub sent_at: Option<i64>,
}

/// How many mails are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Yet to be sent.
    pub waiting: i64,
    /// Given up.
    pub failed: i64,
}

/// Somebody who can be written to.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Recipient {
    /// The address.
    pub email: String,
    /// The language they read.
    pub locale: String,
}

impl Outbox {
    /// The outbox of a site with mail.
    pub const OPEN: Self = Self { waiting_max: Some(WAITING_MAX) };
    /// The outbox of a site without mail.
    pub const CLOSED: Self = Self { waiting_max: None };

    /// An outbox that takes fewer mails.
    pub fn with_waiting_max(waiting_max: u32) -> Self {
        Self { waiting_max: Some(waiting_max.min(WAITING_MAX)) }
    }

    /// True when the site has mail.
    pub fn is_open(self) -> bool {
        self.waiting_max.is_some()
    }

    /// Writes mails in the caller's transaction; they go once it is committed. All or none.
    pub async fn enqueue(self, conn: Conn<'_>, mails: &[NewMail], at: Moment) -> Result<(), EnqueueError> {
        self.enqueue_for(conn, mails, (None, at)).await
    }

    /// Writes a mail that holds what an account may see: it is not sent once the account is not active, or has another user
    /// name than the recipient, and [`take_back`] removes it.
    pub async fn enqueue_about(
        self,
        conn: Conn<'_>,
        account: AccountId,
        mail: NewMail,
        at: Moment,
    ) -> Result<(), EnqueueError> {
        self.enqueue_for(conn, &[mail], (Some(account), at)).await
    }

    async fn enqueue_for(
        self,
        mut conn: Conn<'_>,
        mails: &[NewMail],
        (about, at): (Option<AccountId>, Moment),
    ) -> Result<(), EnqueueError> {
        const WAITING: &str = "select count(*) from mails where state = 'waiting'";
        let waiting_max = self.waiting_max.ok_or(EnqueueError::NotConfigured)?;
        if mails.iter().any(|mail| mail.bytes() > MAIL_BYTES_MAX) {
            return Err(EnqueueError::TooLarge);
        }
        let waiting = count(conn.reborrow(), WAITING).await?;
        let new = i64::try_from(mails.len()).unwrap_or(i64::MAX);
        if waiting.saturating_add(new) > i64::from(waiting_max) {
            return Err(EnqueueError::Full);
        }
        for mail in mails {
            insert(conn.reborrow(), mail, (about, at)).await?;
        }
        Ok(())
    }
}

impl NewMail {
    /// A mail that is not private and carries no file.
    pub fn new(kind: &'static str, recipient: &str, content: Content) -> Self {
        Self { kind, recipient: recipient.to_owned(), content, is_private: false, attachments: Vec::new() }
    }

    fn bytes(&self) -> usize {
        let attached: usize = self.attachments.iter().map(|attachment| attachment.content.len()).sum();
        self.content.text.len() + self.content.html.len() + attached
    }
}

async fn count(mut conn: Conn<'_>, text: &'static str) -> Result<i64, StoreError> {
    Ok(on!(conn, c => sqlx::query_scalar(text).fetch_one(&mut **c).await?))
}

async fn insert(
    mut conn: Conn<'_>,
    mail: &NewMail,
    (about, at): (Option<AccountId>, Moment),
) -> Result<(), StoreError> {
    const INSERT: &str = "insert into mails
            (at, kind, recipient, subject, body_text, body_html, is_private, state, tries, next_try_at, about_account)
        values ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $1, $8) returning id";
    const ATTACH: &str =
        "insert into mail_attachments (mail_id, place, name, media_type, content) values ($1, $2, $3, $4, $5)";
    let content = &mail.content;
    let id: i64 = on!(conn, c => sqlx::query_scalar(INSERT)
        .bind(at.0).bind(mail.kind).bind(&mail.recipient).bind(&content.subject).bind(&content.text).bind(&content.html)
        .bind(mail.is_private).bind(about).fetch_one(&mut **c).await?);
    for (place, attachment) in (1_i64..).zip(&mail.attachments) {
        let Attachment { name, media_type, content } = attachment;
        execute!(conn, ATTACH, id, place, name, media_type, content);
    }
    Ok(())
}

/// Active people with one of these roles and an address.
pub async fn recipients(mut conn: Conn<'_>, roles: &[Role]) -> Result<Vec<Recipient>, StoreError> {
    let roles: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    Ok(select_in!(conn, RECIPIENTS, Recipient, &roles))
}

/// Removes what was not sent of an account's mails about what it may see, because that changes. Gives their number.
pub async fn take_back(mut conn: Conn<'_>, account: AccountId) -> Result<u64, StoreError> {
    const TAKE: &str = "delete from mails where about_account = $1 and state in ('waiting', 'failed')";
    Ok(execute!(conn, TAKE, account))
}

/// Claims the mail whose turn it is. The attempt counts from now on, so that a mail that crashes its node is given up
/// in the end, too.
pub async fn claim(db: &Db, node: &str, now: Moment, lease_us: i64) -> Result<Option<DueMail>, StoreError> {
    const DUE: &str = "select id from mails
        where state = 'waiting' and next_try_at <= $1 and (lease_until is null or lease_until <= $1)
        order by next_try_at, id limit 1";
    const CLAIM: &str = "update mails set tries = tries + 1, lease_until = $4, lease_by = $2
        where id = $1 and state = 'waiting' and next_try_at <= $3 and (lease_until is null or lease_until <= $3)
        returning id, at, kind, recipient, subject, body_text, body_html, is_private, tries";
    // Its account lost what the mail says, or has another address, in a way that did not take it back.
    const STALE: &str = "delete from mails where id = $1 and state = 'waiting' and about_account is not null
        and not exists (select 1 from accounts a
            where a.id = mails.about_account and a.is_active and a.username = mails.recipient)";
    let (id, mut tx) = loop {
        // Looked up without the writer: most of the time nothing is due.
        let mut reader = db.read().await?;
        let due: Option<i64> =
            on!(reader.conn(), c => sqlx::query_scalar(DUE).bind(now.0).fetch_optional(&mut **c).await?);
        drop(reader);
        let Some(id) = due else { return Ok(None) };
        let mut tx = db.write().await?;
        if execute!(tx.conn(), STALE, id) == 0 {
            break (id, tx);
        }
        tx.commit().await?;
    };
    let claimed: Option<DueRow> = on!(tx.conn(), c => sqlx::query_as(CLAIM)
        .bind(id).bind(node).bind(now.0).bind(now.plus_us(lease_us).0).fetch_optional(&mut **c).await?);
    tx.commit().await?;
    Ok(claimed.map(|row| DueMail {
        id: row.id,
        at: row.at,
        kind: row.kind,
        recipient: row.recipient,
        content: Content { subject: row.subject, text: row.body_text, html: row.body_html },
        is_private: row.is_private,
        tries: row.tries,
    }))
}

/// The files that go with a mail, in their order.
pub async fn attachments(db: &Db, id: i64) -> Result<Vec<Attachment>, StoreError> {
    const ATTACHMENTS: &str =
        "select name, media_type, content from mail_attachments where mail_id = $1 order by place";
    let mut reader = db.read().await?;
    let rows: Vec<(String, String, Vec<u8>)> =
        on!(reader.conn(), c => sqlx::query_as(ATTACHMENTS).bind(id).fetch_all(&mut **c).await?);
    Ok(rows.into_iter().map(|(name, media_type, content)| Attachment { name, media_type, content }).collect())
}

/// Notes that a mail is sent, and forgets what it said. False when the lease had gone to another node.
pub async fn mark_sent(mut conn: Conn<'_>, id: i64, node: &str, at: Moment) -> Result<bool, StoreError> {
    const SENT: &str =
        "update mails set state = 'sent', sent_at = $3, body_text = '', body_html = '', last_error = null,
            lease_until = null, lease_by = null
        where id = $1 and state = 'waiting' and lease_by = $2";
    let marked = execute!(conn, SENT, id, node, at.0);
    if marked == 1 {
        execute!(conn, "delete from mail_attachments where mail_id = $1", id);
    }
    Ok(marked == 1)
}

/// Notes a failed attempt: the mail is tried again at `retry_at`, or given up where there is none. False when the lease
/// had gone to another node.
pub async fn mark_failed(
    mut conn: Conn<'_>,
    id: i64,
    node: &str,
    error: &str,
    retry_at: Option<Moment>,
) -> Result<bool, StoreError> {
    const FAILED: &str = "update mails set state = case when $4 is null then 'failed' else state end,
            next_try_at = coalesce($4, next_try_at), last_error = $3, lease_until = null, lease_by = null
        where id = $1 and state = 'waiting' and lease_by = $2";
    let marked = execute!(conn, FAILED, id, node, error, retry_at.map(|at| at.0));
    Ok(marked == 1)
}

/// Retries a mail that was given up. False when there is no such mail.
pub async fn retry(mut conn: Conn<'_>, id: i64, now: Moment) -> Result<bool, StoreError> {
    const RETRY: &str = "update mails set state = 'waiting', tries = 0, next_try_at = $2
        where id = $1 and state = 'failed'";
    let moved = execute!(conn, RETRY, id, now.0);
    Ok(moved == 1)
}

/// Removes mails that were sent or given up and whose last turn was before a moment. At most `limit` at once; gives their
/// number.
pub async fn remove_old(db: &Db, before: Moment, limit: u32) -> Result<u64, StoreError> {
    const REMOVE: &str = "delete from mails where id in (select id from mails
        where state in ('sent', 'failed') and next_try_at < $1 order by id limit $2)";
    let mut tx = db.write().await?;
    let removed = execute!(tx.conn(), REMOVE, before.0, i64::from(limit));
    tx.commit().await?;
    Ok(removed)
}

/// How many mails wait, and how many were given up.
pub async fn counts(db: &Db) -> Result<Counts, StoreError> {
    const COUNTS: &str = "select cast(coalesce(sum(case when state = 'waiting' then 1 end), 0) as bigint) as waiting,
            cast(coalesce(sum(case when state = 'failed' then 1 end), 0) as bigint) as failed
        from mails where state in ('waiting', 'failed')";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(COUNTS).fetch_one(&mut **c).await?))
}

/// The newest mails below a number, without what they say.
pub async fn list(db: &Db, below_id: Option<i64>, limit: u32) -> Result<Vec<MailLine>, StoreError> {
    const LIST: &str = "select id, at, kind, recipient, subject, state, tries, next_try_at, last_error, sent_at
        from mails where id < $1 order by id desc limit $2";
    let mut reader = db.read().await?;
    Ok(on!(reader.conn(), c => sqlx::query_as(LIST)
        .bind(below_id.unwrap_or(i64::MAX)).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

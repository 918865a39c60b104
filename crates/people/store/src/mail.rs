//! Mails as those see them who look after the site: the heads, never what they say.

use base_db::query::{Query, anywhere};
use base_db::{Conn, StoreError};
use base_records::mail::MailLine;

/// A page of mails, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The mails.
    pub mails: Vec<MailLine>,
    /// Where the next page begins: below this number.
    pub next: Option<i64>,
    /// How many fit the filter in all.
    pub total: i64,
}

/// Which mails.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'f> {
    /// In this state: `waiting`, `sent` or `failed`.
    pub state: Option<&'f str>,
    /// A piece of the recipient or of the subject.
    pub text: Option<&'f str>,
    /// Below this number.
    pub below: Option<i64>,
}

/// A page of the mails, the newest first.
pub async fn list(mut conn: Conn<'_>, filter: Filter<'_>, limit: u32) -> Result<Page, StoreError> {
    let mut query = Query::new(
        "select id, at, kind, recipient, subject, state, cast(tries as bigint) as tries, next_try_at, last_error, sent_at
            from mails",
    );
    query.bind(" where id < ?", [filter.below.unwrap_or(i64::MAX).into()]);
    let mut count = Query::new("select count(*) from mails where 1 = 1");
    for query in [&mut query, &mut count] {
        if let Some(state) = filter.state {
            query.bind(" and state = ?", [state.into()]);
        }
        if let Some(text) = filter.text {
            let pattern = anywhere(&text.to_lowercase());
            query.bind(
                " and (lower(recipient) like ? escape '\\' or lower(subject) like ? escape '\\')",
                [pattern.as_str().into(), pattern.as_str().into()],
            );
        }
    }
    query.bind(" order by id desc limit ?", [i64::from(limit + 1).into()]);
    let mut mails = select_query!(conn, query, MailLine);
    let more = mails.len() > limit as usize;
    mails.truncate(limit as usize);
    let next = mails.last().filter(|_| more).map(|mail| mail.id);
    let total: Vec<(i64,)> = select_query!(conn, count, (i64,));
    Ok(Page { mails, next, total: total.first().map_or(0, |(n,)| *n) })
}

/// How many mails there are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Given up.
    pub failed: i64,
    /// Yet to be sent.
    pub waiting: i64,
    /// Sent.
    pub sent: i64,
}

/// Counts the mails.
pub async fn counts(mut conn: Conn<'_>) -> Result<Counts, StoreError> {
    const COUNTS: &str = "select count(case when state = 'failed' then 1 end) as failed,
            count(case when state = 'waiting' then 1 end) as waiting, count(case when state = 'sent' then 1 end) as sent
        from mails";
    Ok(on!(conn, c => sqlx::query_as(COUNTS).fetch_one(&mut **c).await?))
}

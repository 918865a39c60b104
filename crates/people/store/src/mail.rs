//! Mails as those see them who look after the site: the heads, never what they say.

use base_db::query::Query;
use base_db::{Conn, StoreError};
use base_records::mail::MailLine;

/// A page of mails, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The mails.
    pub mails: Vec<MailLine>,
    /// Where the next page begins: below this number.
    pub next: Option<i64>,
    /// How many there are in this state.
    pub total: i64,
}

/// A page of the mails in a state (`waiting`, `sent`, `failed`), or of all.
pub async fn list(mut conn: Conn<'_>, state: Option<&str>, below: Option<i64>, limit: u32) -> Result<Page, StoreError> {
    let mut query = Query::new(
        "select id, at, kind, recipient, subject, state, cast(tries as bigint) as tries, next_try_at, last_error, sent_at
            from mails",
    );
    query.bind(" where id < ?", [below.unwrap_or(i64::MAX).into()]);
    let mut count = Query::new("select count(*) from mails where 1 = 1");
    for query in [&mut query, &mut count] {
        if let Some(state) = state {
            query.bind(" and state = ?", [state.into()]);
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

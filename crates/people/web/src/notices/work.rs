//! What the page, the API and the live feed of notices share. Everybody sees their own alone.

use base_core::permission::HOME_READ;
use base_web::error::Problem;
use base_web::session::Caller;
use people_store::notification;
use people_store::notification::Notice;

use crate::state::People;

/// Notices on a page.
pub const LIMIT: u32 = 50;

/// A page of one's own notices, the newest first, and where the next page begins.
pub async fn page(
    app: &People,
    caller: &Caller,
    only_unread: bool,
    below: Option<&str>,
) -> Result<(Vec<Notice>, Option<i64>), Problem> {
    caller.must(HOME_READ)?;
    let wrong = |_| Problem::field("cursor", "This cursor is not valid. Start again without one.");
    let below = below.filter(|text| !text.is_empty()).map(str::parse::<i64>).transpose().map_err(wrong)?;
    let mut reader = app.db.read().await?;
    let mut notices = notification::list(reader.conn(), caller.person.id, only_unread, below, LIMIT + 1).await?;
    let more = notices.len() > LIMIT as usize;
    notices.truncate(LIMIT as usize);
    let next = notices.last().filter(|_| more).map(|notice| notice.id);
    Ok((notices, next))
}

/// How many of one's own notices are unread.
pub async fn unread(app: &People, caller: &Caller) -> Result<i64, Problem> {
    caller.must(HOME_READ)?;
    let mut reader = app.db.read().await?;
    Ok(notification::unread(reader.conn(), caller.person.id).await?)
}

/// Marks one of one's own notices as read, or all of them.
pub async fn read(app: &People, caller: &Caller, id: Option<i64>) -> Result<u64, Problem> {
    caller.must(HOME_READ)?;
    let mut tx = app.db.write().await?;
    let n = notification::read(tx.conn(), caller.person.id, id, app.clock.now()).await?;
    tx.commit().await?;
    app.notices_changed();
    Ok(n)
}

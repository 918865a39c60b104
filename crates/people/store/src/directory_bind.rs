//! Passwords that go to the directory, counted so that nobody can have an account locked there through us.
//!
//! Invariants: a password is counted before it is sent, on whichever node, and counts as wrong until it was right; a domain
//! forgets wrong passwords some time after the last one, and so do we, not earlier; part of them is kept for devices on
//! which the person signed in before.

use base_core::time::{MINUTE_US, Moment};
use base_db::{Conn, Db, StoreError};

/// How many wrong passwords may be sent, and for how long they count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Of everybody together.
    pub all: i64,
    /// Of devices on which the person has not signed in before.
    pub of_strangers: i64,
    /// Minutes after the last one.
    pub window_minutes: i64,
}

/// What became of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It was right: the domain forgets the wrong ones before it.
    Right,
    /// It was wrong, or nobody knows.
    Wrong,
    /// It was not sent.
    NotAtAll,
}

/// Counts a password that is about to be sent. False where no more may be sent now: then nothing is counted.
pub async fn begin(
    mut conn: Conn<'_>,
    guid: &str,
    (allowance, is_stranger): (Allowance, bool),
    now: Moment,
) -> Result<bool, StoreError> {
    const PUT: &str = "insert into directory_binds (guid, wrong, of_strangers, under_way, last_at)
        values ($1, 0, 0, 0, 0) on conflict (guid) do nothing";
    // On the right side every name stands for the value before.
    const COUNT: &str = "update directory_binds set
            wrong = case when last_at <= $2 then 1 else wrong + 1 end,
            of_strangers = case when last_at <= $2 then $3 else of_strangers + $3 end,
            under_way = case when last_at <= $2 then 1 else under_way + 1 end, last_at = $4
        where guid = $1 and (last_at <= $2 or (wrong < $5 and ($3 = 0 or of_strangers < $6)))";
    if allowance.all < 1 || (is_stranger && allowance.of_strangers < 1) {
        return Ok(false);
    }
    execute!(conn, PUT, guid);
    let since = now.0 - allowance.window_minutes * MINUTE_US;
    let counted =
        execute!(conn, COUNT, guid, since, i64::from(is_stranger), now.0, allowance.all, allowance.of_strangers);
    Ok(counted == 1)
}

/// Notes what became of one that was counted.
pub async fn end(
    mut conn: Conn<'_>,
    guid: &str,
    (sent, is_stranger): (Sent, bool),
    now: Moment,
) -> Result<(), StoreError> {
    // Those that are still under way may arrive after the right one: they stay counted.
    const RIGHT: &str = "update directory_binds set wrong = case when under_way > 1 then under_way - 1 else 0 end,
            of_strangers = case when of_strangers < under_way - 1 then of_strangers
                when under_way > 1 then under_way - 1 else 0 end,
            under_way = case when under_way > 1 then under_way - 1 else 0 end
        where guid = $1";
    const WRONG: &str = "update directory_binds set under_way = case when under_way > 1 then under_way - 1 else 0 end,
            last_at = $2
        where guid = $1";
    const NOT_AT_ALL: &str = "update directory_binds set wrong = case when wrong > 1 then wrong - 1 else 0 end,
            of_strangers = case when of_strangers > $2 then of_strangers - $2 else 0 end,
            under_way = case when under_way > 1 then under_way - 1 else 0 end
        where guid = $1";
    match sent {
        Sent::Right => execute!(conn, RIGHT, guid),
        Sent::Wrong => execute!(conn, WRONG, guid, now.0),
        Sent::NotAtAll => execute!(conn, NOT_AT_ALL, guid, i64::from(is_stranger)),
    };
    Ok(())
}

/// Forgets what no domain remembers any more.
pub async fn forget_old(db: &Db, window_minutes: i64, now: Moment) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    let since = now.0 - window_minutes * MINUTE_US;
    execute!(tx.conn(), "delete from directory_binds where last_at <= $1", since);
    tx.commit().await
}

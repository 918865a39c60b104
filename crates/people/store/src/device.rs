//! Devices: stations and gates that a site knows by name.
//!
//! Invariants: a name stands for one device at a time; a code enrols one device, once; one that was revoked stays in the
//! list and is never known again.

use base_core::account::AccountId;
use base_core::time::{MINUTE_US, Moment};
use base_db::{Conn, StoreError};

/// Most devices that a list shows.
pub const DEVICES_MAX: u32 = 500;

/// A device as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DeviceLine {
    /// Its number.
    pub id: i64,
    /// Its name, which stands beside what is scanned on it.
    pub name: String,
    /// When it was made, in microseconds.
    pub created_at: i64,
    /// Until when its code enrols a device, in microseconds.
    pub enrol_until: Option<i64>,
    /// When a device was enrolled, in microseconds.
    pub enrolled_at: Option<i64>,
    /// When somebody last signed in on it, in microseconds.
    pub seen_at: Option<i64>,
    /// When it was revoked, in microseconds.
    pub revoked_at: Option<i64>,
}

/// A device that is known.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Device {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// A new device.
#[derive(Clone, Copy, Debug)]
pub struct NewDevice<'d> {
    /// Its name.
    pub name: &'d str,
    /// Who made it.
    pub by: AccountId,
    /// The hash of the code that enrols it.
    pub enrol_hash: &'d str,
    /// Until when the code is good.
    pub enrol_until: Moment,
}

/// Makes a device and returns its number; `None` when the name is taken.
pub async fn create(mut conn: Conn<'_>, new: NewDevice<'_>, now: Moment) -> Result<Option<i64>, StoreError> {
    const CREATE: &str = "insert into devices (name, name_folded, created_at, created_by, enrol_hash, enrol_until)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning id";
    Ok(on!(conn, c => sqlx::query_scalar(CREATE)
        .bind(new.name).bind(new.name.to_lowercase()).bind(now.0).bind(new.by).bind(new.enrol_hash)
        .bind(new.enrol_until.0).fetch_optional(&mut **c).await?))
}

/// Gives a device a new code, so that another machine can take its place. False when there is no such device.
pub async fn renew(mut conn: Conn<'_>, id: i64, (enrol_hash, enrol_until): (&str, Moment)) -> Result<bool, StoreError> {
    const RENEW: &str = "update devices set enrol_hash = $2, enrol_until = $3 where id = $1 and revoked_at is null";
    Ok(execute!(conn, RENEW, id, enrol_hash, enrol_until.0) == 1)
}

/// The device that a code would enrol now.
pub async fn to_enrol(mut conn: Conn<'_>, enrol_hash: &str, now: Moment) -> Result<Option<Device>, StoreError> {
    const FIND: &str = "select id, name from devices
        where enrol_hash = $1 and enrol_until > $2 and revoked_at is null";
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(enrol_hash).bind(now.0).fetch_optional(&mut **c).await?))
}

/// Enrols a device by its code: it is known by a token from now on, and whatever had its name before is not.
pub async fn enrol(
    mut conn: Conn<'_>,
    (enrol_hash, token_hash): (&str, &str),
    now: Moment,
) -> Result<Option<Device>, StoreError> {
    const ENROL: &str = "update devices set enrol_hash = null, enrol_until = null, token_hash = $2, enrolled_at = $3
        where enrol_hash = $1 and enrol_until > $3 and revoked_at is null returning id, name";
    Ok(on!(conn, c => sqlx::query_as(ENROL)
        .bind(enrol_hash).bind(token_hash).bind(now.0).fetch_optional(&mut **c).await?))
}

/// The device of a token.
pub async fn find(mut conn: Conn<'_>, token_hash: &str) -> Result<Option<Device>, StoreError> {
    const FIND: &str = "select id, name from devices where token_hash = $1 and revoked_at is null";
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(token_hash).fetch_optional(&mut **c).await?))
}

/// Notes that a device is in use, at most once a minute.
pub async fn touch(mut conn: Conn<'_>, id: i64, now: Moment) -> Result<(), StoreError> {
    const TOUCH: &str = "update devices set seen_at = $2 where id = $1 and (seen_at is null or seen_at < $3)";
    execute!(conn, TOUCH, id, now.0, now.0 - MINUTE_US);
    Ok(())
}

/// Revokes a device and returns its name; `None` when there is none that was not revoked.
pub async fn revoke(mut conn: Conn<'_>, id: i64, now: Moment) -> Result<Option<String>, StoreError> {
    const REVOKE: &str = "update devices set revoked_at = $2, enrol_hash = null, enrol_until = null, token_hash = null
        where id = $1 and revoked_at is null returning name";
    Ok(on!(conn, c => sqlx::query_scalar(REVOKE).bind(id).bind(now.0).fetch_optional(&mut **c).await?))
}

/// The devices, those in use first, by name.
pub async fn list(mut conn: Conn<'_>) -> Result<Vec<DeviceLine>, StoreError> {
    const LIST: &str = "select id, name, created_at, enrol_until, enrolled_at, seen_at, revoked_at from devices
        order by case when revoked_at is null then 0 else 1 end, name_folded, id limit $1";
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(i64::from(DEVICES_MAX)).fetch_all(&mut **c).await?))
}

//! What the page and the API of settings share.

use base_core::setting::{CUSTOMER_IDLE_MINUTES, CUSTOMER_SESSION_MINUTES, IDLE_MINUTES, SESSION_MINUTES};
use base_records::setting;
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::stored::Offered;
use people_rules::permission::SETTING_MANAGE;
use people_rules::setting::CUSTOMER_KICK;
use people_rules::trail::{CUSTOMER, SETTING};
use people_store::{By, idle};

use crate::state::People;

/// A setting with its present value.
pub struct Present<'a> {
    /// The setting.
    pub offered: &'a Offered,
    /// What it is now.
    pub value: String,
    /// True where somebody has set it.
    pub is_set: bool,
}

/// Every setting.
pub async fn all<'a>(app: &'a People, caller: &Caller) -> Result<Vec<Present<'a>>, Problem> {
    caller.must(SETTING_MANAGE)?;
    app.stored.refresh(&app.db).await?;
    let present = |offered: &'a Offered| Present {
        offered,
        value: app.stored.value(&offered.declared),
        is_set: app.stored.set_value(offered.declared.name).is_some(),
    };
    Ok(app.stored.offered().iter().map(present).collect())
}

/// Sets a value. False when it was that already.
pub async fn put(app: &People, caller: &Caller, name: &str, text: &str) -> Result<bool, Problem> {
    caller.must(SETTING_MANAGE)?;
    let offered = app.stored.find(name).filter(|offered| offered.declared.page.is_empty());
    let declared = offered.ok_or_else(|| Problem::not_found("This setting"))?.declared;
    let value = declared.read(text).map_err(|bad| Problem::field("value", bad.to_string()))?;
    must_fit(app, declared.name, &value)?;
    if declared.name == CUSTOMER_KICK.name {
        return switch_kick(app, caller, value == "true").await;
    }
    let origin = caller.origin(None);
    let mut tx = app.db.write().await?;
    let changed = setting::put(tx.conn(), declared.name, &value, app.clock.now(), &origin).await?;
    tx.commit().await?;
    app.stored.refresh(&app.db).await?;
    Ok(changed)
}

/// Has idle customers signed out from now on, or not any more. False when it was that already.
pub async fn switch_kick(app: &People, caller: &Caller, is_on: bool) -> Result<bool, Problem> {
    let (origin, now) = (caller.origin(None), app.clock.now());
    let value = (CUSTOMER_KICK.name, if is_on { "true" } else { "false" });
    let mut tx = app.db.write().await?;
    let changed = setting::put_as(tx.conn(), (SETTING, CUSTOMER), value, now, &origin).await?;
    tx.commit().await?;
    app.stored.refresh(&app.db).await?;
    if changed && is_on {
        end_idle_customers(app, caller).await?;
    }
    Ok(changed)
}

/// Whoever switches it on sees it work at once; from then on a job does it.
async fn end_idle_customers(app: &People, caller: &Caller) -> Result<(), Problem> {
    let origin = caller.origin(None);
    let by = By { at: app.clock.now(), origin: &origin };
    let mut tx = app.db.write().await?;
    idle::end_customers(tx.conn(), app.stored.number(&CUSTOMER_IDLE_MINUTES), by).await?;
    tx.commit().await?;
    app.rights_changed();
    Ok(())
}

/// A session that may be idle for longer than it lasts at all contradicts itself.
fn must_fit(app: &People, name: &str, value: &str) -> Result<(), Problem> {
    let number = |declared| app.stored.number(declared);
    let value: i64 = value.parse().unwrap_or_default();
    let (idle, absolute) = match name {
        _ if name == IDLE_MINUTES.name => (value, number(&SESSION_MINUTES)),
        _ if name == SESSION_MINUTES.name => (number(&IDLE_MINUTES), value),
        _ if name == CUSTOMER_IDLE_MINUTES.name => (value, number(&CUSTOMER_SESSION_MINUTES)),
        _ if name == CUSTOMER_SESSION_MINUTES.name => (number(&CUSTOMER_IDLE_MINUTES), value),
        _ => return Ok(()),
    };
    if idle > absolute {
        return Err(Problem::field("value", "A session cannot be idle for longer than it lasts."));
    }
    Ok(())
}

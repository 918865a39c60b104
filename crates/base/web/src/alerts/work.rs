//! What the page and the API of alerts share.

use base_core::permission::{HEALTH_READ, SITE_MAINTAIN};
use base_health::tell::Teller;
use base_records::alert::{self, Alert, CallCounts};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::cursor::{self, Given};
use crate::error::Problem;
use crate::session::Caller;

/// How many alerts a page shows.
const LISTED: u32 = 50;

/// Where a page begins.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A page of alerts, the newest first, and the cursor of the next.
pub async fn page(app: &App, caller: &Caller, query: &ListQuery) -> Result<(Vec<Alert>, Option<String>), Problem> {
    caller.must(HEALTH_READ)?;
    let below = cursor::read(app, caller, Given::of(query.cursor.as_deref()), |text| text.parse().ok())?;
    let mut alerts = alert::list(app.db.read().await?.conn(), below, LISTED + 1).await?;
    let more = alerts.len() > LISTED as usize;
    alerts.truncate(LISTED as usize);
    let next = alerts.last().filter(|_| more).map(|alert| cursor::write(app, caller, &alert.id.to_string()));
    Ok((alerts, next))
}

/// Calls of the webhook that are not made, and what went wrong last.
#[derive(Debug, Default)]
pub struct Calls {
    /// How many.
    pub counts: CallCounts,
    /// The fault of the newest that waits or was given up.
    pub last_error: Option<String>,
}

/// What is known of the webhook's calls.
pub async fn calls(app: &App, caller: &Caller) -> Result<Calls, Problem> {
    caller.must(HEALTH_READ)?;
    let mut reader = app.db.read().await?;
    let counts = alert::call_counts(reader.conn()).await?;
    Ok(Calls { counts, last_error: alert::last_call_error(reader.conn()).await? })
}

/// Tells everybody who is told of alerts that this is a trial.
pub async fn try_out(app: &App, caller: &Caller) -> Result<(), Problem> {
    caller.must(SITE_MAINTAIN)?;
    let settings = &app.settings;
    let teller = Teller {
        telling: settings.watch.alerts.clone(),
        outbox: settings.outbox,
        base_url: settings.base_url.clone(),
        zone: settings.zone.clone(),
    };
    let origin = caller.origin(None);
    let mut tx = app.db.write().await?;
    teller.try_out(tx.conn(), &origin, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

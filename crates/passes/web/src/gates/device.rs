//! What a device at a gate asks for: who stands there and how the event is, a snapshot to decide by itself without a
//! network, and guests by name.
//!
//! Invariant: a snapshot names nobody and holds no secret. It says which passes there are, how they stand, and by what the
//! device knows the codes of either format: a public key, and a hash of each signature.

use axum::Json;
use axum::extract::{Path, State};
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use passes_rules::event::EventState;
use passes_rules::payload::Keyring;
use passes_rules::permission::{PASS_REDEEM, PASS_UNDO_ENTRY};
use passes_store::event::EventLine;
use passes_store::gate::{self, SnapshotRow};
use passes_store::{conflict, counts};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work::search_text;
use crate::events::work::find;
use crate::state::Passes;

/// Passes in one answer of a snapshot.
const SNAPSHOT_MAX: u32 = 5_000;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Passes> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(passes)).routes(routes!(guests))
}

/// A gate: who stands there, and how its event is.
#[derive(Serialize, ToSchema)]
pub struct GateInfo {
    /// The account's number.
    id: i64,
    /// What pages call the person.
    name: String,
    /// Send it as X-CSRF-Token with every change; empty for tokens.
    csrf: String,
    locale: String,
    can_redeem: bool,
    can_undo: bool,
    event: GateEvent,
    /// How many people came in.
    admitted: i64,
    /// How many of them are inside.
    inside: i64,
    /// Conflicts that nobody has settled.
    conflicts: i64,
    /// The time of this answer (RFC 3339).
    now: String,
    /// The public keys of the compact code.
    keys: Vec<GateKey>,
}

/// The event of a gate.
#[derive(Serialize, ToSchema)]
pub struct GateEvent {
    id: i64,
    name: String,
    place: String,
    /// `draft`, `on_sale`, `open` or `closed`.
    state: &'static str,
    /// When it begins and ends (RFC 3339); null if nobody said so.
    starts_at: Option<String>,
    ends_at: Option<String>,
    /// How long before the beginning the gate opens.
    early_minutes: i64,
    /// True where the two of a pass may come one by one.
    one_by_one: bool,
    /// True where people may leave and come back.
    re_entry: bool,
    /// Most people inside.
    inside_max: Option<i64>,
}

/// A public key.
#[derive(Serialize, ToSchema)]
pub struct GateKey {
    id: u16,
    /// The key, 64 hexadecimal digits.
    public: String,
    /// True when codes that it signed are no longer taken.
    is_revoked: bool,
}

/// Tells who stands at a gate, and how its event is.
#[utoipa::path(get, path = "/api/v1/gate/events/{event}", extensions(("x-permission" = json!(PASS_REDEEM.name()))),
    params(("event" = i64, Path, description = "The event's number.")), responses(
    (status = 200, description = "The gate.", body = GateInfo)))]
pub async fn show(
    State(app): State<Passes>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<GateInfo>, Problem> {
    caller.must(PASS_REDEEM)?;
    let line = find(&app, &caller, &id).await?;
    let mut reader = app.db.snapshot().await?;
    let counted = counts::of(reader.conn(), line.id).await?;
    let conflicts = conflict::open(reader.conn(), line.id).await?;
    drop(reader);
    Ok(Json(GateInfo {
        id: caller.person.id,
        name: caller.person.name.clone(),
        can_redeem: true,
        can_undo: caller.person.may(PASS_UNDO_ENTRY),
        event: GateEvent::of(&line),
        admitted: counted.admitted,
        inside: counted.inside,
        conflicts,
        now: app.clock.now().rfc3339(),
        keys: keys(&app.keys),
        locale: caller.locale,
        csrf: caller.csrf,
    }))
}

impl GateEvent {
    fn of(line: &EventLine) -> Self {
        let EventLine { id, details, state, .. } = line;
        Self {
            id: *id,
            name: details.name.clone(),
            place: details.place.clone(),
            state: EventState::name(*state),
            starts_at: details.starts_at.map(Moment::rfc3339),
            ends_at: details.ends_at.map(Moment::rfc3339),
            early_minutes: details.early_minutes,
            one_by_one: details.one_by_one,
            re_entry: details.re_entry,
            inside_max: details.inside_max,
        }
    }
}

fn keys(keys: &Keyring) -> Vec<GateKey> {
    let of = |key: &passes_rules::payload::compact::CompactKey| GateKey {
        id: key.id(),
        public: key.public(),
        is_revoked: key.is_revoked,
    };
    keys.compact.all().iter().map(of).collect()
}

/// Where a page of a snapshot begins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SnapshotQuery {
    /// The `next` of the page before.
    #[serde(default)]
    #[param(max_length = 64)]
    after: Option<String>,
}

/// Passes of an event, as a device keeps them.
#[derive(Serialize, ToSchema)]
pub struct Snapshot {
    /// When this was read (RFC 3339): how old the device's knowledge is.
    taken_at: String,
    passes: Vec<SnapshotPass>,
    /// Pass as `after` to see the next passes; null when there are none.
    next: Option<String>,
}

/// A pass, without its guest.
#[derive(Serialize, ToSchema)]
pub struct SnapshotPass {
    id: String,
    /// 1 or 2.
    people: i64,
    /// How many people got in with it.
    admitted: i64,
    /// How many of them are inside.
    inside: i64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cancelled: bool,
    /// Codes that were made before this minute since 1970 are no longer taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
    /// The SHA-256 of each signature that its E-Pass code may have, base64url; none where that code is no longer taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<String>,
}

/// A part of the snapshot of an event, at most 5,000 passes.
#[utoipa::path(get, path = "/api/v1/gate/events/{event}/passes",
    extensions(("x-permission" = json!(PASS_REDEEM.name()))),
    params(("event" = i64, Path, description = "The event's number."), SnapshotQuery), responses(
    (status = 200, description = "The passes.", body = Snapshot)))]
pub async fn passes(
    State(app): State<Passes>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(query): Parameters<SnapshotQuery>,
) -> Result<Json<Snapshot>, Problem> {
    caller.must(PASS_REDEEM)?;
    let event = find(&app, &caller, &id).await?;
    let taken_at = app.clock.now().rfc3339();
    let rows = gate::snapshot(app.db.read().await?.conn(), event.id, query.after.as_deref(), SNAPSHOT_MAX).await?;
    let next = rows.last().filter(|_| rows.len() == SNAPSHOT_MAX as usize).map(|row| row.pass_id.clone());
    let passes = rows.into_iter().map(|row| of_row(row, &app.keys)).collect();
    Ok(Json(Snapshot { taken_at, passes, next }))
}

fn of_row(row: SnapshotRow, keys: &Keyring) -> SnapshotPass {
    use base_core::time::MINUTE_US;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let hash = |secret: &passes_rules::payload::epass::EpassSecret| {
        URL_SAFE_NO_PAD.encode(Sha256::digest(secret.sign(&row.pass_id)))
    };
    // The code of E-Pass says no time, so after a change of the pass it is no longer taken.
    let hashes = if row.codes_since.is_some() { Vec::new() } else { keys.epass.iter().map(hash).collect() };
    SnapshotPass {
        people: if row.kind == "COUPLE" { 2 } else { 1 },
        admitted: row.admitted,
        inside: row.inside,
        cancelled: row.is_cancelled,
        since: row.codes_since.map(|since| since.div_euclid(MINUTE_US)),
        hashes,
        id: row.pass_id,
    }
}

/// What a guest is called, or their phone number.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GuestsQuery {
    /// At least three characters of a name, or all ten digits of a phone number.
    #[serde(default)]
    #[param(max_length = 100)]
    q: String,
}

/// Guests who were found.
#[derive(Serialize, ToSchema)]
pub struct FoundGuests {
    /// At most 20.
    passes: Vec<FoundGuest>,
}

/// A guest with their pass.
#[derive(Serialize, ToSchema)]
pub struct FoundGuest {
    id: String,
    name1: String,
    name2: Option<String>,
    /// `SINGLE` or `COUPLE`.
    kind: String,
    /// How many people got in with it.
    admitted: i64,
}

/// Finds passes by the name or the whole phone number of their guest.
#[utoipa::path(get, path = "/api/v1/gate/events/{event}/guests",
    extensions(("x-permission" = json!(PASS_REDEEM.name()))),
    params(("event" = i64, Path, description = "The event's number."), GuestsQuery), responses(
    (status = 200, description = "What was found.", body = FoundGuests)))]
pub async fn guests(
    State(app): State<Passes>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(query): Parameters<GuestsQuery>,
) -> Result<Json<FoundGuests>, Problem> {
    caller.must(PASS_REDEEM)?;
    let event = find(&app, &caller, &id).await?;
    let found = match search_text(&query.q)? {
        Some(text) => gate::search(app.db.read().await?.conn(), event.id, text).await?,
        None => Vec::new(),
    };
    let of = |pass: gate::FoundPass| FoundGuest {
        id: pass.pass_id,
        name1: pass.name1,
        name2: pass.name2,
        kind: pass.kind,
        admitted: pass.admitted,
    };
    Ok(Json(FoundGuests { passes: found.into_iter().map(of).collect() }))
}

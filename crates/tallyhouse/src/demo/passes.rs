//! An event tonight: 300 passes sold over the last ten days, and half of the guests are in.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::{Context, ensure};
use base_core::audit::Origin;
use base_core::entropy;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::{DAY_US, HOUR_US, MINUTE_US, Moment, SECOND_US};
use passes_rules::event::{EARLY_MINUTES, EventDetails, EventId, EventState, Prices};
use passes_rules::pass::{Details, PassKind, PaymentMode};
use passes_rules::payload::Keyring;
use passes_rules::redeem::{Action, MayScan};
use passes_store::event::{self, By};
use passes_store::sale::{self, NewPass, Sold};
use passes_work::{GateScan, Shown};
use uuid::Builder;

use super::{DemoPeople, SetClock};
use crate::site::Site;

/// Passes that are sold.
const PASSES: usize = 300;
/// How long ago the first was sold.
const SOLD_SINCE_US: i64 = 10 * DAY_US;
/// How long ago the gate opened.
const OPEN_SINCE_US: i64 = 90 * MINUTE_US;
const FIRST_NAMES: [&str; 10] =
    ["Aditya", "Riya", "Diya", "Kabir", "Ananya", "Vivaan", "Ishita", "Rohan", "Saanvi", "Arjun"];
const LAST_NAMES: [&str; 6] = ["Joshi", "Mehta", "Patel", "Sharma", "Reddy", "Iyer"];
const SLOT: &str = "7:00 PM - 11:00 PM";

/// Creates it.
pub async fn create(site: &Site, people: &DemoPeople, clock: &Arc<SetClock>) -> anyhow::Result<()> {
    let now = site.now();
    let of = |role| people.people.iter().find(|person| person.role == role).context("the demo has each role");
    let (organiser, steward) = (of(Role::Organiser)?, of(Role::Steward)?);
    let origin = |person: &super::people::DemoPerson, gate: &str| Origin {
        realm: Realm::Staff,
        actor: Some(person.id),
        address: "127.0.0.1".into(),
        agent: "demo".into(),
        request_id: entropy::new_id(&*site.entropy, now).to_string(),
        station: (!gate.is_empty()).then(|| gate.to_owned()),
    };
    let sells = origin(organiser, "");
    let began = now.plus_us(-SOLD_SINCE_US);
    let id = event::create(&site.db, &tonight(now), EventState::Open, None, By { at: began, origin: &sells }).await?;
    event::assign(&site.db, id, steward.id, true, By { at: began, origin: &sells }).await?;
    let passes = sell(site, id, now, &sells).await?;
    let (desk, tasks) = passes_work::open(&site.db, clock.clone(), Arc::new(Keyring::default()));
    for (n, pass) in passes.iter().enumerate().filter(|(n, _)| n % 2 == 0) {
        let at = now.plus_us(-OPEN_SINCE_US + i64::try_from(n)? * 17 * SECOND_US);
        clock.0.store(at.0, Ordering::SeqCst);
        let scan = GateScan {
            id: entropy::new_id(&*site.entropy, at),
            client_at: at,
            action: Action::Admit,
            shown: Shown::Pass(pass.clone()),
            event: Some(id),
            may: MayScan::All,
            people: None,
            device: None,
            offline: None,
            reason: None,
        };
        let gate = if n % 3 == 0 { "south" } else { "north" };
        desk.submit(steward.actor(), Arc::new(origin(steward, gate)), vec![scan]).await?;
    }
    drop(desk);
    tasks.finish().await;
    Ok(())
}

fn tonight(now: Moment) -> EventDetails {
    EventDetails {
        name: "Diwali Night".into(),
        place: "Town Hall".into(),
        starts_at: Some(now.plus_us(HOUR_US)),
        ends_at: Some(now.plus_us(5 * HOUR_US)),
        early_minutes: EARLY_MINUTES,
        slots: SLOT.into(),
        prices: Prices::default(),
        capacity: Some(500),
        organiser: "Town Hall events".into(),
        terms: "One entry for each code. Keep its picture to yourself.".into(),
        colour: "#667eea".into(),
        colour_end: "#764ba2".into(),
        ..EventDetails::default()
    }
}

async fn sell(site: &Site, event: EventId, now: Moment, origin: &Origin) -> anyhow::Result<Vec<String>> {
    let mut passes = Vec::with_capacity(PASSES);
    for n in 0..PASSES {
        let at = now.plus_us(-SOLD_SINCE_US + i64::try_from(n)? * (SOLD_SINCE_US - HOUR_US) / i64::try_from(PASSES)?);
        let id = Builder::from_random_bytes(entropy::bytes(&*site.entropy)).into_uuid().to_string();
        let details = guest(n);
        let amount = Prices::default().of(details.kind);
        let new = NewPass { id: &id, event, details: &details, amount };
        let sold = sale::sell(&site.db, new, By { at, origin }).await?;
        ensure!(sold == Sold::Done, "pass {n} of the demo: {sold:?}");
        passes.push(id);
    }
    Ok(passes)
}

fn guest(n: usize) -> Details {
    let last = LAST_NAMES[n % LAST_NAMES.len()];
    let is_couple = n % 3 == 1;
    let is_online = n.is_multiple_of(4);
    Details {
        name1: format!("{} {last}", FIRST_NAMES[n % FIRST_NAMES.len()]),
        phone1: format!("90000{n:05}"),
        name2: is_couple.then(|| format!("{} {last}", FIRST_NAMES[(n + 3) % FIRST_NAMES.len()])),
        phone2: is_couple.then(|| format!("80000{n:05}")),
        kind: if is_couple { PassKind::Couple } else { PassKind::Single },
        timing: SLOT.into(),
        mode: if is_online { PaymentMode::Online } else { PaymentMode::Cash },
        txn_info: is_online.then(|| format!("UPI {n:06}")),
    }
}

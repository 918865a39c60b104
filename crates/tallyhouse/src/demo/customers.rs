//! The customers of the demo: one sees the stock of one customer of the ERP, one that of several, one everything. They have
//! signed in over the last two weeks.

use std::path::Path;

use anyhow::Context;
use base_core::account::AccountId;
use base_core::audit::Origin;
use base_core::realm::Realm;
use base_core::time::{DAY_US, HOUR_US, MINUTE_US, Moment};
use base_db::Tx;
use base_records::audit::Record;
use base_records::session::Session;
use base_records::{account, audit, session};
use base_secret::Token;
use people_rules::trail::session_entry;
use people_store::{By, customer};
use portal_erp::demo::{CUSTOMERS, Sizes, write};
use portal_erp::{Limits, Place, Settings, WhichShape};
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;
use portal_store::scope;

use crate::site::{Site, command_line};

/// E-mails, names, and the places of what they see in the list of the ERP's customers; none for everything.
const PEOPLE: [(&str, &str, &[usize]); 3] = [
    ("ana@acme.example", "Ana Reyes", &[0]),
    ("ben@goods.example", "Ben Carter", &[1, 7, 11]),
    ("chris@wholesale.example", "Chris Lindqvist", &[]),
];
/// Since when they are customers.
const HERE_SINCE_US: i64 = 40 * DAY_US;
/// Over how many days they have signed in.
const DAYS: i64 = 13;

/// Writes the ERP of the demo, and gives the settings that read it.
pub async fn erp(file: &Path, now: Moment, site_zone: &jiff::tz::TimeZone) -> anyhow::Result<Settings> {
    let today = jiff::Timestamp::from_microsecond(now.0)?.to_zoned(site_zone.clone()).date();
    write(file, Sizes::demo(today)).await?;
    let place = Place::Sqlite(file.to_owned());
    Ok(Settings { place, shape: WhichShape::Deacom, limits: Limits::default() })
}

/// Creates the customers, with their sign-ins and a session of each that is still open. Gives their e-mails.
pub async fn create(site: &Site, password: &str) -> anyhow::Result<Vec<&'static str>> {
    let hash = base_secret::hash_password(password, &*site.entropy);
    let (now, origin) = (site.now(), command_line());
    let mut tx = site.db.write().await?;
    for (n, (email, name, places)) in (1_i64..).zip(PEOPLE) {
        let by = By { at: now.plus_us(-HERE_SINCE_US), origin: &origin };
        let also = serde_json::Map::new();
        let checked = customer::check(email, name).context("an e-mail of the demo")?;
        let id =
            customer::create(tx.conn(), &checked, (&hash, false), &also, by).await.context("a customer of the demo")?;
        scope::put(tx.conn(), id, &scope_of(places)).await?;
        for day in (0..DAYS).rev().filter(|day| (day + n) % 3 != 0) {
            let at = now.plus_us(-day * DAY_US - n * 47 * MINUTE_US);
            signed_in(&mut tx, (id, email), at).await?;
        }
        let opened = Session {
            realm: Realm::Customer,
            token_hash: Token::new("", &*site.entropy).hash,
            account_id: id,
            address: format!("203.0.113.{n}"),
            agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/133.0".into(),
            created_at: now.plus_us(-n * 20 * MINUTE_US).0,
            seen_at: now.plus_us(-n * MINUTE_US).0,
            expires_at: now.plus_us(8 * HOUR_US).0,
            ..Session::default()
        };
        session::create(tx.conn(), &opened).await?;
    }
    tx.commit().await?;
    Ok(PEOPLE.map(|(email, ..)| email).to_vec())
}

async fn signed_in(tx: &mut Tx, (id, email): (AccountId, &str), at: Moment) -> anyhow::Result<()> {
    let origin = Origin {
        realm: Realm::Customer,
        actor: Some(id),
        address: "203.0.113.7".into(),
        agent: "demo".into(),
        ..Origin::default()
    };
    let entry = session_entry(Realm::Customer, "login_success", email);
    let record = Record { at, entry, origin: &origin };
    audit::insert(tx.conn(), &[record]).await?;
    account::signed_in(tx.conn(), id, at).await?;
    Ok(())
}

fn scope_of(places: &[usize]) -> Scope {
    let chosen = places.iter().map(|place| Customer::keyed(&(place + 1).to_string(), CUSTOMERS[*place]));
    Scope::chosen(places.is_empty(), chosen).unwrap_or_default()
}

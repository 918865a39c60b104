//! The database without the web: the same desk, with the same scans, inside this process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bags_rules::code::{LabelFormat, Labels};
use bags_rules::rules::Rules;
use bags_rules::scan::{Action, Scan};
use bags_work::DeskParts;
use base_core::account::Actor;
use base_core::area::Scope;
use base_core::audit::Origin;
use base_core::entropy::new_id;
use base_core::time::Clock;
use base_db::{Db, OpenOptions};
use base_files::import::intake::blank;
use base_records::import;
use base_records::import::Import;

use crate::system::{SystemClock, SystemEntropy};

/// Scans handed in at once; as many as wait when the server is busy.
const SCANS_AT_ONCE: usize = 100;

/// What the database alone can do.
#[derive(Clone, Copy, Debug)]
pub struct Bare {
    /// Durable commits a second, each with one small change.
    pub commits_per_second: f64,
    /// Scans a second through the desk, in groups of a hundred, without HTTP.
    pub scans_per_second: f64,
}

/// Measures on a database of its own.
pub async fn measure(database: &str, span: Duration) -> anyhow::Result<Bare> {
    let db = Db::open(database, OpenOptions::default()).await?;
    db.migrate(crate::wings::MIGRATIONS).await?;
    let commits_per_second = commits(&db, span / 4).await?;
    let scans_per_second = scans(&db, span).await?;
    db.close().await;
    Ok(Bare { commits_per_second, scans_per_second })
}

async fn commits(db: &Db, span: Duration) -> anyhow::Result<f64> {
    let started = Instant::now();
    let mut done = 0_u32;
    while started.elapsed() < span {
        let mut tx = db.write().await?;
        let import = Import { id: format!("bench-{done}"), kind: "bags".into(), ..blank(SystemClock.now()) };
        import::create(tx.conn(), &import).await?;
        tx.commit().await?;
        done += 1;
    }
    Ok(f64::from(done) / started.elapsed().as_secs_f64())
}

async fn scans(db: &Db, span: Duration) -> anyhow::Result<f64> {
    let labels = Labels::new(vec![LabelFormat { prefix: "SB".into(), digits: 7 }])?;
    let parts = DeskParts {
        db: db.clone(),
        rules: Arc::new(Rules { labels, ..Rules::default() }),
        clock: Arc::new(SystemClock),
        phrase: bags_web::phrase(),
        lanes: 1,
        mailing: None,
    };
    let (desk, tasks) = bags_work::open(&parts);
    let actor = Actor { account: None, scope: Scope::All };
    let origin = Arc::new(Origin::default());
    let started = Instant::now();
    let (mut serial, mut done) = (0_u64, 0_u32);
    while started.elapsed() < span {
        let group: Vec<Scan> = (0..SCANS_AT_ONCE).map(|_| next(&mut serial)).collect();
        done += u32::try_from(desk.submit(actor.clone(), origin.clone(), group).await?.len())?;
    }
    drop(desk);
    tasks.finish().await;
    Ok(f64::from(done) / started.elapsed().as_secs_f64())
}

fn next(serial: &mut u64) -> Scan {
    let (parent, place) = (*serial / 31, *serial % 31);
    let child = *serial;
    *serial += 1;
    let parent = format!("SB{parent:07}");
    let now = SystemClock.now();
    let (action, code, parent) = match place {
        0 => (Action::Parent, parent, None),
        _ => (Action::Child, format!("K{child:010}"), Some(parent)),
    };
    Scan { id: new_id(&SystemEntropy, now), client_at: now, action, code, parent, ..Scan::default() }
}

//! A database of TraitorTrack, a site it is imported into, and what tests look at there.

use std::collections::HashMap;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use bags_rules::code::Code;
use bags_rules::rules::Rules;
use bags_store::{bag, link};
use bags_traitortrack::store::Kind;
use bags_traitortrack::store::traitortrack::Source;
use bags_traitortrack::*;
use base_core::area::{Area, Scope};
use base_core::audit::Origin;
use base_core::entropy::Entropy;
use base_core::permission::Grants;
use base_core::realm::Realm;
use base_db::{Db, scratch};
use base_records::account;
use base_secret::SecretKeys;
use tallyhouse_support::{TestClock, grants};
use uuid::Uuid;

/// A database of TraitorTrack on the tests' server, and the data for it.
pub struct Earlier {
    pub address: String,
}

impl Earlier {
    /// `None` when there is no server.
    pub async fn new() -> Option<Self> {
        let Ok(server) = std::env::var("TALLYHOUSE_TEST_POSTGRES") else {
            eprintln!("left out: TraitorTrack's database is PostgreSQL, and TALLYHOUSE_TEST_POSTGRES names none");
            return None;
        };
        let mut bytes = [0; 16];
        rand::fill(&mut bytes);
        let name = format!("tt_{}", Uuid::from_bytes(bytes).simple());
        Some(Self { address: scratch::create(&server, &name).await.unwrap() })
    }

    /// The dump that TraitorTrack wrote itself.
    pub async fn dump() -> Option<Self> {
        let earlier = Self::new().await?;
        let unpacked = Command::new("gunzip").arg("-c").arg(data("traitortrack.sql.gz")).output().unwrap();
        assert!(unpacked.status.success());
        earlier.feed(&unpacked.stdout);
        Some(earlier)
    }

    /// The one with every fault.
    pub async fn nasty() -> Option<Self> {
        let earlier = Self::new().await?;
        earlier.feed_file("traitortrack_nasty.sql");
        Some(earlier)
    }

    /// One with the tables of the oldest databases, without an index, and without a row.
    pub async fn bare() -> Option<Self> {
        let earlier = Self::new().await?;
        let nasty = std::fs::read_to_string(data("traitortrack_nasty.sql")).unwrap();
        let tables = nasty.split("\ninsert into").next().unwrap();
        earlier.feed(tables.replace("serial primary key", "int").as_bytes());
        Some(earlier)
    }

    pub fn feed_file(&self, name: &str) {
        self.feed(&std::fs::read(data(name)).unwrap());
    }

    pub fn feed(&self, statements: &[u8]) {
        let statements = [b"set search_path to production, public;\n", statements].concat();
        let mut command = Command::new(psql());
        command.args(["-q", "-X", "-v", "ON_ERROR_STOP=1", "-d", &self.address]);
        let mut running = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        running.stdin.take().unwrap().write_all(&statements).unwrap();
        assert!(running.wait().unwrap().success());
    }

    pub async fn open(&self) -> Source {
        Source::open(&self.address, None).await.unwrap()
    }
}

pub fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// `psql` from the path, or from the folder of the server.
pub fn psql() -> PathBuf {
    let on_path = Command::new("psql").arg("--version").stdout(Stdio::null()).status().is_ok();
    let beside = || {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        versions.filter_map(Result::ok).map(|version| version.path().join("bin/psql")).find(|path| path.exists())
    };
    if on_path { "psql".into() } else { beside().expect("psql stands beside every server") }
}

/// A site that something is imported into.
pub struct Site {
    pub db: Db,
    pub rules: Rules,
    pub areas: Vec<Area>,
    pub keys: Option<SecretKeys>,
    pub grants: Grants,
    pub map_users: HashMap<String, String>,
}

impl Site {
    pub fn target(&self) -> Target<'_> {
        Target {
            db: &self.db,
            clock: &*CLOCK,
            entropy: &Chance,
            rules: &self.rules,
            areas: &self.areas,
            keys: self.keys.as_ref(),
            map_users: self.map_users.clone(),
            origin: Origin { agent: "command line".into(), ..Origin::default() },
        }
    }
}

pub static CLOCK: LazyLock<TestClock> = LazyLock::new(TestClock::default);

pub struct Chance;

impl Entropy for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

pub fn site(db: Db) -> Site {
    let areas = base_core::area::AREAS_OF_SOURCE.iter().map(|name| Area::new(name)).collect();
    Site { db, rules: Rules::default(), areas, keys: None, grants: grants(), map_users: HashMap::new() }
}

pub fn no_report() -> Report {
    Report::new(None).unwrap()
}

pub async fn run(site: &Site, earlier: &Earlier, report: &mut Report) -> Summary {
    let mut source = earlier.open().await;
    bring_over(&site.target(), &mut source, report, false, &mut |_, _, _| ControlFlow::Continue(())).await.unwrap()
}

pub fn counts(summary: &Summary, kind: Kind) -> (u64, u64, u64, u64) {
    let counts = summary.counts[&kind];
    (counts.read, counts.brought, counts.known, counts.left_out)
}

pub async fn hash_of(db: &Db, name: &str) -> String {
    let mut reader = db.read().await.unwrap();
    account::credentials(reader.conn(), Realm::Staff, name, base_core::time::Moment(2))
        .await
        .unwrap()
        .unwrap()
        .password_hash
}

pub async fn parent_of(db: &Db, child: &str) -> Option<String> {
    let mut reader = db.read().await.unwrap();
    let links = link::of_children(reader.conn(), &[child]).await.unwrap();
    links.first().map(|(_, link)| link.parent.to_string())
}

pub async fn line(db: &Db, code: &str) -> Option<bag::BagLine> {
    let mut reader = db.read().await.unwrap();
    bag::find(reader.conn(), &Code::kept(code).unwrap(), &Scope::All).await.unwrap()
}

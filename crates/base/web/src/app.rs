//! Everything that handlers share, in one place.

use std::net::IpAddr;
use std::sync::Arc;

use base_core::account::LockOut;
use base_core::area::Area;
use base_core::entropy::Entropy;
use base_core::permission::Grants;
use base_core::time::{Clock, MINUTE_US, Moment};
use base_db::{Db, Migrations};
use base_files::Files;
use base_files::export::Exports;
use base_files::import::intake::Reading;
use base_files::import::{AllKinds, ImportKinds};
use base_records::mail::Outbox;
use base_seams::Resolve;
use base_secret::CursorKey;
use base_sheet::Brand;
use base_sheet::read::Stop;
use jiff::tz::TimeZone;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::columns::ListKind;
use crate::memory::SessionMemory;
use crate::menu::Menu;
use crate::origins::Origins;
use crate::proxies::UnnamedProxies;
use crate::rate::Rate;
use crate::refusals::Refusals;
use crate::writable::Writable;

/// Files that are uploaded at once.
const UPLOADS_MAX: usize = 2;

/// The settings of a site's web server.
#[derive(Clone)]
pub struct Settings {
    /// Cookies go over TLS only and carry the `__Host-` prefix. Off only for a demo on this machine.
    pub secure_cookies: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Largest request body, in bytes.
    pub body_bytes_max: usize,
    /// Largest file of an import, in bytes.
    pub upload_bytes_max: usize,
    /// How long a session lasts whatever happens, in seconds.
    pub session_absolute_s: i64,
    /// How long a session lasts without a request, in seconds.
    pub session_idle_s: i64,
    /// How long before its end a session warns, in seconds.
    pub session_warning_s: i64,
    /// Sign-ins a minute, for each address and for each account.
    pub sign_ins_per_minute: u32,
    /// When an account locks, and for how long.
    pub lock_out: LockOut,
    /// The dispatch areas.
    pub areas: Vec<Area>,
    /// Where days begin and how times are shown.
    pub zone: TimeZone,
    /// How people reach the site, such as `https://site.example`: what links in mails begin with.
    pub base_url: String,
    /// Whose name, colour and logo are on paper.
    pub brand: Arc<Brand>,
    /// The outbox; closed when the site has no mail.
    pub outbox: Outbox,
    /// Encrypts cursors. All nodes of a site have the same key.
    pub cursor_key: Arc<CursorKey>,
    /// The migrations: a database without all of them is not ready.
    pub migrations: Migrations,
}

/// What an [`App`] is made of, besides the settings.
pub struct Base {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for tokens and ids.
    pub entropy: Arc<dyn Entropy>,
    /// Which role may do what, over all wings.
    pub grants: Arc<Grants>,
    /// The menu beside every page.
    pub menu: Menu,
    /// What a code is, by wing.
    pub resolvers: Arc<[Arc<dyn Resolve>]>,
    /// What can be brought in and taken out as files, over all wings.
    pub files: Files,
    /// The lists of all wings.
    pub lists: Vec<&'static ListKind>,
}

/// The parts that every handler may use. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// See [`App`].
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for tokens and ids.
    pub entropy: Arc<dyn Entropy>,
    /// The site's settings.
    pub settings: Settings,
    /// Which role may do what, over all wings.
    pub grants: Arc<Grants>,
    /// The menu beside every page.
    pub menu: Menu,
    /// What a code is, by wing.
    pub resolvers: Arc<[Arc<dyn Resolve>]>,
    /// The lists of all wings.
    pub lists: Vec<&'static ListKind>,
    /// What files can be brought in.
    pub imports: Arc<dyn ImportKinds>,
    /// What can be taken out as files.
    pub exports: Exports,
    /// What the site has set that exports are made with.
    pub export_setting: Value,
    /// Sessions and tokens that were looked up within the last second.
    pub sessions: SessionMemory,
    /// A password check keeps a core busy for 20 ms; only a few run at once.
    pub password_checks: Semaphore,
    /// Files are made on two cores at most.
    pub file_writers: Semaphore,
    /// Exports that somebody waits for: each keeps a core and a connection busy.
    pub exports_under_way: Arc<Semaphore>,
    /// Ends the readings of uploaded files. To be asked when the program ends.
    pub reading: Stop,
    /// Uploaded files are held in memory until they are read; only a few at once.
    pub uploads: Semaphore,
    /// Sign-ins, by address and by account.
    pub sign_ins: Rate,
    /// What was refused to anybody and is not in the trail yet.
    pub refusals: Refusals,
    /// The addresses and agents of each account.
    pub(crate) origins: Origins,
    /// Proxies that nobody named.
    pub unnamed_proxies: UnnamedProxies,
    /// Whether the database took a write a moment ago.
    pub(crate) writable: Writable,
}

impl App {
    /// Puts the parts together.
    pub fn new(base: Base, settings: Settings) -> Self {
        let Base { db, clock, entropy, grants, menu, resolvers, files, lists } = base;
        let sign_ins = Rate::per_minute(settings.sign_ins_per_minute);
        Self(Arc::new(Parts {
            db,
            clock,
            entropy,
            settings,
            grants,
            menu,
            resolvers,
            lists,
            imports: Arc::new(AllKinds::of(files.imports)),
            exports: Exports::new(files.exports),
            export_setting: files.setting.into(),
            sessions: SessionMemory::default(),
            password_checks: Semaphore::new(2),
            file_writers: Semaphore::new(2),
            exports_under_way: Arc::new(Semaphore::new(2)),
            reading: Stop::default(),
            uploads: Semaphore::new(UPLOADS_MAX),
            sign_ins,
            refusals: Refusals::default(),
            origins: Origins::default(),
            unnamed_proxies: UnnamedProxies::default(),
            writable: Writable::default(),
        }))
    }

    /// The full address of a page, for mails and files. `path` begins with a slash.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.settings.base_url)
    }

    /// What uploaded files are read with.
    pub fn files(&self) -> Reading<'_> {
        Reading { db: &self.db, stop: &self.reading }
    }

    /// Drops cached entries that are too old to be used. Called every half minute.
    pub fn tidy_memory(&self) {
        self.sign_ins.forget_old();
        self.sessions.forget_old(self.clock.now());
    }

    /// Writes the refusals of the minutes that are over into the trail. Called every half minute.
    pub async fn note_refusals(&self) {
        let now = self.clock.now();
        self.note_refusals_before(now.plus_us(-now.0.rem_euclid(MINUTE_US)), now).await;
    }

    /// Writes all refusals into the trail: the program ends.
    pub async fn note_all_refusals(&self) {
        let now = self.clock.now();
        self.note_refusals_before(now.plus_us(MINUTE_US), now).await;
    }

    async fn note_refusals_before(&self, end: Moment, now: Moment) {
        if let Err(error) = self.refusals.write(&self.db, end, now).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "refusals are not in the trail yet; they are counted on");
        }
    }
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl AsRef<App> for App {
    fn as_ref(&self) -> &App {
        self
    }
}

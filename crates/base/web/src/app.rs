//! Everything that handlers share, in one place.

use std::net::IpAddr;
use std::sync::Arc;

use base_core::account::LockOut;
use base_core::area::Area;
use base_core::entropy::Entropy;
use base_core::permission::Grants;
use base_core::realm::Realm;
use base_core::setting::{
    ACCOUNT_FAILURES, ALERT_DISK_PERCENT, ALERT_ERRORS, ALERT_POOL_PERCENT, ALERT_SIGN_INS, AUDIT_ROWS_DAYS,
    AUDIT_VALUES_DAYS, CUSTOMER_IDLE_MINUTES, CUSTOMER_SESSION_MINUTES, Declared, EXPORT_FILES_HOURS,
    FAILURES_A_MINUTE, IDLE_MINUTES, IMPORT_FILES_DAYS, LOCK_FAILURES, LOCK_MINUTES, MAILS_DAYS,
    SECOND_FACTOR_FOR_ADMINS, SESSION_MINUTES, SESSIONS_MAX,
};
use base_core::time::{Clock, HOUR_US, MINUTE_US, Moment};
use base_db::{Db, Migrations};
use base_files::Files;
use base_files::export::Exports;
use base_files::import::intake::Reading;
use base_files::import::{AllKinds, ImportKinds};
use base_records::alert::Telling;
use base_records::mail::Outbox;
use base_seams::directory::Directory;
use base_seams::{CustomerAccounts, Keepers, Resolve};
use base_secret::{CursorKey, SecretKeys, SignKey};
use base_sheet::Brand;
use base_sheet::read::Stop;
use jiff::tz::TimeZone;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::columns::ListKind;
use crate::health::last::Seen;
use crate::leaving::Leaving;
use crate::look::Look;
use crate::memory::{Followed, SessionMemory};
use crate::menu::Menu;
use crate::origins::Origins;
use crate::per_minute::PerMinute;
use crate::proxies::UnnamedProxies;
use crate::rate::Rate;
use crate::refusals::Refusals;
use crate::stored::{Fixed, Offered, Stored};
use crate::turns::Turns;
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
    /// How long a session goes on without a request before its screen locks, in seconds.
    pub session_idle_s: i64,
    /// How long before its end a session warns, in seconds.
    pub session_warning_s: i64,
    /// Sign-ins that may fail a minute, of each address and of each account.
    pub sign_ins_per_minute: u32,
    /// When signing in pauses after failures, and for how long.
    pub lock_out: LockOut,
    /// What else signing in needs.
    pub sign_in: SignInSettings,
    /// The dispatch areas.
    pub areas: Vec<Area>,
    /// Where days begin and how times are shown.
    pub zone: TimeZone,
    /// How people reach the site, such as `https://site.example`: what links in mails begin with.
    pub base_url: String,
    /// Whose name, colour and logo are on paper.
    pub brand: Arc<Brand>,
    /// How customers see the site.
    pub look: Arc<Look>,
    /// True when that is an address that the site says of itself: only then does a mail with a link go to anybody.
    pub has_public_url: bool,
    /// The outbox; closed when the site has no mail.
    pub outbox: Outbox,
    /// Encrypts cursors. All nodes of a site have the same key.
    pub cursor_key: Arc<CursorKey>,
    /// The migrations: a database without all of them is not ready.
    pub migrations: Migrations,
    /// How the site is watched.
    pub watch: WatchSettings,
}

/// How a site is watched.
#[derive(Clone, Debug, Default)]
pub struct WatchSettings {
    /// The hash of the token by which figures are read without an account.
    pub metrics_token_hash: Option<String>,
    /// How this node is called in alerts.
    pub node: String,
    /// Who is told of alerts.
    pub alerts: Telling,
    /// How many hours lie between two backups; none where this program makes none.
    pub backups_every_hours: Option<i64>,
    /// True where the trail is put under signed checkpoints.
    pub is_sealed: bool,
    /// From how long on a statement is slow, in milliseconds.
    pub slow_ms: u64,
}

/// What signing in needs to know of a site.
#[derive(Clone)]
pub struct SignInSettings {
    /// Signs what a device keeps to show that somebody signed in on it before. All nodes of a site have the same key.
    pub device_key: Arc<SignKey>,
    /// Encrypts the secrets of second factors; without it nobody can set one up.
    pub secret_keys: Option<Arc<SecretKeys>>,
    /// True if admins must have a second factor.
    pub second_factor_for_admins: bool,
    /// How many sessions one person may have; the oldest end.
    pub sessions_max: i64,
    /// The directory that staff may sign in by.
    pub directory: Option<Arc<dyn Directory>>,
}

impl SignInSettings {
    /// The usual settings, without second factors.
    pub fn new(device_key: SignKey) -> Self {
        let device_key = Arc::new(device_key);
        Self { device_key, secret_keys: None, second_factor_for_admins: false, sessions_max: 20, directory: None }
    }
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
    /// What is kept of a person, by wing.
    pub keepers: Keepers,
    /// The accounts of customers, of the wing that has them.
    pub customers: Option<Arc<dyn CustomerAccounts>>,
    /// The settings that people change, over all wings.
    pub settings_offered: Vec<Declared>,
    /// What only the configuration says, over all wings.
    pub settings_fixed: Vec<Fixed>,
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
    /// What is kept of a person, by wing.
    pub keepers: Keepers,
    /// The accounts of customers, of the wing that has them.
    pub customers: Option<Arc<dyn CustomerAccounts>>,
    /// The settings that people change while the site runs.
    pub stored: Stored,
    /// What files can be brought in.
    pub imports: Arc<dyn ImportKinds>,
    /// What can be taken out as files.
    pub exports: Exports,
    /// What the site has set that exports are made with.
    pub export_setting: Value,
    /// Sessions and tokens that were looked up within the last second.
    pub sessions: SessionMemory,
    /// The sessions and tokens behind what lasts longer than a request.
    pub(crate) followed: Followed,
    /// A password check keeps a core busy for 20 ms; only a few run at once.
    pub password_turns: Turns,
    /// Files are made on two cores at most.
    pub file_writers: Semaphore,
    /// Exports that somebody waits for: each keeps a core and a connection busy.
    pub exports_under_way: Arc<Semaphore>,
    /// Whether this node is about to end.
    pub leaving: Leaving,
    /// What was last seen of this node.
    pub seen: Seen,
    /// Ends the readings of uploaded files. To be asked when the program ends.
    pub reading: Stop,
    /// Uploaded files are held in memory until they are read; only a few at once.
    pub uploads: Semaphore,
    /// Calls that must know a secret, by address.
    pub sign_ins: Rate,
    /// What was refused to anybody and is not in the trail yet.
    pub refusals: Refusals,
    /// Requests that failed by our fault or because something was away.
    pub errors: PerMinute,
    /// When the database was last asked for figures.
    pub(crate) metrics_asked_at: tokio::sync::Mutex<Option<Moment>>,
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
        let Base {
            db,
            clock,
            entropy,
            grants,
            menu,
            resolvers,
            files,
            lists,
            keepers,
            customers,
            settings_offered,
            settings_fixed,
        } = base;
        let stored = stored_of(settings_offered, settings_fixed, &settings);
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
            keepers,
            customers,
            stored,
            imports: Arc::new(AllKinds::of(files.imports)),
            exports: Exports::new(files.exports),
            export_setting: files.setting.into(),
            sessions: SessionMemory::default(),
            followed: Followed::default(),
            password_turns: Turns::default(),
            file_writers: Semaphore::new(2),
            exports_under_way: Arc::new(Semaphore::new(2)),
            leaving: Leaving::default(),
            seen: Seen::default(),
            reading: Stop::default(),
            uploads: Semaphore::new(UPLOADS_MAX),
            sign_ins,
            refusals: Refusals::default(),
            errors: PerMinute::default(),
            metrics_asked_at: tokio::sync::Mutex::default(),
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

    /// When an account locks, and for how long.
    pub fn lock_out(&self) -> LockOut {
        let number = |declared| self.stored.number(declared);
        let failures_max = number(&LOCK_FAILURES);
        // What locks an account for everybody is never less than what locks it for one address.
        let account_failures_max = number(&ACCOUNT_FAILURES).max(failures_max);
        LockOut { failures_max, minutes: number(&LOCK_MINUTES), account_failures_max }
    }

    /// Failed sign-ins a minute after which somebody is told to wait.
    pub fn failures_a_minute(&self) -> i64 {
        self.stored.number(&FAILURES_A_MINUTE)
    }

    /// True if admins must have a second factor. A site that cannot keep one does not ask for it.
    pub fn second_factor_for_admins(&self) -> bool {
        self.settings.sign_in.secret_keys.is_some() && self.stored.flag(&SECOND_FACTOR_FOR_ADMINS)
    }

    /// How many sessions one person may have.
    pub fn sessions_max(&self) -> i64 {
        self.stored.number(&SESSIONS_MAX)
    }

    /// How long a file of an export is kept, in microseconds.
    pub fn export_files_us(&self) -> i64 {
        self.stored.number(&EXPORT_FILES_HOURS) * HOUR_US
    }

    /// How long a session lasts whatever happens, in seconds.
    pub fn session_absolute_s(&self) -> i64 {
        self.set_or(&SESSION_MINUTES, self.settings.session_absolute_s)
    }

    /// How long a session goes on without a request before its screen locks, in seconds.
    pub fn session_idle_s(&self) -> i64 {
        self.set_or(&IDLE_MINUTES, self.settings.session_idle_s)
    }

    /// How long a session of a realm lasts whatever happens, in seconds.
    pub fn session_absolute_s_of(&self, realm: Realm) -> i64 {
        match realm {
            Realm::Staff => self.session_absolute_s(),
            Realm::Customer => self.stored.number(&CUSTOMER_SESSION_MINUTES) * 60,
        }
    }

    /// How long a session of a realm goes on without a request, in seconds.
    pub fn session_idle_s_of(&self, realm: Realm) -> i64 {
        match realm {
            Realm::Staff => self.session_idle_s(),
            Realm::Customer => self.stored.number(&CUSTOMER_IDLE_MINUTES) * 60,
        }
    }

    /// A setting in minutes as seconds; the configuration says seconds, which need not be whole minutes.
    fn set_or(&self, declared: &Declared, configured_s: i64) -> i64 {
        match self.stored.set_value(declared.name) {
            Some(_) => self.stored.number(declared) * 60,
            None => configured_s,
        }
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

/// The settings of the base before those of the wings; what the configuration says is what each is unless somebody sets it.
fn stored_of(wings: Vec<Declared>, mut fixed: Vec<Fixed>, settings: &Settings) -> Stored {
    let minutes = |seconds: i64| (seconds / 60).max(1).to_string();
    let of_base = [
        (LOCK_FAILURES, settings.lock_out.failures_max.to_string()),
        (LOCK_MINUTES, settings.lock_out.minutes.to_string()),
        (ACCOUNT_FAILURES, settings.lock_out.account_failures_max.to_string()),
        (FAILURES_A_MINUTE, settings.sign_ins_per_minute.to_string()),
        (SECOND_FACTOR_FOR_ADMINS, settings.sign_in.second_factor_for_admins.to_string()),
        (SESSION_MINUTES, minutes(settings.session_absolute_s)),
        (IDLE_MINUTES, minutes(settings.session_idle_s)),
        (SESSIONS_MAX, settings.sign_in.sessions_max.to_string()),
        (MAILS_DAYS, MAILS_DAYS.default.to_owned()),
        (AUDIT_ROWS_DAYS, AUDIT_ROWS_DAYS.default.to_owned()),
        (AUDIT_VALUES_DAYS, AUDIT_VALUES_DAYS.default.to_owned()),
        (IMPORT_FILES_DAYS, IMPORT_FILES_DAYS.default.to_owned()),
        (EXPORT_FILES_HOURS, EXPORT_FILES_HOURS.default.to_owned()),
        (CUSTOMER_SESSION_MINUTES, CUSTOMER_SESSION_MINUTES.default.to_owned()),
        (CUSTOMER_IDLE_MINUTES, CUSTOMER_IDLE_MINUTES.default.to_owned()),
        (ALERT_POOL_PERCENT, ALERT_POOL_PERCENT.default.to_owned()),
        (ALERT_ERRORS, ALERT_ERRORS.default.to_owned()),
        (ALERT_SIGN_INS, ALERT_SIGN_INS.default.to_owned()),
        (ALERT_DISK_PERCENT, ALERT_DISK_PERCENT.default.to_owned()),
    ];
    let of_base = of_base.into_iter().map(|(declared, default)| Offered { declared, default });
    let of_wings = wings.into_iter().map(|declared| Offered { declared, default: declared.default.to_owned() });
    let areas: Vec<&str> = settings.areas.iter().map(Area::as_str).collect();
    let directory = settings.sign_in.directory.as_ref();
    fixed.extend(directory.map(|directory| Fixed { name: "directory.servers", value: directory.describe() }));
    fixed.extend([
        Fixed { name: "server.public_url", value: settings.base_url.clone() },
        Fixed { name: "site.areas", value: areas.join(", ") },
        Fixed { name: "site.zone", value: settings.zone.iana_name().unwrap_or("UTC").to_owned() },
        Fixed { name: "server.upload_max_bytes", value: settings.upload_bytes_max.to_string() },
    ]);
    Stored::new(of_base.chain(of_wings).collect(), fixed)
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

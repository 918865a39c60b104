//! `tallyhouse serve`: the server.

mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use base_core::entropy::new_id;
use base_files::import::{ImportWork, Runner};
use base_jobs::{Job, Pace, Worker};
use base_records::mail::Outbox;
use base_records::site_key;
use base_secret::{CursorKey, SecretKeys, SignKey, Token, hash_token};
use base_web::app::{SignInSettings, WatchSettings};
use base_web::leaving::Leaving;
use base_web::live_nodes;
use base_web::server::{Limits, Patience, Serving};
use base_web::{App, Settings};
use passes_rules::payload::keys::CompactKeys;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::config::{Config, Mail};
use crate::site::Site;
use crate::{audit_key, erp, first_admin, jobs, keys, pass_keys, wings};

/// Sign-ins that may fail a minute, of each address and each account.
const SIGN_INS_PER_MINUTE: u32 = 10;
/// In a demo everybody has the same address and tries every account.
const SIGN_INS_PER_MINUTE_DEMO: u32 = 600;

/// How the server is started.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address and port to listen on; overrides the configuration
    #[arg(long)]
    listen: Option<SocketAddr>,
}

/// Runs the command until the system asks it to end.
pub async fn run(args: Args, mut config: Config) -> anyhow::Result<()> {
    if let Some(listen) = args.listen {
        config.server.listen = listen;
        config.server.check_cookies().map_err(anyhow::Error::msg)?;
    }
    if !base_web::assets::are_built() {
        eprintln!("the user interface is not in this program: build it with `make build`; the API works without it");
    }
    let site = Site::open(config).await?;
    let keys = keys::of(&site.config.session).map(Arc::new);
    keys::must_read(&site.db, keys.as_deref()).await?;
    first_admin::create(&site).await?;
    let front = listen(&site).await?;
    let reached = site.config.server.public_url.as_ref().map(|url| format!(", reached at {url}")).unwrap_or_default();
    for warning in site.config.warnings() {
        tracing::warn!("{warning}");
    }
    let scheme = if site.config.tls.is_some() { "https" } else { "http" };
    eprintln!("listening on {scheme}://{}{reached}", front.listener.local_addr()?);
    open(site, front, Door { keys, failures_per_minute: SIGN_INS_PER_MINUTE }).await
}

/// How people sign in.
struct Door {
    /// The keys of second factors.
    keys: Option<Arc<SecretKeys>>,
    /// Sign-ins that may fail a minute.
    failures_per_minute: u32,
}

/// What the server hears: requests, and the system that asks it to end.
pub struct Front {
    listener: TcpListener,
    ending: Ending,
}

struct Ending {
    terminate: Signal,
    interrupt: Signal,
}

impl Ending {
    /// Waits until the system asks the program to end, and then for as long as the node is still to serve: balancers see
    /// meanwhile that it leaves. Whoever asks again, or asks from a terminal, does not wait.
    async fn asked(mut self, drain: Duration, leaving: &Leaving) {
        tokio::select! {
            _asked = self.terminate.recv() => {}
            _asked = self.interrupt.recv() => return,
        }
        leaving.begin();
        tracing::info!(seconds = drain.as_secs(), "leaving: requests go to other nodes from now on");
        tokio::select! {
            () = tokio::time::sleep(drain) => {}
            _asked = self.terminate.recv() => {}
            _asked = self.interrupt.recv() => {}
        }
    }
}

/// Takes the address; the error names the address that could not be taken. From here on a request to end is heard: whoever
/// reads the printed address may send one at once.
pub async fn listen(site: &Site) -> anyhow::Result<Front> {
    let address = site.config.server.listen;
    let heard = |kind| signal(kind).context("the system's signals cannot be received");
    let (terminate, interrupt) = (heard(SignalKind::terminate())?, heard(SignalKind::interrupt())?);
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("{address} is in use, or may not be used by this program"))?;
    Ok(Front { listener, ending: Ending { terminate, interrupt } })
}

/// Serves the site of a demo. Its secrets are thrown away with it.
pub async fn run_demo(mut site: Site, front: Front) -> anyhow::Result<()> {
    site.config.sign_in.second_factor_for_admins = false;
    let secret = Token::new("", &*site.entropy).text;
    let keys = keys::of(&site.config.session).unwrap_or_else(|| SecretKeys::new(&secret, None));
    open(site, front, Door { keys: Some(Arc::new(keys)), failures_per_minute: SIGN_INS_PER_MINUTE_DEMO }).await
}

/// Serves until the system asks the program to end; then requests under way end, what waits at the desk is answered,
/// and everything is closed.
async fn open(site: Site, front: Front, door: Door) -> anyhow::Result<()> {
    let config = &site.config;
    let parts = site.desk_parts();
    let (desk, desk_tasks) = bags_work::open(&parts);
    let keys = Arc::new(pass_keys::of(&site.db, &config.passes, &*site.entropy).await?);
    let (gates, gate_tasks) = passes_work::open(&site.db, site.clock.clone(), keys.clone());
    // No other running program has this name.
    let node: Arc<str> = new_id(&*site.entropy, site.now()).to_string().into();
    let post = config.mail.as_ref().map(Mail::post).transpose().context("mail cannot be sent as it is configured")?;
    let signer = audit_key::for_jobs(&site, door.keys.as_deref()).await?;
    let directory = config.directory.as_ref().map(|directory| directory.open(site.clock.clone())).transpose();
    let directory = directory.context("the directory cannot be asked as it is configured")?;
    let secret_keys = door.keys.clone();
    let mut settings = settings(&site, door).await?;
    settings.sign_in.directory = directory;
    settings.watch.is_sealed = signer.is_some();
    let bags = bags_web::wing::Parts {
        imports: bags_work::import_work(parts.clone(), desk.clone()),
        desk,
        eod_secret_hash: config.reports.eod_secret.as_ref().map(|secret| hash_token(secret.expose())),
    };
    let pass_keys = keys.compact.clone();
    let passes = passes_web::wing::Parts { desk: gates, keys };
    let portal = erp::parts(config).await?;
    let mut list = wings::all(parts.rules.clone(), move || bags, move || passes, move || portal);
    list.retain(|wing| config.wings.contains(&wing.name));
    let web = wings::open(site.db.clone(), site.clock.clone(), site.entropy.clone(), settings, list);
    web.app.stored.refresh(&site.db).await?;
    let (close, closing) = watch::channel(false);
    let (teller, webhook) = (crate::watch::teller(config), config.alerts.webhook()?);
    let alerts = (teller.clone(), crate::watch::has(config, signer.is_some(), site.now()));
    let entropy = site.entropy.clone();
    let mut jobs = base_jobs::jobs::all(base_jobs::jobs::Parts { post, signer, entropy, alerts, webhook });
    jobs.extend(web.jobs);
    jobs.extend(jobs_of_files(&site, &web.app, web.imports, node.clone()));
    jobs.extend(jobs::of_site(&Arc::new(config.clone()), &web.app));
    jobs.extend(jobs::certificates(&site, secret_keys.as_ref()));
    let worker = Worker { db: site.db.clone(), clock: site.clock.clone(), node, pace: Pace::default() };
    let talking = live_nodes::run(web.feed.clone(), site.db.clone(), worker.node.clone(), closing.clone());
    let talking = tokio::spawn(talking);
    let jobs = tokio::spawn(worker.run(jobs, closing.clone()));
    let tidying = tokio::spawn(tidy(web.app.clone(), pass_keys, closing.clone()));
    let looking = crate::watch::node(config, &web.app, teller, web.outside).run(closing.clone());
    let looking = tokio::spawn(looking);
    let patience = Patience { closing: Duration::from_secs(config.server.graceful_shutdown_s), ..Patience::default() };
    let (feed, leaving) = (web.feed, web.app.leaving.clone());
    let limits = Limits { trusted_proxies: config.server.trusted_proxies.clone(), ..Limits::default() };
    let tls = tls::begin(&site, secret_keys.as_ref(), (patience, limits.clone(), leaving.clone()), &closing).await?;
    let serving = Serving { router: web.router, patience, limits, tls, leaving: leaving.clone() };
    let server = tokio::spawn(base_web::server::serve(front.listener, serving, closing));
    let drain = Duration::from_secs(if site.db.is_shared() { config.server.drain_s } else { 0 });
    front.ending.asked(drain, &leaving).await;
    tracing::info!("closing");
    feed.close();
    web.app.reading.ask();
    // It holds what it tells of, the desk too, and the desk ends only when nobody holds it any more.
    drop(feed);
    close.send_replace(true);
    server.await.context("the server ended badly")?;
    web.app.note_all_refusals().await;
    drop(web.app);
    jobs.await.context("the jobs ended badly")?;
    tidying.await.context("the tidying ended badly")?;
    talking.await.context("the calls between nodes ended badly")?;
    looking.await.context("the looks at this node ended badly")?;
    desk_tasks.finish().await;
    gate_tasks.finish().await;
    site.db.close().await;
    Ok(())
}

/// The jobs of imports and exports, over all wings.
fn jobs_of_files(site: &Site, app: &App, works: Vec<Arc<dyn ImportWork>>, node: Arc<str>) -> Vec<Arc<dyn Job>> {
    let (db, clock, grants) = (site.db.clone(), site.clock.clone(), site.grants.clone());
    jobs::of_files(Runner { db, clock, works: works.into(), grants, node }, app.exports.clone())
}

/// What the configuration says of the web side.
async fn settings(site: &Site, door: Door) -> anyhow::Result<Settings> {
    let config = &site.config;
    let fresh = || Token::new("", &*site.entropy).text;
    let cursors = site_key::of(&site.db, "cursors", &fresh()).await?;
    let devices = site_key::of(&site.db, "known_devices", &fresh()).await?;
    let sign_in = SignInSettings {
        device_key: Arc::new(SignKey::new(&devices)),
        // Without a key nobody can set one up, so nobody can be asked for one.
        second_factor_for_admins: config.sign_in.second_factor_for_admins && door.keys.is_some(),
        secret_keys: door.keys,
        sessions_max: i64::try_from(config.session.per_account_max).unwrap_or(i64::MAX),
        directory: None,
    };
    Ok(Settings {
        secure_cookies: config.server.secure_cookies,
        trusted_proxies: config.server.trusted_proxies.clone(),
        body_bytes_max: config.server.body_max_bytes,
        upload_bytes_max: config.server.upload_max_bytes,
        session_absolute_s: i64::try_from(config.session.absolute_s).unwrap_or(i64::MAX),
        session_idle_s: i64::try_from(config.session.idle_s).unwrap_or(i64::MAX),
        session_warning_s: i64::try_from(config.session.warning_s).unwrap_or(i64::MAX),
        sign_ins_per_minute: door.failures_per_minute,
        lock_out: config.sign_in.lock_out,
        sign_in,
        areas: config.bags.areas.clone(),
        zone: config.bags.zone.clone(),
        base_url: config.server.base_url(),
        brand: Arc::new(config.site.brand.clone()),
        look: Arc::new(config.portal.clone()),
        has_public_url: config.server.public_url.is_some(),
        outbox: outbox(config),
        cursor_key: Arc::new(CursorKey::new(&cursors)),
        migrations: wings::MIGRATIONS,
        watch: WatchSettings {
            metrics_token_hash: config.metrics.token.as_ref().map(|secret| hash_token(secret.expose())),
            node: config.alerts.node.clone(),
            alerts: crate::watch::teller(config).telling,
            backups_every_hours: crate::watch::backups_every_hours(config),
            is_sealed: false,
            slow_ms: config.database.slow_ms,
        },
    })
}

/// The outbox: open when there is a way to send mail.
fn outbox(config: &Config) -> Outbox {
    if config.mail.is_some() { Outbox::OPEN } else { Outbox::CLOSED }
}

/// Reads what other nodes have set every few seconds, and drops old entries of the web server's caches every half minute.
async fn tidy(app: App, pass_keys: CompactKeys, mut closing: watch::Receiver<bool>) {
    for round in 1_u64.. {
        tokio::select! {
            _closing = closing.wait_for(|closing| *closing) => return,
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
        base_web::figures::tidy();
        if let Err(error) = app.stored.refresh(&app.db).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the settings were not read; the known ones stay");
        }
        match passes_store::key::states(&app.db).await {
            Ok(states) => pass_keys.renew(&states),
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "the keys of passes were not read"),
        }
        if round % 6 != 0 {
            continue;
        }
        app.tidy_memory();
        app.note_refusals().await;
    }
}

//! Connections to the servers of a directory.
//!
//! Invariants: so many are open at once at the most, and whoever waits too long for one is refused; a server that did not
//! answer is left alone for a while as long as another one does; a connection on which somebody tried a password is never
//! used again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base_seams::directory::DirectoryError;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError};
use secrecy::ExposeSecret;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};

use crate::settings::{Security, Server, Settings};
use crate::tls::Trust;

/// Most connections that are used at once.
const OPEN_MAX: usize = 12;
/// Most connections that wait to be used again.
const IDLE_MAX: usize = 4;
/// How long a connection waits to be used again.
const IDLE: Duration = Duration::from_mins(2);
/// How long a server is left alone that did not answer.
const REST: Duration = Duration::from_secs(30);

/// A connection that reads for us.
struct Idle {
    ldap: Ldap,
    since: Instant,
}

/// The connections.
pub struct Pool {
    turns: Semaphore,
    idle: Mutex<Vec<Idle>>,
    /// For each server, until when it is left alone.
    resting: Mutex<Vec<Option<Instant>>>,
    trust: Trust,
}

/// A connection in use.
pub struct Turn<'p> {
    /// The connection.
    pub ldap: Ldap,
    /// True for one that was used before: it may have ended without our knowing.
    pub is_used: bool,
    _permit: SemaphorePermit<'p>,
}

impl Pool {
    /// No connections yet.
    pub fn new(servers: usize, trust: Trust) -> Self {
        let resting = Mutex::new(vec![None; servers]);
        Self { turns: Semaphore::new(OPEN_MAX), idle: Mutex::default(), resting, trust }
    }

    async fn turn(&self, settings: &Settings) -> Result<SemaphorePermit<'_>, DirectoryError> {
        let busy = || DirectoryError::Unreachable("too many are asking at once".to_owned());
        timeout(settings.patience, self.turns.acquire()).await.map_err(|_| busy())?.map_err(|_| busy())
    }

    /// A connection that reads for us: one that waits, or a new one where `is_new` or none waits.
    pub async fn reader(&self, settings: &Settings, is_new: bool) -> Result<Turn<'_>, DirectoryError> {
        let turn = self.turn(settings).await?;
        while let Some(mut idle) = (!is_new).then(|| self.idle_one()).flatten() {
            if idle.since.elapsed() < IDLE && !idle.ldap.is_closed() {
                return Ok(Turn { ldap: idle.ldap, is_used: true, _permit: turn });
            }
        }
        let ldap = self.of_any_server(settings, true).await?;
        Ok(Turn { ldap, is_used: false, _permit: turn })
    }

    fn idle_one(&self) -> Option<Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Keeps a reader whose last answer was a whole one.
    pub fn keep(&self, turn: Turn<'_>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_MAX {
            idle.push(Idle { ldap: turn.ldap, since: Instant::now() });
        }
    }

    /// A new connection on which nobody has signed in.
    pub async fn stranger(&self, settings: &Settings) -> Result<Ldap, DirectoryError> {
        let _permit = self.turn(settings).await?;
        self.of_any_server(settings, false).await
    }

    async fn of_any_server(&self, settings: &Settings, signs_in: bool) -> Result<Ldap, DirectoryError> {
        let mut why = String::new();
        for at in self.order(settings.servers.len()) {
            let Some(server) = settings.servers.get(at) else { continue };
            match self.of_server(settings, server, signs_in).await {
                Ok(ldap) => {
                    self.rest(at, None);
                    return Ok(ldap);
                }
                Err(fault) => {
                    self.rest(at, Some(Instant::now() + REST));
                    why = format!("{why}{}{}: {fault}", if why.is_empty() { "" } else { "; " }, server.describe());
                }
            }
        }
        Err(DirectoryError::Unreachable(why))
    }

    /// The servers in the order in which they are tried: those that are left alone come last.
    fn order(&self, servers: usize) -> Vec<usize> {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        let rests = |at: &usize| resting.get(*at).copied().flatten().is_some_and(|until| until > Instant::now());
        let (last, first): (Vec<usize>, Vec<usize>) = (0..servers).partition(rests);
        first.into_iter().chain(last).collect()
    }

    fn rest(&self, at: usize, until: Option<Instant>) {
        if let Some(resting) = self.resting.lock().unwrap_or_else(PoisonError::into_inner).get_mut(at) {
            *resting = until;
        }
    }

    /// A connection to one server; on it, the account that reads for us is signed in where that is asked for.
    pub async fn of_server(&self, settings: &Settings, server: &Server, signs_in: bool) -> Result<Ldap, String> {
        let options = LdapConnSettings::new()
            .set_conn_timeout(settings.patience)
            .set_starttls(server.security == Security::StartTls)
            .set_config(self.trust.0.clone());
        let url = server.url();
        let opening = timeout(settings.patience, LdapConnAsync::with_settings(options, &url)).await;
        let (connection, mut ldap) =
            opening.map_err(|_| "no connection in time".to_owned())?.map_err(|error| in_words(&error))?;
        tokio::spawn(async move {
            // How a connection ends is told to whoever waits for an answer on it.
            let _ended = connection.drive().await;
        });
        if signs_in {
            let name = reader_name(settings);
            let bind = ldap.with_timeout(settings.patience).simple_bind(&name, reader_key(settings));
            let bound = timeout(settings.patience, bind).await;
            let answer = bound.map_err(|_| "no answer in time".to_owned())?.map_err(|error| in_words(&error))?;
            if answer.rc != 0 {
                return Err(format!("the service account is refused (code {})", answer.rc));
            }
        }
        Ok(ldap)
    }
}

fn reader_key(settings: &Settings) -> &str {
    settings.password.expose_secret()
}

/// The name by which the account that reads for us signs in.
fn reader_name(settings: &Settings) -> String {
    let is_whole = settings.account.contains(['@', '=', '\\']);
    if is_whole { settings.account.clone() } else { format!("{}@{}", settings.account, settings.domain) }
}

/// What went wrong, without the names and texts that a server may have put into it.
pub fn in_words(error: &LdapError) -> String {
    match error {
        LdapError::Io { source } => match source.get_ref() {
            Some(inner) => format!("{inner}"),
            None => source.kind().to_string(),
        },
        LdapError::Timeout { .. } => "no answer in time".to_owned(),
        LdapError::LdapResult { result } => format!("refused with code {}", result.rc),
        LdapError::EndOfStream | LdapError::ResultRecv { .. } | LdapError::OpSend { .. } => {
            "the connection ended".to_owned()
        }
        _ => "no answer that can be read".to_owned(),
    }
}

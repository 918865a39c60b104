//! The directory, over LDAP.

use std::sync::Arc;

use async_trait::async_trait;
use base_core::time::Clock;
use base_seams::Finding;
use base_seams::directory::{Bind, Directory, DirectoryError, Listed, LockOutPolicy, Password};
use ldap3::{Ldap, Scope, SearchOptions};
use tokio::sync::RwLock;
use tokio::time::{Instant, timeout};

use crate::entry::{Entry, OF_PERSON};
use crate::filter;
use crate::name::Name;
use crate::pool::{Pool, Turn, in_words};
use crate::settings::{Group, Settings};
use crate::tls::{NoTls, Trust};

/// People that one search is asked for.
const AT_ONCE: usize = 50;
/// How long the place of a group is remembered that is configured by its name.
const GROUP_KEPT: std::time::Duration = std::time::Duration::from_mins(1);
/// Codes of answers.
const WELL: u32 = 0;
const WRONG_PASSWORD: u32 = 49;

/// What one search is for.
pub(crate) struct Search<'s> {
    pub base: &'s str,
    pub scope: Scope,
    pub filter: &'s str,
    pub attributes: &'s [&'s str],
    /// Most entries that an honest answer holds.
    pub max: usize,
}

/// Where the groups are, and since when that is known.
struct Groups {
    since: Instant,
    /// In the order of the configuration; `None` for one that is not there or not alone.
    dns: Vec<Option<String>>,
}

/// A directory that is asked over LDAP.
pub struct LdapDirectory {
    pub(crate) settings: Settings,
    pub(crate) pool: Pool,
    clock: Arc<dyn Clock>,
    groups: RwLock<Option<Groups>>,
}

impl LdapDirectory {
    /// A directory; nothing is connected yet.
    ///
    /// # Errors
    /// The certificates cannot be used.
    pub fn new(settings: Settings, clock: Arc<dyn Clock>) -> Result<Self, NoTls> {
        let trust = Trust::new(settings.ca_pem.as_deref())?;
        let pool = Pool::new(settings.servers.len(), trust);
        Ok(Self { settings, pool, clock, groups: RwLock::new(None) })
    }

    /// Runs a search as the account that reads for us. A connection that was used before may have ended meanwhile: then it is
    /// tried once more on a new one.
    pub(crate) async fn search(&self, search: &Search<'_>) -> Result<Vec<Entry>, DirectoryError> {
        let mut turn = self.pool.reader(&self.settings, false).await?;
        let found = match self.search_on(&mut turn.ldap, search).await {
            Err(_) if turn.is_used => {
                drop(turn);
                turn = self.pool.reader(&self.settings, true).await?;
                self.search_on(&mut turn.ldap, search).await
            }
            found => found,
        };
        if found.is_ok() {
            self.pool.keep(turn);
        } else {
            end(turn);
        }
        found
    }

    async fn search_on(&self, ldap: &mut Ldap, search: &Search<'_>) -> Result<Vec<Entry>, DirectoryError> {
        let all = timeout(self.settings.patience, self.read_all(ldap, search)).await;
        all.unwrap_or_else(|_| Err(DirectoryError::Unclear("no answer in time".to_owned())))
    }

    async fn read_all(&self, ldap: &mut Ldap, search: &Search<'_>) -> Result<Vec<Entry>, DirectoryError> {
        let unclear = |error: ldap3::LdapError| DirectoryError::Unclear(in_words(&error));
        let limit = i32::try_from(search.max + 1).unwrap_or(i32::MAX);
        ldap.with_timeout(self.settings.patience).with_search_options(SearchOptions::new().sizelimit(limit));
        let attributes = search.attributes.to_vec();
        let asked = ldap.streaming_search(search.base, search.scope, search.filter, attributes).await;
        let mut answers = asked.map_err(unclear)?;
        let mut entries = Vec::new();
        while let Some(answer) = answers.next().await.map_err(unclear)? {
            // Where else one could ask; we do not.
            if answer.is_ref() || answer.is_intermediate() {
                continue;
            }
            let unreadable = || DirectoryError::Unclear("an entry cannot be read".to_owned());
            entries.push(Entry::read(answer).ok_or_else(unreadable)?);
            if entries.len() > search.max {
                return Err(DirectoryError::Unclear("more entries than there can be".to_owned()));
            }
        }
        match answers.finish().await.rc {
            WELL => Ok(entries),
            code => Err(DirectoryError::Unclear(format!("a search was refused with code {code}"))),
        }
    }

    /// Where the groups of the configuration are.
    pub(crate) async fn group_dns(&self) -> Result<Vec<Option<String>>, DirectoryError> {
        if let Some(known) = self.groups.read().await.as_ref().filter(|known| known.since.elapsed() < GROUP_KEPT) {
            return Ok(known.dns.clone());
        }
        let mut dns = Vec::with_capacity(self.settings.groups.len());
        for mapped in &self.settings.groups {
            dns.push(match &mapped.group {
                Group::Dn(dn) => Some(dn.clone()),
                Group::Name(name) => self.group_of_name(name).await?,
            });
        }
        *self.groups.write().await = Some(Groups { since: Instant::now(), dns: dns.clone() });
        Ok(dns)
    }

    /// The one group of a name; `None` where there is none, or there are several: then nobody can say which is meant.
    async fn group_of_name(&self, name: &str) -> Result<Option<String>, DirectoryError> {
        let filter = filter::of_group_name(name);
        let found = self.below_base(&filter, &["objectGUID"], 10).await?;
        match found.as_slice() {
            [one] => Ok(Some(one.dn.clone())),
            several => {
                tracing::warn!(
                    groups = several.len(),
                    "a group of the directory gives nothing: its name is not one group's"
                );
                Ok(None)
            }
        }
    }

    async fn below_base(&self, filter: &str, attributes: &[&str], max: usize) -> Result<Vec<Entry>, DirectoryError> {
        let base = self.settings.base_dn.as_str();
        let search = Search { base, scope: Scope::Subtree, filter, attributes, max };
        let mut found = self.search(&search).await?;
        found.retain(|entry| entry.is_below(base));
        Ok(found)
    }

    /// The people of these entries, with what their groups give them.
    async fn with_rights(&self, entries: &[Entry]) -> Result<Vec<Listed>, DirectoryError> {
        let now = self.clock.now();
        let mut people: Vec<Listed> =
            entries.iter().filter_map(|entry| entry.person(self.settings.lock_out, now)).collect();
        let guids: Vec<[u8; 16]> = entries.iter().filter_map(Entry::guid).collect();
        if guids.is_empty() {
            return Ok(people);
        }
        for (dn, mapped) in self.group_dns().await?.iter().zip(&self.settings.groups) {
            let Some(dn) = dn else { continue };
            let filter = filter::of_group(&guids, dn);
            let members = self.below_base(&filter, &["objectGUID"], guids.len()).await?;
            let members: Vec<String> = members.iter().filter_map(Entry::guid).map(hex::encode).collect();
            for person in people.iter_mut().filter(|person| members.contains(&person.guid)) {
                person.rights.push(mapped.right.clone());
            }
        }
        Ok(people)
    }
}

#[async_trait]
impl Directory for LdapDirectory {
    async fn by_name(&self, typed: &str) -> Result<Option<Listed>, DirectoryError> {
        let Some(name) = Name::read(typed, &self.settings.domain) else { return Ok(None) };
        let found = self.below_base(&filter::of_name(&name), &OF_PERSON, 5).await?;
        let is_meant = |entry: &&Entry| {
            entry.text("sAMAccountName").is_some_and(|account| name.is_of(account, entry.text("userPrincipalName")))
        };
        let meant: Vec<Entry> = found.iter().filter(is_meant).cloned().collect();
        if meant.len() != 1 {
            return Ok(None);
        }
        Ok(self.with_rights(&meant).await?.pop())
    }

    async fn by_guids(&self, guids: &[String]) -> Result<Vec<Listed>, DirectoryError> {
        let mut people = Vec::with_capacity(guids.len());
        for some in guids.chunks(AT_ONCE) {
            let asked: Vec<[u8; 16]> = some.iter().filter_map(|guid| hex::decode(guid).ok()?.try_into().ok()).collect();
            if asked.is_empty() {
                continue;
            }
            let mut found = self.below_base(&filter::of_guids(&asked), &OF_PERSON, asked.len()).await?;
            found.retain(|entry| entry.guid().is_some_and(|guid| asked.contains(&guid)));
            people.extend(self.with_rights(&found).await?);
        }
        Ok(people)
    }

    async fn connect(&self) -> Result<Box<dyn Bind>, DirectoryError> {
        let ldap = self.pool.stranger(&self.settings).await?;
        Ok(Box::new(Waiting { ldap, patience: self.settings.patience }))
    }

    fn lock_out(&self) -> LockOutPolicy {
        self.settings.lock_out
    }

    async fn look(&self) -> Vec<Finding> {
        crate::look::all(self).await
    }

    fn describe(&self) -> String {
        let servers: Vec<String> = self.settings.servers.iter().map(crate::settings::Server::describe).collect();
        format!("{} at {}", self.settings.domain, servers.join(", "))
    }
}

/// A connection on which nobody has signed in yet.
struct Waiting {
    ldap: Ldap,
    patience: std::time::Duration,
}

#[async_trait]
impl Bind for Waiting {
    async fn bind(mut self: Box<Self>, dn: &str, password: &Password) -> Result<bool, DirectoryError> {
        if dn.is_empty() {
            return Err(DirectoryError::Unclear("an object without a name".to_owned()));
        }
        let unclear = |error: ldap3::LdapError| DirectoryError::Unclear(in_words(&error));
        let bind = self.ldap.with_timeout(self.patience).simple_bind(dn, password.expose());
        let answer = timeout(self.patience, bind).await;
        let answer = answer.map_err(|_| DirectoryError::Unclear("no answer in time".to_owned()))?.map_err(unclear)?;
        match answer.rc {
            WELL => Ok(true),
            WRONG_PASSWORD => Ok(false),
            code => Err(DirectoryError::Unclear(format!("a password was refused with code {code}"))),
        }
    }
}

/// A connection that is not used again. Dropping its last handle closes it.
fn end(turn: Turn<'_>) {
    drop(turn);
}

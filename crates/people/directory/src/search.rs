//! What is asked of a directory over LDAP: searches, where its groups are, and what they give.

use std::sync::Arc;

use base_core::time::Clock;
use base_seams::directory::{DirectoryError, Listed};
use ldap3::{Ldap, Scope, SearchOptions};
use tokio::sync::RwLock;
use tokio::time::{Instant, timeout};

use crate::entry::Entry;
use crate::filter;
use crate::pool::{Pool, Turn, in_words};
use crate::settings::{Group, Settings};
use crate::tls::{NoTls, Trust};

/// How long the place of a group is remembered that is configured by its name.
const GROUP_KEPT: std::time::Duration = std::time::Duration::from_mins(1);
/// The code of an answer that is well.
pub(crate) const WELL: u32 = 0;

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

    /// What there is below the object under which people and groups are looked for.
    pub(crate) async fn below_base(
        &self,
        filter: &str,
        attributes: &[&str],
        max: usize,
    ) -> Result<Vec<Entry>, DirectoryError> {
        let base = self.settings.base_dn.as_str();
        let search = Search { base, scope: Scope::Subtree, filter, attributes, max };
        let mut found = self.search(&search).await?;
        found.retain(|entry| entry.is_below(base));
        Ok(found)
    }

    /// The people of these entries, with what their groups give them.
    pub(crate) async fn with_rights(&self, entries: &[Entry]) -> Result<Vec<Listed>, DirectoryError> {
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

/// A connection that is not used again. Dropping its last handle closes it.
fn end(turn: Turn<'_>) {
    drop(turn);
}

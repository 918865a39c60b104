//! The directory as the site asks it.

use std::time::Duration;

use async_trait::async_trait;
use base_seams::Finding;
use base_seams::directory::{Bind, Directory, DirectoryError, Listed, LockOutPolicy, Password};
use ldap3::Ldap;
use tokio::time::timeout;

use crate::entry::{Entry, OF_PERSON};
use crate::filter;
use crate::look;
use crate::name::Name;
use crate::pool::in_words;
use crate::search::{LdapDirectory, WELL};
use crate::settings::Server;

/// People that one search is asked for.
const AT_ONCE: usize = 50;
/// The code of an answer to a wrong password.
const WRONG_PASSWORD: u32 = 49;

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
        look::all(self).await
    }

    fn describe(&self) -> String {
        let servers: Vec<String> = self.settings.servers.iter().map(Server::describe).collect();
        format!("{} at {}", self.settings.domain, servers.join(", "))
    }
}

/// A connection on which nobody has signed in yet.
struct Waiting {
    ldap: Ldap,
    patience: Duration,
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

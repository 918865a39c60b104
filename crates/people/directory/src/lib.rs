//! Staff sign in with the account that they have in Active Directory, or in another directory that speaks LDAP v3 like it.
//!
//! Invariants: nothing is written; a password goes over a connection whose server has shown a certificate for the name it
//! was called by, or over this machine alone; an empty password is never sent; what is typed reaches a filter escaped, after
//! its characters were looked at; referrals are not followed; every step ends within a stated time; nobody outside of the
//! named groups is asked for a password.

mod client;
mod entry;
mod filter;
mod look;
mod name;
mod pool;
mod search;
mod settings;
mod tls;

pub use search::LdapDirectory;
pub use settings::{Group, GroupRight, Security, Server, Settings};
pub use tls::{NoTls, Trust};

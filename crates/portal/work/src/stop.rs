//! The link by which a mail is stopped: it stops one kind of mail of one customer, and opens nothing.

use base_core::entropy::Entropy;
use base_db::{Db, StoreError};
use base_records::site_key;
use base_secret::{SignKey, Token};

/// What is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stops {
    /// A view that is sent.
    View,
    /// Something that is looked out for.
    Watch,
}

impl Stops {
    /// Its name in the link.
    pub fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Watch => "watch",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::View, Self::Watch].into_iter().find(|stops| stops.name() == name)
    }
}

/// Makes such links, and knows them again.
pub struct StopKey(SignKey);

impl StopKey {
    /// The key of a site; all its nodes have the same.
    pub async fn of(db: &Db, entropy: &dyn Entropy) -> Result<Self, StoreError> {
        let fresh = Token::new("", entropy).text;
        Ok(Self(SignKey::new(&site_key::of(db, "portal_stop", &fresh).await?)))
    }

    /// The path of the link.
    pub fn path(&self, stops: Stops, account: i64, id: i64) -> String {
        format!("/portal/stop/{}/{account}/{id}/{}", stops.name(), self.0.sign("stop", &text(stops, account, id)))
    }

    /// True for a proof that stands in such a path.
    pub fn is_proof(&self, stops: Stops, account: i64, id: i64, proof: &str) -> bool {
        self.0.is_signed("stop", &text(stops, account, id), proof)
    }
}

fn text(stops: Stops, account: i64, id: i64) -> String {
    format!("{} {account} {id}", stops.name())
}

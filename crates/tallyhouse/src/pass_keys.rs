//! The keys of codes on passes: those of the configuration, and those that a site makes for itself.
//!
//! Invariant: a key that has signed a code is still taken after another one was configured.

use base_core::entropy::Entropy;
use base_db::{Db, StoreError};
use base_records::site_key;
use base_secret::Token;
use passes_rules::payload::Keyring;
use passes_rules::payload::epass::EpassSecret;
use passes_rules::payload::keys::CompactKeys;

use crate::config::{Passes, Secret};

/// The keys of a site.
pub async fn of(db: &Db, config: &Passes, entropy: &dyn Entropy) -> Result<Keyring, StoreError> {
    let fresh = || Token::new("", entropy).text;
    let own = site_key::of(db, "epass_codes", &fresh()).await?;
    let compact = site_key::of(db, "compact_codes", &fresh()).await?;
    // The first one signs: never the one that is to go out of use.
    let present = config.qr_secret.iter().map(Secret::expose);
    let before = config.qr_secret_previous.iter().map(Secret::expose);
    let epass = present.chain([own.as_str()]).chain(before).map(EpassSecret::new).collect();
    let compact = CompactKeys::derived(&compact);
    compact.renew(&passes_store::key::states(db).await?);
    Ok(Keyring { epass, compact })
}

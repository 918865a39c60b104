//! `[alerts]`: who is told when something calls for somebody. Limits are settings that people change while the site runs.

use base_http::{Client, ClientOptions, NoRoots, Plain, Url};
use base_jobs::jobs::alerts::Webhook;
use base_mail::Address;
use secrecy::SecretString;

use super::reader::Reader;
use super::secret::Secret;

/// Most addresses.
const ADDRESSES_MAX: usize = 20;
/// A shorter secret can be guessed by whoever sees one call.
const SECRET_CHARS_MIN: usize = 16;

/// The section.
#[derive(Clone, Debug)]
pub struct Alerts {
    /// Who gets mails; where nobody is named, all admins with an e-mail.
    pub mail_to: Vec<String>,
    /// The webhook's address.
    pub webhook_url: Option<Url>,
    /// What its calls are signed with.
    pub webhook_secret: Option<Secret>,
    /// Certificates in PEM that are trusted besides the well-known ones.
    ca_pem: Option<Vec<u8>>,
    /// How this node is called in alerts.
    pub node: String,
}

impl Alerts {
    /// Reads the section.
    pub fn read(reader: &mut Reader) -> Self {
        let webhook_url = reader.parsed("alerts.webhook_url", None, |text| {
            Url::parse(text, Plain::ThisMachine).map(Some).map_err(|fault| fault.to_string())
        });
        let webhook_secret = reader.secret("alerts.webhook_secret");
        if webhook_secret.as_ref().is_some_and(|secret| secret.expose().chars().count() < SECRET_CHARS_MIN) {
            reader.fault("alerts.webhook_secret", format!("must have {SECRET_CHARS_MIN} characters or more"));
        }
        if webhook_url.is_none() {
            reader.fault("alerts.webhook_secret", "alerts.webhook_url is missing");
        }
        Self { mail_to: mail_to(reader), webhook_url, webhook_secret, ca_pem: ca_pem(reader), node: node(reader) }
    }

    /// The webhook, when there is one.
    pub fn webhook(&self) -> Result<Option<Webhook>, NoRoots> {
        let Some(url) = self.webhook_url.clone() else { return Ok(None) };
        let client = Client::new(&ClientOptions { ca_pem: self.ca_pem.clone(), ..ClientOptions::default() })?;
        let secret = self.webhook_secret.as_ref().map(|secret| SecretString::from(secret.expose()));
        Ok(Some(Webhook { url, secret, client }))
    }
}

fn mail_to(reader: &mut Reader) -> Vec<String> {
    const KEY: &str = "alerts.mail_to";
    let texts = reader.texts(KEY).unwrap_or_default();
    for text in &texts {
        if let Err(error) = text.parse::<Address>() {
            reader.fault(KEY, format!("{text:?} {error}"));
        }
    }
    if texts.len() > ADDRESSES_MAX {
        reader.fault(KEY, format!("must be {ADDRESSES_MAX} addresses at most"));
    }
    texts
}

/// The name of this machine, unless another one is given.
fn node(reader: &mut Reader) -> String {
    let given = reader.text("alerts.node").map(|text| text.trim().to_owned());
    if given.as_ref().is_some_and(|name| name.is_empty() || name.len() > 100 || name.chars().any(char::is_control)) {
        reader.fault("alerts.node", "must be a name of up to 100 characters");
    }
    given.unwrap_or_else(|| {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        if host.trim().is_empty() { "this node".to_owned() } else { host.trim().to_owned() }
    })
}

/// The certificates of a file; a fault when it holds none.
fn ca_pem(reader: &mut Reader) -> Option<Vec<u8>> {
    reader.parsed("alerts.webhook_ca_file", None, |path| {
        let pem = std::fs::read(path).map_err(|error| format!("{path} cannot be read: {error}"))?;
        let options = ClientOptions { ca_pem: Some(pem.clone()), ..ClientOptions::default() };
        Client::new(&options).map_err(|error| format!("{path}: {error}"))?;
        Ok(Some(pem))
    })
}

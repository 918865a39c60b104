//! `[mail]`: how mail goes, by a mail server or by `SendGrid`'s, and whom it comes from. Without either the site has no
//! mail, and everything can be done without it.

use std::sync::Arc;

use base_mail::{Address, MailError, Post, Security, Smtp, SmtpSettings};
use secrecy::SecretString;

use super::reader::Reader;
use super::secret::Secret;

/// Where `SendGrid` takes mail by SMTP; the user's name is the same for all, the key is the password.
const SENDGRID_HOST: &str = "smtp.sendgrid.net";
const SENDGRID_USER: &str = "apikey";
/// Most addresses that get a copy of every mail.
const BCC_MAX: usize = 10;

/// The section, when the site has mail.
#[derive(Clone, Debug)]
pub struct Mail {
    /// How the server is reached.
    pub smtp: SmtpSettings,
    /// Whom mails come from.
    pub from: Address,
    /// Who gets a copy of every mail that is not private.
    pub bcc: Vec<Address>,
}

/// The server that mail goes to, and the key that names it.
struct Server {
    key: &'static str,
    host: String,
    security: Security,
    sign_in: Option<(String, SecretString)>,
}

/// What was set, by itself.
struct Parts {
    host: Option<String>,
    port: Option<u16>,
    security: Option<Security>,
    user: Option<String>,
    password: Option<Secret>,
    sendgrid_api_key: Option<Secret>,
}

impl Mail {
    /// Reads the section. `None` when no server is named, or when there is a fault.
    pub fn read(reader: &mut Reader) -> Option<Self> {
        let parts = Parts::read(reader);
        let ca_pem = ca_pem(reader);
        let text = reader.text("mail.from");
        let from = text.map(|text| text.parse::<Address>().map_err(|error| format!("{text:?} {error}")));
        if let Some(Err(message)) = &from {
            reader.fault("mail.from", message.as_str());
        }
        let bcc = bcc(reader);
        let Server { key, host, security, sign_in } = parts.server(reader)?;
        if from.is_none() {
            reader.fault(key, "mail.from is missing: the address that mails come from");
        }
        let from = from?.ok()?;
        let port = parts.port.unwrap_or_else(|| security.usual_port());
        let hello = from.domain().to_owned();
        let smtp = SmtpSettings { host, port, security, sign_in, ca_pem, hello };
        Some(Self { smtp, from, bcc })
    }

    /// The way that mails go. Called where tokio runs.
    pub fn post(&self) -> Result<Post, MailError> {
        let mailer = Arc::new(Smtp::new(&self.smtp)?);
        Ok(Post { mailer, from: self.from.clone(), bcc: self.bcc.clone() })
    }
}

impl Parts {
    fn read(reader: &mut Reader) -> Self {
        let host = reader.text("mail.host").map(|text| text.trim().to_owned());
        if let Some(name) = host.as_ref().filter(|name| !is_host(name)) {
            reader.fault("mail.host", format!("{name:?} is no name of a server"));
        }
        let port = u16::try_from(reader.number("mail.port", 0, 1..=65_535)).expect("at most 65,535");
        let security = reader.parsed("mail.tls", None, |text| match text.to_lowercase().as_str() {
            // `True` and `False` are what the earlier systems write.
            "starttls" | "true" => Ok(Some(Security::StartTls)),
            "tls" => Ok(Some(Security::Tls)),
            "none" | "false" => Ok(Some(Security::OpenLoopback)),
            _ => Err(format!("{text:?} must be starttls, tls or none")),
        });
        Self {
            host,
            port: (port > 0).then_some(port),
            security,
            user: reader.text("mail.user").filter(|user| !user.trim().is_empty()),
            password: reader.secret("mail.password"),
            sendgrid_api_key: reader.secret("mail.sendgrid_api_key"),
        }
    }

    /// `None` when there is no server, or when what is set contradicts itself.
    fn server(&self, reader: &mut Reader) -> Option<Server> {
        let security = self.security.unwrap_or(Security::StartTls);
        match (&self.host, &self.sendgrid_api_key) {
            (Some(_), Some(_)) => {
                reader.fault("mail.sendgrid_api_key", "mail.host is set too; keep one of them");
                None
            }
            (None, Some(api_key)) => {
                if security == Security::OpenLoopback {
                    reader.fault("mail.tls", "SendGrid is reached with starttls or tls");
                    return None;
                }
                if self.user.is_some() || self.password.is_some() {
                    reader.fault("mail.sendgrid_api_key", "mail.user or mail.password is set too; the key is enough");
                }
                let sign_in = Some((SENDGRID_USER.to_owned(), SecretString::from(api_key.expose())));
                Some(Server { key: "mail.sendgrid_api_key", host: SENDGRID_HOST.to_owned(), security, sign_in })
            }
            (Some(host), None) => {
                if security == Security::OpenLoopback && !SmtpSettings::is_loopback(host) {
                    reader.fault("mail.tls", format!("{host} is another machine: use starttls or tls"));
                    return None;
                }
                let sign_in = self.sign_in(reader);
                Some(Server { key: "mail.host", host: host.clone(), security, sign_in })
            }
            (None, None) => {
                reader.fault("mail.user", "mail.host is missing");
                reader.fault("mail.password", "mail.host is missing");
                None
            }
        }
    }

    fn sign_in(&self, reader: &mut Reader) -> Option<(String, SecretString)> {
        match (&self.user, &self.password) {
            (Some(user), Some(password)) => return Some((user.clone(), SecretString::from(password.expose()))),
            (Some(_), None) => reader.fault("mail.user", "mail.password is missing"),
            (None, Some(_)) => reader.fault("mail.password", "mail.user is missing"),
            (None, None) => {}
        }
        None
    }
}

fn is_host(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || "-._:[]".contains(character))
}

fn bcc(reader: &mut Reader) -> Vec<Address> {
    const KEY: &str = "mail.bcc";
    let mut bcc = Vec::new();
    for text in reader.texts(KEY).unwrap_or_default() {
        match text.parse() {
            Ok(address) => bcc.push(address),
            Err(error) => reader.fault(KEY, format!("{text:?} {error}")),
        }
    }
    if bcc.len() > BCC_MAX {
        reader.fault(KEY, format!("must be {BCC_MAX} addresses at most"));
    }
    bcc
}

/// The certificates of a file; a fault when it holds none.
fn ca_pem(reader: &mut Reader) -> Option<Vec<u8>> {
    reader.parsed("mail.ca_file", None, |path| match std::fs::read(path) {
        Ok(pem) if pem.windows(11).any(|part| part == b"-----BEGIN ") => Ok(Some(pem)),
        Ok(_) => Err(format!("{path} holds no certificate in PEM")),
        Err(error) => Err(format!("{path} cannot be read: {error}")),
    })
}

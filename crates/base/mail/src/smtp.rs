//! Mail by SMTP.
//!
//! Invariants: without TLS only to this machine; a connection is kept for the next mail, and no step waits longer than its
//! timeout.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use crate::{MailError, Mailer, Message};

/// How long to wait for a connection and for each answer of the server.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long one mail may take in total, attachments included.
const SEND_TIMEOUT: Duration = Duration::from_mins(3);
/// Mails are sent one after the other, so one connection is enough.
const CONNECTIONS_MAX: u32 = 1;

/// How the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// The connection starts unencrypted and is encrypted before anything is sent. A server that cannot do that is refused.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// No encryption, to this machine itself only.
    OpenLoopback,
}

/// How the server is reached.
#[derive(Clone)]
pub struct SmtpSettings {
    /// The server's name or address; its certificate must be for it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// User name and password, if the server asks for them.
    pub sign_in: Option<(String, SecretString)>,
    /// Certificates in PEM that are trusted besides the well-known ones.
    pub ca_pem: Option<Vec<u8>>,
    /// The name that we greet the server with: our own domain.
    pub hello: String,
}

impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe())
    }
}

impl Security {
    /// The usual port for this.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::OpenLoopback => 25,
        }
    }
}

impl SmtpSettings {
    /// The server and its encryption, for people to read.
    pub fn describe(&self) -> String {
        let how = match self.security {
            Security::StartTls => "with STARTTLS",
            Security::Tls => "with TLS",
            Security::OpenLoopback => "without TLS",
        };
        format!("{}:{} {how}", self.host, self.port)
    }

    /// True when the server is this machine itself.
    pub fn is_loopback(host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(|address: IpAddr| address.is_loopback())
    }
}

/// The client.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Smtp {
    /// Makes a client. It connects with the first mail. An unencrypted connection to another machine is an error, and so are
    /// certificates that cannot be read.
    pub fn new(settings: &SmtpSettings) -> Result<Self, MailError> {
        let tls = match settings.security {
            Security::StartTls => Tls::Required(tls_parameters(settings)?),
            Security::Tls => Tls::Wrapper(tls_parameters(settings)?),
            Security::OpenLoopback if SmtpSettings::is_loopback(&settings.host) => Tls::None,
            Security::OpenLoopback => {
                return Err(MailError::permanent(
                    "mail without TLS goes to this machine only; use TLS",
                    &settings.host,
                ));
            }
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .hello_name(ClientId::Domain(settings.hello.clone()))
            .timeout(Some(ANSWER_TIMEOUT))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS_MAX));
        if let Some((user, password)) = &settings.sign_in {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        Ok(Self { transport: builder.build() })
    }
}

fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, MailError> {
    let unreadable = |error: lettre::transport::smtp::Error| {
        MailError::permanent("the trusted certificates cannot be read", error.to_string())
    };
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.ca_pem {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(unreadable)?);
    }
    builder.build_rustls().map_err(unreadable)
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, message: &Message) -> Result<(), MailError> {
        let mail = message.wire_format()?;
        match timeout(SEND_TIMEOUT, self.transport.send(mail)).await {
            Ok(sent) => Ok(sent.map(drop)?),
            Err(_elapsed) => {
                Err(MailError::temporary("the mail took too long", format!("more than {} s", SEND_TIMEOUT.as_secs())))
            }
        }
    }

    async fn check(&self) -> Result<(), MailError> {
        if self.transport.test_connection().await? {
            Ok(())
        } else {
            Err(MailError::temporary("the mail server closed the connection", String::new()))
        }
    }
}

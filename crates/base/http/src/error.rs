//! What can go wrong with a call. Nothing here repeats a path, a query or a header: they may hold secrets.

use std::io;
use std::time::Duration;

/// A call that got no answer, or none that can be used.
#[derive(Debug, thiserror::Error)]
#[error("{server}: {why}")]
pub struct HttpError {
    /// Host and port that were called.
    pub server: String,
    /// What went wrong.
    pub why: Why,
}

/// Why a call got no answer.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// Nobody knows the host's address.
    #[error("the name of the host is not known")]
    Name(#[source] io::Error),
    /// Nobody takes the connection.
    #[error("no connection ({})", .0.kind())]
    Connect(#[source] io::Error),
    /// The server's certificate is not believed, or it speaks no TLS.
    #[error("no TLS ({0})")]
    Tls(io::Error),
    /// The connection, with its greeting, took too long.
    #[error("no connection within {} s", .0.as_secs_f32())]
    ConnectTime(Duration),
    /// The whole call took too long.
    #[error("no answer within {} s", .0.as_secs_f32())]
    Time(Duration),
    /// The answer is larger than the caller takes.
    #[error("the answer is larger than {0} bytes")]
    Large(u64),
    /// The connection broke, or what came is no HTTP.
    #[error("the connection ended or spoke no HTTP")]
    Broken(#[source] hyper::Error),
    /// What the answer was to be written to failed.
    #[error("the answer cannot be kept ({})", .0.kind())]
    Kept(#[source] io::Error),
    /// A header that no request can have.
    #[error("the header {0} holds what no header may hold")]
    Header(&'static str),
}

impl HttpError {
    /// True where the same call may succeed later.
    pub fn may_pass(&self) -> bool {
        !matches!(self.why, Why::Large(_) | Why::Kept(_) | Why::Header(_))
    }
}

/// Why the certificates that a site names cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the trusted certificates cannot be read: {0}")]
pub struct NoRoots(pub(crate) String);

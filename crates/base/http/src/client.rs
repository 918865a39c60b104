//! One call: connect, greet, send, read what is answered.

use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{HeaderMap, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::error::{HttpError, NoRoots, Why};
use crate::request::Request;
use crate::tls;
use crate::url::Url;

/// The longest head of an answer, in bytes.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// What a client is made with.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Certificates in PEM that are trusted besides the well-known ones.
    pub ca_pem: Option<Vec<u8>>,
    /// How long a connection may take, with its greeting.
    pub connect_timeout: Duration,
    /// How long a call may take in total, its body included. A request may say otherwise.
    pub total_timeout: Duration,
    /// The largest answer that is kept in memory, in bytes.
    pub answer_bytes_max: u64,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            ca_pem: None,
            connect_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(30),
            answer_bytes_max: 1024 * 1024,
        }
    }
}

/// Calls servers. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    connector: TlsConnector,
    connect_timeout: Duration,
    total_timeout: Duration,
    answer_bytes_max: u64,
}

/// What a server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status, such as 200.
    pub status: u16,
    headers: HeaderMap,
    /// The body; empty where it was written elsewhere.
    pub body: Bytes,
}

impl Answer {
    /// True for a status of 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of this name, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Client {
    /// Makes a client; it connects with each call. Certificates that cannot be read are an error.
    pub fn new(options: &ClientOptions) -> Result<Self, NoRoots> {
        Ok(Self {
            connector: tls::connector(options.ca_pem.as_deref())?,
            connect_timeout: options.connect_timeout,
            total_timeout: options.total_timeout,
            answer_bytes_max: options.answer_bytes_max,
        })
    }

    /// Makes a call. Whatever status is answered is an [`Answer`].
    pub async fn send(&self, request: Request) -> Result<Answer, HttpError> {
        let mut body = Vec::new();
        let answer = self.send_into(request, &mut body, self.answer_bytes_max).await?;
        Ok(Answer { body: body.into(), ..answer })
    }

    /// Makes a call and writes the body of the answer, of at most `bytes_max`, to `kept` as it comes. After an error there may
    /// be a part of it.
    pub async fn send_into(
        &self,
        request: Request,
        kept: &mut (impl AsyncWrite + Unpin + Send),
        bytes_max: u64,
    ) -> Result<Answer, HttpError> {
        let server = request.url.server();
        let time = request.within.unwrap_or(self.total_timeout);
        let called = timeout(time, self.call(request, kept, bytes_max)).await;
        called.unwrap_or(Err(Why::Time(time))).map_err(|why| HttpError { server, why })
    }

    async fn call(
        &self,
        request: Request,
        kept: &mut (impl AsyncWrite + Unpin + Send),
        bytes_max: u64,
    ) -> Result<Answer, Why> {
        let url = request.url.clone();
        let request = request.into_hyper()?;
        let connected = timeout(self.connect_timeout, connect(&self.connector, &url)).await;
        let stream = connected.unwrap_or(Err(Why::ConnectTime(self.connect_timeout)))?;
        let mut builder = http1::Builder::new();
        builder.max_buf_size(HEAD_BYTES_MAX);
        let (mut sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(Why::Broken)?;
        let exchange = async {
            let response = sender.send_request(request).await.map_err(Why::Broken)?;
            take(response, kept, bytes_max).await
        };
        let (mut exchange, mut connection) = (pin!(exchange), pin!(connection));
        let mut is_open = true;
        loop {
            tokio::select! {
                answered = &mut exchange => return answered,
                // How it ended is what the exchange tells.
                _ended = &mut connection, if is_open => is_open = false,
            }
        }
    }
}

/// What bytes go over.
trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

async fn connect(connector: &TlsConnector, url: &Url) -> Result<Box<dyn Wire>, Why> {
    let found = tokio::net::lookup_host((url.host(), url.port())).await.map_err(Why::Name)?;
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in found {
        match TcpStream::connect(address).await {
            Ok(stream) => return secured(connector, url, stream).await,
            Err(error) => last = error,
        }
    }
    Err(Why::Connect(last))
}

async fn secured(connector: &TlsConnector, url: &Url, stream: TcpStream) -> Result<Box<dyn Wire>, Why> {
    let _best_effort = stream.set_nodelay(true);
    if !url.is_tls() {
        return Ok(Box::new(stream));
    }
    let invalid = |_| Why::Name(io::Error::from(io::ErrorKind::InvalidInput));
    let name = ServerName::try_from(url.host().to_owned()).map_err(invalid)?;
    let stream = connector.connect(name, stream).await.map_err(Why::Tls)?;
    Ok(Box::new(stream))
}

async fn take(
    response: Response<Incoming>,
    kept: &mut (impl AsyncWrite + Unpin + Send),
    bytes_max: u64,
) -> Result<Answer, Why> {
    let (head, mut body) = response.into_parts();
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(Why::Broken)?.into_data() else { continue };
        bytes += data.len() as u64;
        if bytes > bytes_max {
            return Err(Why::Large(bytes_max));
        }
        kept.write_all(&data).await.map_err(Why::Kept)?;
    }
    kept.flush().await.map_err(Why::Kept)?;
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body: Bytes::new() })
}

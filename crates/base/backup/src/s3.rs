//! Storage that speaks S3: files are put there, listed, read back and removed.
//!
//! Invariants: every request is signed, and the storage refuses a body that is not the one that was signed; a large file goes
//! in parts that are read from the disk as they are sent; an upload that was cut off leaves nothing that [`S3::tidy_uploads`]
//! does not remove.

mod sign;
mod upload;
mod xml;

use std::sync::Arc;
use std::time::Duration;

use base_core::time::{Clock, Moment};
use base_http::{Answer, Client, ClientOptions, Method, Plain, Request, Url};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWrite;

use crate::error::BackupError;
use crate::name::Name;
use sign::{EMPTY_SHA256, Signed, Signer, encoded};
use upload::Piece;

/// How often a request is sent that fails by something that passes.
const TRIES: u32 = 3;
/// Longest that one part or a small file takes.
const PART_TIME_MAX: Duration = Duration::from_mins(10);
/// Longest that a whole file takes on its way back.
const FETCH_TIME_MAX: Duration = Duration::from_hours(2);
/// Pages of a list that are read at most, of 1,000 files each.
const PAGES_MAX: usize = 20;

/// Where the storage is and how it is entered.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// Its address, such as `https://s3.eu-central-1.amazonaws.com`.
    pub endpoint: String,
    /// Its region.
    pub region: String,
    /// The bucket, which exists.
    pub bucket: String,
    /// What the names of files begin with there, such as `site/`; may be empty.
    pub prefix: String,
    /// The public name of the secret.
    pub access_key: String,
    /// The secret.
    pub secret_key: SecretString,
    /// The bucket stands in the path, not in the name of the host.
    pub path_style: bool,
    /// Certificates in PEM that are trusted besides the well-known ones.
    pub ca_pem: Option<Vec<u8>>,
}

/// A file that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What its name says.
    pub name: Name,
    /// Its length in bytes.
    pub bytes: u64,
}

/// The storage. Cheap to clone.
#[derive(Clone)]
pub struct S3 {
    client: Client,
    clock: Arc<dyn Clock>,
    key: Signer,
    base: String,
    bucket_path: String,
    prefix: String,
    what: String,
}

/// One request, before it is signed.
struct Asked<'a> {
    method: Method,
    /// The name of the file behind the prefix; empty for the bucket itself.
    file: &'a str,
    /// Encoded, in the order of names.
    query: String,
    more: Vec<(&'static str, String)>,
    body: Body<'a>,
    body_sha256: String,
}

/// What a request carries.
enum Body<'a> {
    None,
    Text(String),
    Piece(Piece<'a>),
}

impl<'a> Asked<'a> {
    fn new(method: Method, file: &'a str, query: impl Into<String>) -> Self {
        let body_sha256 = EMPTY_SHA256.to_owned();
        Self { method, file, query: query.into(), more: Vec::new(), body: Body::None, body_sha256 }
    }

    fn text(mut self, text: String) -> Self {
        self.body_sha256 = hex::encode(Sha256::digest(&text));
        self.body = Body::Text(text);
        self
    }

    fn piece(mut self, piece: Piece<'a>, sha256: String) -> Self {
        self.body_sha256 = sha256;
        self.body = Body::Piece(piece);
        self
    }
}

impl S3 {
    /// Opens it; nothing is sent yet.
    ///
    /// # Errors
    /// When the address or a certificate cannot be used.
    pub fn open(settings: &S3Settings, clock: Arc<dyn Clock>) -> Result<Self, BackupError> {
        let what = format!("s3://{}/{}", settings.bucket, settings.prefix);
        let wrong = |error: String| BackupError::Copy { place: what.clone(), what: error };
        let endpoint = settings.endpoint.trim_end_matches('/');
        let base = if settings.path_style {
            endpoint.to_owned()
        } else {
            let (scheme, host) = endpoint.split_once("://").unwrap_or(("https", endpoint));
            format!("{scheme}://{}.{host}", settings.bucket)
        };
        Url::parse(&base, Plain::Anywhere).map_err(|fault| wrong(format!("backup.s3.endpoint: {fault}")))?;
        let options = ClientOptions { ca_pem: settings.ca_pem.clone(), ..ClientOptions::default() };
        let client = Client::new(&options).map_err(|error| wrong(format!("backup.s3.ca_file: {error}")))?;
        let key = Signer {
            access_key: settings.access_key.clone(),
            secret_key: settings.secret_key.clone(),
            region: settings.region.clone(),
        };
        let bucket_path = if settings.path_style { format!("/{}", settings.bucket) } else { String::new() };
        Ok(Self { client, clock, key, base, bucket_path, prefix: settings.prefix.clone(), what })
    }

    /// What it is called in words: `s3://bucket/prefix`.
    pub fn describe(&self) -> &str {
        &self.what
    }

    fn fault(&self, what: impl Into<String>) -> BackupError {
        BackupError::Copy { place: self.what.clone(), what: what.into() }
    }

    /// A signed request, without its body.
    fn request(&self, asked: &Asked<'_>, at: Moment) -> Result<Request, BackupError> {
        let name = if asked.file.is_empty() { String::new() } else { format!("{}{}", self.prefix, asked.file) };
        let path = format!("{}/{}", self.bucket_path, encoded(&name, Some('/')));
        let query = if asked.query.is_empty() { String::new() } else { format!("?{}", asked.query) };
        let url = Url::parse(&format!("{}{path}{query}", self.base), Plain::Anywhere);
        let url = url.map_err(|fault| self.fault(format!("backup.s3.endpoint: {fault}")))?;
        let signed = Signed {
            method: asked.method.as_str(),
            host: &url.host_header(),
            path: &path,
            query: &asked.query,
            more: &asked.more,
            body_sha256: &asked.body_sha256,
            at,
        };
        let request = Request::new(asked.method, url.clone()).within(PART_TIME_MAX);
        Ok(self.key.headers(&signed).into_iter().fold(request, |request, (name, value)| request.header(name, value)))
    }

    /// Sends a request until it is answered with anything but a fault that passes.
    async fn send(&self, asked: &Asked<'_>) -> Result<Answer, BackupError> {
        let mut tried = 0;
        loop {
            tried += 1;
            let request = self.request(asked, self.clock.now())?;
            let request = match &asked.body {
                Body::None => request,
                Body::Text(text) => request.bytes(text.clone()),
                Body::Piece(piece) => {
                    let file = piece.open().await.map_err(BackupError::disk(piece.path))?;
                    request.file(file, piece.bytes)
                }
            };
            let passes = match self.client.send(request).await {
                Ok(answer) if answer.status < 500 && answer.status != 429 => return Ok(answer),
                Ok(answer) => self.refused(&answer),
                Err(error) if error.may_pass() => self.fault(error.to_string()),
                Err(error) => return Err(self.fault(error.to_string())),
            };
            if tried == TRIES {
                return Err(passes);
            }
            tokio::time::sleep(Duration::from_millis(200) * 2_u32.pow(tried)).await;
        }
    }

    /// What an answer that is no success says, and what to look at.
    fn refused(&self, answer: &Answer) -> BackupError {
        let text = String::from_utf8_lossy(&answer.body);
        let code = xml::first(&text, "Code").unwrap_or_default();
        let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(60).collect();
        let cure = match (answer.status, code.as_str()) {
            (_, "NoSuchBucket") => "; create the bucket, or name another in backup.s3.bucket",
            (_, "RequestTimeTooSkewed") => "; set the clock of this machine",
            (301 | 307 | 308, _) | (_, "AuthorizationHeaderMalformed" | "PermanentRedirect") => {
                "; look at backup.s3.region and backup.s3.endpoint"
            }
            (401 | 403, _) => "; look at backup.s3.access_key, backup.s3.secret_key and what they permit",
            _ => "",
        };
        let code = if code.is_empty() { code } else { format!(" {code}") };
        self.fault(format!("answered {}{code}{cure}", answer.status))
    }

    /// The backups that are there, the newest first. Other files are left alone.
    pub async fn list(&self) -> Result<Vec<Object>, BackupError> {
        let mut found = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let after = token.take().map(|token| format!("continuation-token={}&", encoded(&token, None)));
            let prefix = encoded(&self.prefix, None);
            let query = format!("{}list-type=2&max-keys=1000&prefix={prefix}", after.unwrap_or_default());
            let answer = self.send(&Asked::new(Method::Get, "", query)).await?;
            if !answer.is_success() {
                return Err(self.refused(&answer));
            }
            let text = String::from_utf8_lossy(&answer.body);
            if !text.contains("<ListBucketResult") {
                return Err(self.fault("what answers is no storage that speaks S3; look at backup.s3.endpoint"));
            }
            for entry in xml::each(&text, "Contents") {
                let key = xml::first(entry, "Key").unwrap_or_default();
                let name = key.strip_prefix(&self.prefix).and_then(Name::parse);
                let bytes = xml::first(entry, "Size").and_then(|size| size.parse().ok());
                found.extend(name.zip(bytes).map(|(name, bytes)| Object { name, bytes }));
            }
            token = xml::first(&text, "NextContinuationToken").filter(|token| !token.is_empty());
            if token.is_none() {
                break;
            }
        }
        found.sort_by_key(|object| std::cmp::Reverse(object.name.at));
        Ok(found)
    }

    /// Reads a file and writes it to `kept` as it comes; gives its length.
    pub async fn read(&self, name: &str, kept: &mut (impl AsyncWrite + Unpin + Send)) -> Result<u64, BackupError> {
        let length = self.length(name).await?.ok_or_else(|| self.fault(format!("there is no {name}")))?;
        let request = self.request(&Asked::new(Method::Get, name, ""), self.clock.now())?.within(FETCH_TIME_MAX);
        let answer = self.client.send_into(request, kept, length).await;
        let answer = answer.map_err(|error| self.fault(error.to_string()))?;
        if answer.is_success() { Ok(length) } else { Err(self.refused(&answer)) }
    }

    /// The length of a file; `None` where there is none.
    pub async fn length(&self, name: &str) -> Result<Option<u64>, BackupError> {
        let answer = self.send(&Asked::new(Method::Head, name, "")).await?;
        match answer.status {
            404 => Ok(None),
            200..300 => {
                let length = answer.header("content-length").and_then(|text| text.parse().ok());
                length.map(Some).ok_or_else(|| self.fault(format!("does not tell how long {name} is")))
            }
            _ => Err(self.refused(&answer)),
        }
    }

    /// Removes a file; one that is not there is removed already.
    pub async fn remove(&self, name: &str) -> Result<(), BackupError> {
        let answer = self.send(&Asked::new(Method::Delete, name, "")).await?;
        if answer.is_success() || answer.status == 404 { Ok(()) } else { Err(self.refused(&answer)) }
    }
}

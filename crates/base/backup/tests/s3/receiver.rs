//! Storage that speaks enough of S3, in memory. It works the signature of each request out for itself and refuses what does
//! not fit.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub const ACCESS: &str = "site";
pub const SECRET: &str = "the secret of the site";

#[derive(Default)]
pub struct Stored {
    pub objects: BTreeMap<String, Vec<u8>>,
    pub uploads: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    pub refused: Vec<String>,
    /// So many answers fail at first.
    pub failing: u32,
    pub parts_max_bytes: usize,
}

pub struct Receiver {
    pub endpoint: String,
    pub stored: Arc<Mutex<Stored>>,
}

struct Request {
    method: String,
    path: String,
    query: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Receiver {
    pub async fn begin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let stored = Arc::new(Mutex::new(Stored::default()));
        let kept = stored.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, kept.clone()));
            }
        });
        Self { endpoint, stored }
    }

    pub fn names(&self) -> Vec<String> {
        self.stored.lock().expect("whole").objects.keys().cloned().collect()
    }

    pub fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        change(self.stored.lock().expect("whole").objects.get_mut(name).expect("it is there"));
    }
}

async fn serve(mut stream: TcpStream, stored: Arc<Mutex<Stored>>) {
    let mut bytes = Vec::new();
    let head = loop {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).expect("text");
    let mut lines = text.lines();
    let mut first = lines.next().expect("a line").split(' ');
    let (method, target) = (first.next().expect("a method").to_owned(), first.next().expect("a path"));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    while bytes.len() < head + 4 + length {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let body = bytes[head + 4..].to_vec();
    let request = Request { method, path: path.to_owned(), query: query.to_owned(), headers, body };
    let (status, more, body) = answer(&request, &stored);
    let shown = if request.method == "HEAD" { Vec::new() } else { body.clone() };
    let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{more}connection: close\r\n\r\n", body.len());
    let _sent = stream.write_all(&[head.into_bytes(), shown].concat()).await;
    let _ended = stream.shutdown().await;
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Why a request is refused, by its signature or its body.
fn refusal(request: &Request) -> Option<&'static str> {
    let authorization = request.headers.get("authorization")?;
    let part = |name: &str| authorization.split(name).nth(1).and_then(|rest| rest.split(',').next()).map(str::trim);
    let (credential, names, signature) = (part("Credential=")?, part("SignedHeaders=")?, part("Signature=")?);
    let scope: Vec<&str> = credential.splitn(2, '/').collect();
    if scope[0] != ACCESS {
        return Some("InvalidAccessKeyId");
    }
    if names.split(';').next() != Some("host") || !names.contains("x-amz-date") {
        return Some("AccessDenied");
    }
    let body = request.headers.get("x-amz-content-sha256")?;
    if *body != hex::encode(Sha256::digest(&request.body)) {
        return Some("XAmzContentSHA256Mismatch");
    }
    let value_of = |name: &str| request.headers.get(name).map_or("", String::as_str);
    let lines = names.split(';').fold(String::new(), |lines, name| lines + name + ":" + value_of(name) + "\n");
    let mut query: Vec<&str> = request.query.split('&').filter(|part| !part.is_empty()).collect();
    query.sort_unstable();
    let canonical = [&request.method, &request.path, &query.join("&"), &lines, names, body].join("\n");
    let date = request.headers.get("x-amz-date")?;
    let hash = hex::encode(Sha256::digest(canonical));
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{}\n{hash}", scope[1]);
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for step in scope[1].split('/') {
        key = mac(&key, step);
    }
    (hex::encode(mac(&key, &text)) != signature).then_some("SignatureDoesNotMatch")
}

fn answer(request: &Request, stored: &Mutex<Stored>) -> (u16, String, Vec<u8>) {
    let mut stored = stored.lock().expect("whole");
    if !request.headers.contains_key("authorization") {
        return (403, String::new(), b"<Error><Code>AccessDenied</Code></Error>".to_vec());
    }
    if let Some(code) = refusal(request) {
        stored.refused.push(code.to_owned());
        return (403, String::new(), format!("<Error><Code>{code}</Code></Error>").into_bytes());
    }
    if stored.failing > 0 {
        stored.failing -= 1;
        return (503, String::new(), b"<Error><Code>SlowDown</Code></Error>".to_vec());
    }
    let Some(key) = request.path.strip_prefix("/bucket/") else {
        return (404, String::new(), b"<Error><Code>NoSuchBucket</Code></Error>".to_vec());
    };
    let query: BTreeMap<&str, &str> = request.query.split('&').filter_map(|part| part.split_once('=')).collect();
    let part = query.get("partNumber").and_then(|text| text.parse::<u32>().ok());
    match (request.method.as_str(), part, query.get("uploadId")) {
        ("GET", ..) if query.contains_key("list-type") => (200, String::new(), listed(&stored, &query)),
        ("GET", ..) if query.contains_key("uploads") => {
            let each = |key: &String| format!("<Upload><Key>{key}</Key><UploadId>{key}</UploadId></Upload>");
            let all: String = stored.uploads.keys().map(each).collect();
            (200, String::new(), format!("<R>{all}</R>").into_bytes())
        }
        ("POST", None, None) => {
            stored.uploads.insert(key.to_owned(), BTreeMap::new());
            (200, String::new(), format!("<R><UploadId>{key}</UploadId></R>").into_bytes())
        }
        ("PUT", Some(part), Some(_)) => {
            stored.parts_max_bytes = stored.parts_max_bytes.max(request.body.len());
            stored.uploads.get_mut(key).expect("begun").insert(part, request.body.clone());
            (200, format!("etag: \"part{part}\"\r\n"), Vec::new())
        }
        ("POST", None, Some(_)) => {
            let parts = stored.uploads.remove(key).expect("begun");
            let listed: usize = String::from_utf8_lossy(&request.body).matches("<PartNumber>").count();
            assert_eq!(listed, parts.len());
            stored.objects.insert(key.to_owned(), parts.into_values().flatten().collect());
            (200, String::new(), b"<CompleteMultipartUploadResult></CompleteMultipartUploadResult>".to_vec())
        }
        ("DELETE", _, Some(_)) => {
            stored.uploads.remove(key);
            (204, String::new(), Vec::new())
        }
        ("PUT", ..) => {
            stored.objects.insert(key.to_owned(), request.body.clone());
            (200, "etag: \"whole\"\r\n".to_owned(), Vec::new())
        }
        ("DELETE", ..) => {
            stored.objects.remove(key);
            (204, String::new(), Vec::new())
        }
        _ => match stored.objects.get(key) {
            Some(bytes) => (200, String::new(), bytes.clone()),
            None => (404, String::new(), Vec::new()),
        },
    }
}

/// Two on a page, so that lists have several.
fn listed(stored: &Stored, query: &BTreeMap<&str, &str>) -> Vec<u8> {
    let prefix = query.get("prefix").unwrap_or(&"").replace("%2F", "/");
    let after = query.get("continuation-token").map(|text| text.replace("%2F", "/")).unwrap_or_default();
    let found: Vec<_> =
        stored.objects.iter().filter(|(key, _)| key.starts_with(&prefix) && **key > after).take(3).collect();
    let each = |(key, bytes): &(&String, &Vec<u8>)| {
        format!("<Contents><Key>{key}</Key><Size>{}</Size></Contents>", bytes.len())
    };
    let all: String = found.iter().take(2).map(each).collect();
    let next = found.get(1).filter(|_| found.len() > 2).map(|(key, _)| key.as_str());
    let next = next.map(|key| format!("<NextContinuationToken>{key}</NextContinuationToken>")).unwrap_or_default();
    format!("<ListBucketResult xmlns=\"x\">{all}{next}</ListBucketResult>").into_bytes()
}

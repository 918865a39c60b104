//! Putting a file into the storage, in parts where it is large.

use std::io::SeekFrom;
use std::path::Path;

use base_http::Method;
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::{Asked, S3, encoded, xml};
use crate::error::BackupError;
use crate::name::Name;

/// A file of up to so many bytes goes in one piece; so long is a part, too, unless there were too many of them.
const PART_BYTES: u64 = 16 << 20;
/// Parts of a file at most; S3 takes 10,000.
const PARTS_MAX: u64 = 9_000;
/// Broken uploads that one look removes.
const BROKEN_MAX: usize = 1_000;

/// A piece of a file.
#[derive(Clone, Copy)]
pub(super) struct Piece<'p> {
    pub(super) path: &'p Path,
    pub(super) from: u64,
    pub(super) bytes: u64,
}

impl Piece<'_> {
    pub(super) async fn open(&self) -> std::io::Result<File> {
        let mut file = File::open(self.path).await?;
        file.seek(SeekFrom::Start(self.from)).await?;
        Ok(file)
    }

    async fn sha256(&self) -> std::io::Result<String> {
        let mut file = self.open().await?.take(self.bytes);
        let (mut hash, mut read) = (Sha256::new(), vec![0; 256 << 10]);
        loop {
            let n = file.read(&mut read).await?;
            if n == 0 {
                return Ok(hex::encode(hash.finalize()));
            }
            hash.update(read.get(..n).unwrap_or_default());
        }
    }
}

impl S3 {
    /// Puts the file at `path` there under its own name, and compares the length afterwards. `sha256` is that of the file: the
    /// storage refuses other bytes.
    pub async fn put(&self, path: &Path, sha256: &str) -> Result<u64, BackupError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = tokio::fs::metadata(path).await.map_err(BackupError::disk(path))?.len();
        let whole = Piece { path, from: 0, bytes };
        if bytes <= PART_BYTES {
            let mut asked = Asked::new(Method::Put, &name, "").piece(whole, sha256.to_owned());
            asked.more.push(("x-amz-meta-sha256", sha256.to_owned()));
            let answer = self.send(&asked).await?;
            if !answer.is_success() {
                return Err(self.refused(&answer));
            }
        } else {
            self.put_in_parts(&name, whole, sha256).await?;
        }
        let there = self.length(&name).await?;
        if there != Some(bytes) {
            let there = there.map_or("nothing".to_owned(), |there| format!("{there} bytes"));
            return Err(self.fault(format!("has {there} of {name}, and {bytes} bytes were sent")));
        }
        // The sum last: where it stands, the file is complete.
        let line = format!("{sha256}  {name}\n");
        let sum_name = format!("{name}.sha256");
        let answer = self.send(&Asked::new(Method::Put, &sum_name, "").text(line)).await?;
        if answer.is_success() { Ok(bytes) } else { Err(self.refused(&answer)) }
    }

    async fn put_in_parts(&self, name: &str, whole: Piece<'_>, sha256: &str) -> Result<(), BackupError> {
        let mut begin = Asked::new(Method::Post, name, "uploads=");
        begin.more.push(("x-amz-meta-sha256", sha256.to_owned()));
        let answer = self.send(&begin).await?;
        if !answer.is_success() {
            return Err(self.refused(&answer));
        }
        let id = xml::first(&String::from_utf8_lossy(&answer.body), "UploadId");
        let id = id.ok_or_else(|| self.fault("began no upload"))?;
        let sent = self.send_parts(name, &id, whole).await;
        if sent.is_err() {
            // The fault is what matters; what is left is removed before the next copy.
            drop(self.abort(name, &id).await);
        }
        sent
    }

    async fn send_parts(&self, name: &str, id: &str, whole: Piece<'_>) -> Result<(), BackupError> {
        let part_bytes = PART_BYTES.max(whole.bytes.div_ceil(PARTS_MAX));
        let id = encoded(id, None);
        let mut list = String::from("<CompleteMultipartUpload>");
        let (mut from, mut number) = (0, 0);
        while from < whole.bytes {
            number += 1;
            let piece = Piece { from, bytes: part_bytes.min(whole.bytes - from), ..whole };
            let sha256 = piece.sha256().await.map_err(BackupError::disk(whole.path))?;
            let asked = Asked::new(Method::Put, name, format!("partNumber={number}&uploadId={id}"));
            let answer = self.send(&asked.piece(piece, sha256)).await?;
            if !answer.is_success() {
                return Err(self.refused(&answer));
            }
            let tag = xml::escaped(answer.header("etag").ok_or_else(|| self.fault("gave a part no tag"))?);
            list.push_str(&format!("<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>"));
            from += piece.bytes;
        }
        list.push_str("</CompleteMultipartUpload>");
        let answer = self.send(&Asked::new(Method::Post, name, format!("uploadId={id}")).text(list)).await?;
        // It may say 200 at once and a fault in the end.
        let is_complete = String::from_utf8_lossy(&answer.body).contains("<CompleteMultipartUploadResult");
        if answer.is_success() && is_complete { Ok(()) } else { Err(self.refused(&answer)) }
    }

    async fn abort(&self, name: &str, id: &str) -> Result<(), BackupError> {
        let query = format!("uploadId={}", encoded(id, None));
        let answer = self.send(&Asked::new(Method::Delete, name, query)).await?;
        if answer.is_success() || answer.status == 404 { Ok(()) } else { Err(self.refused(&answer)) }
    }

    /// Removes what uploads of backups that were cut off have left, and gives how many there were. To be called while none is
    /// under way.
    pub async fn tidy_uploads(&self) -> Result<usize, BackupError> {
        let query = format!("max-uploads={BROKEN_MAX}&prefix={}&uploads=", encoded(&self.prefix, None));
        let answer = self.send(&Asked::new(Method::Get, "", query)).await?;
        if !answer.is_success() {
            return Err(self.refused(&answer));
        }
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let mut removed = 0;
        for upload in xml::each(&text, "Upload") {
            let key = xml::first(upload, "Key").unwrap_or_default();
            let Some(name) = key.strip_prefix(&self.prefix).filter(|name| Name::parse(name).is_some()) else {
                continue;
            };
            if let Some(id) = xml::first(upload, "UploadId") {
                self.abort(name, &id).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

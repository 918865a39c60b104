//! The text of a CSV file in whichever encoding it was written: UTF-8, UTF-16, or Windows-1252 where it is neither.
//!
//! The whole file is read once for this, and for its digest: a file with one invalid character in its last row is not
//! UTF-8.

use std::io::Read;

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use sha2::{Digest, Sha256};

use super::content::{Content, Stream};
use crate::fault::SheetFault;

const BUFFER_BYTES: usize = 131_072;
/// So many bytes at the beginning decide whether a file without a mark is UTF-16.
const SAMPLE_BYTES: usize = 4096;

/// What is known about a file that was read through.
#[derive(Clone, Copy, Debug)]
pub struct Survey {
    /// SHA-256 over the content.
    pub digest: [u8; 32],
    /// Its encoding.
    pub encoding: &'static Encoding,
}

/// Reads the whole file through.
pub fn survey(content: &Content) -> Result<Survey, SheetFault> {
    let mut stream = content.open()?;
    let mut hash = Sha256::new();
    let mut check = Utf8Check::new();
    let mut marked = None;
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut is_first = true;
    loop {
        let count = stream.read(&mut buffer).map_err(SheetFault::Unreadable)?;
        let chunk = &buffer[..count];
        if is_first {
            marked = Encoding::for_bom(chunk).map(|(encoding, _)| encoding).or_else(|| unmarked_utf16(chunk));
            is_first = false;
        }
        check.take(chunk);
        if count == 0 {
            break;
        }
        hash.update(chunk);
    }
    let guess = if check.is_utf8 { UTF_8 } else { WINDOWS_1252 };
    Ok(Survey { digest: hash.finalize().into(), encoding: marked.unwrap_or(guess) })
}

/// In a table in UTF-16, most characters have a zero byte.
fn unmarked_utf16(chunk: &[u8]) -> Option<&'static Encoding> {
    let sample = &chunk[..chunk.len().min(SAMPLE_BYTES)];
    let pairs = sample.len() / 2;
    let zeros = |first: usize| sample.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let most = |many: usize, few: usize| pairs > 1 && many * 10 >= pairs * 6 && few * 20 <= pairs;
    if most(odd, even) {
        Some(UTF_16LE)
    } else if most(even, odd) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether everything that was taken is UTF-8, wherever it was cut.
struct Utf8Check {
    decoder: Decoder,
    scratch: Vec<u8>,
    is_utf8: bool,
}

impl Utf8Check {
    fn new() -> Self {
        Self { decoder: UTF_8.new_decoder(), scratch: vec![0; BUFFER_BYTES * 3 + 16], is_utf8: true }
    }

    /// An empty chunk is the end.
    fn take(&mut self, chunk: &[u8]) {
        if self.is_utf8 {
            let (result, ..) =
                self.decoder.decode_to_utf8_without_replacement(chunk, &mut self.scratch, chunk.is_empty());
            self.is_utf8 = result == DecoderResult::InputEmpty;
        }
    }
}

/// Reads a file as UTF-8, chunk by chunk.
pub struct TextReader {
    stream: Stream,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What of `raw` is not decoded yet.
    begin: usize,
    end: usize,
    is_at_end: bool,
    text: Vec<u8>,
}

impl TextReader {
    /// At the beginning of a file; a byte order mark there is skipped.
    pub fn open(content: &Content, encoding: &'static Encoding) -> Result<Self, SheetFault> {
        Ok(Self {
            stream: content.open()?,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; BUFFER_BYTES],
            begin: 0,
            end: 0,
            is_at_end: false,
            text: vec![0; BUFFER_BYTES],
        })
    }

    /// The next piece of text; empty at the end. `row` is its row, for the error.
    pub fn next(&mut self, row: i64) -> Result<&[u8], SheetFault> {
        loop {
            if self.begin == self.end && !self.is_at_end {
                self.begin = 0;
                self.end = self.stream.read(&mut self.raw).map_err(SheetFault::Unreadable)?;
                self.is_at_end = self.end == 0;
            }
            let input = &self.raw[self.begin..self.end];
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(input, &mut self.text, self.is_at_end);
            self.begin += read;
            if let DecoderResult::Malformed(..) = result {
                return Err(SheetFault::BadText { row });
            }
            if written > 0 {
                return Ok(&self.text[..written]);
            }
            if self.is_at_end {
                return Ok(&[]);
            }
        }
    }
}

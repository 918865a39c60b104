//! The scans of a measurement: each connection is one scanner that fills parents of its own with new children.

use base_core::entropy::new_id;
use base_core::time::Clock;

use super::client::Requests;
use crate::system::{SystemClock, SystemEntropy};

/// In which order child labels come to the scanners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Codes {
    /// From one delivery, as printed: all scanners work through the same rolls.
    Serial,
    /// In random order: the worst case for the database, because no two codes are neighbours.
    Random,
}

/// One scanner: a parent, its thirty children, the next parent.
pub struct Scanner {
    number: usize,
    connections: usize,
    codes: Codes,
    token: String,
    sent: usize,
}

impl Scanner {
    /// Scanner `number` of `connections`.
    pub fn new(number: usize, connections: usize, codes: Codes, token: &str) -> Self {
        Self { number, connections, codes, token: token.to_owned(), sent: 0 }
    }

    fn child(&self) -> u64 {
        let serial = (self.sent * self.connections + self.number) as u64;
        match self.codes {
            Codes::Serial => serial,
            // An odd factor only changes the order of the 2^40 codes.
            Codes::Random => serial.wrapping_mul(0x9E37_79B9_7F4A_7C15) & 0xFF_FFFF_FFFF,
        }
    }
}

impl Requests for Scanner {
    fn next(&mut self, out: &mut Vec<u8>) {
        let now = SystemClock.now();
        let id = new_id(&SystemEntropy, now);
        let parent = format!("SB{:07}", (self.sent / 31) * self.connections + self.number);
        let scan = match self.sent % 31 {
            0 => format!("\"action\":\"parent\",\"code\":\"{parent}\""),
            _ => format!("\"action\":\"child\",\"parent\":\"{parent}\",\"code\":\"K{:010X}\"", self.child()),
        };
        self.sent += 1;
        let (at, number, token) = (now.rfc3339(), self.number, &self.token);
        let body = format!("{{\"station\":\"dock-{number}\",\"scans\":[{{\"id\":\"{id}\",\"at\":\"{at}\",{scan}}}]}}");
        let head = format!(
            "POST /api/v1/scans HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(body.as_bytes());
    }
}

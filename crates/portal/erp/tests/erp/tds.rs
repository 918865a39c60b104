//! A small SQL Server: enough of its protocol (MS-TDS) to sign a client in and to answer each statement as a test says,
//! in as many packets as it takes. Not encrypted.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Bytes of one packet, with its head.
const PACKET: usize = 4_096;
const HEAD: usize = 8;

const SQL_BATCH: u8 = 1;
const RPC: u8 = 3;
const ANSWER: u8 = 4;
const LOGIN: u8 = 16;
const PRELOGIN: u8 = 18;

/// What a statement is answered with.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Rows of text.
    Rows(Vec<Vec<Option<String>>>),
    /// One whole number, as a number.
    Number(i32),
    /// A number, a class and a text.
    Error(u32, u8, String),
    /// Some rows, and then the line is cut.
    CutAfter(Vec<Vec<Option<String>>>),
    /// Nothing, for so long; then the line is cut.
    Silence(Duration),
    /// Bytes that are no answer.
    Garbage,
    /// The statement is done, without rows; then the line is closed, as one that was idle for too long.
    Closing(Vec<Vec<Option<String>>>),
}

/// What a server has seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The texts that came, statements with their parameters.
    pub texts: Vec<String>,
    /// Sign-ins.
    pub sign_ins: usize,
    /// How many of them said that they only read.
    pub read_only: usize,
}

/// A server on a port of this machine. Its threads end with the test.
pub struct SmallServer {
    /// Where it listens.
    pub port: u16,
    seen: Arc<Mutex<Seen>>,
}

type Script = dyn Fn(&str) -> Answer + Send + Sync;

impl SmallServer {
    /// Starts one that answers as `script` says. The user `stranger` is refused.
    pub fn start(script: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (script, shared): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&seen));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (script, seen) = (Arc::clone(&script), Arc::clone(&shared));
                std::thread::spawn(move || serve(stream, script.as_ref(), &seen));
            }
        });
        Self { port, seen }
    }

    /// What it has seen until now.
    pub fn seen(&self) -> Seen {
        self.seen.lock().expect("nobody fails with it").clone()
    }
}

fn serve(mut stream: TcpStream, script: &Script, seen: &Mutex<Seen>) -> Option<()> {
    loop {
        let (kind, message) = receive(&mut stream)?;
        match kind {
            PRELOGIN => send(&mut stream, &prelogin())?,
            LOGIN => {
                let mut seen = seen.lock().ok()?;
                seen.sign_ins += 1;
                seen.read_only += usize::from(message.get(26)? & 0x20 != 0);
                let answer = if user(&message)? == "stranger" {
                    [error(18456, 14, "Login failed for user 'stranger'."), done()].concat()
                } else {
                    [login_ack(), done()].concat()
                };
                send(&mut stream, &answer)?;
            }
            SQL_BATCH | RPC => {
                let text = texts(&message);
                // What each new connection is told is no statement of anybody.
                let is_greeting = text.contains("set lock_timeout");
                if !is_greeting {
                    seen.lock().ok()?.texts.push(text.clone());
                }
                let answer = if is_greeting { Answer::Rows(Vec::new()) } else { script(&text) };
                answer_with(&mut stream, answer)?;
            }
            _ => return None,
        }
    }
}

fn answer_with(stream: &mut TcpStream, answer: Answer) -> Option<()> {
    match answer {
        Answer::Rows(rows) if rows.is_empty() => send(stream, &done()),
        Answer::Rows(rows) => send(stream, &[text_columns(rows[0].len()), rows_of(&rows), done()].concat()),
        Answer::Number(number) => {
            let column = [&[0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0x38, 0][..], &[0xd1][..], &number.to_le_bytes()].concat();
            send(stream, &[column, done()].concat())
        }
        Answer::Error(number, class, text) => send(stream, &[error(number, class, &text), done()].concat()),
        Answer::CutAfter(rows) => {
            let bytes = [text_columns(rows[0].len()), rows_of(&rows)].concat();
            let mut packets = packets(&bytes);
            // The last packet never comes.
            packets.pop();
            stream.write_all(&packets.concat()).ok()?;
            stream.shutdown(Shutdown::Both).ok()
        }
        Answer::Silence(span) => {
            std::thread::sleep(span);
            stream.shutdown(Shutdown::Both).ok()
        }
        Answer::Garbage => {
            send(stream, &[0x17; 64])?;
            stream.shutdown(Shutdown::Both).ok()
        }
        Answer::Closing(rows) => {
            send(stream, &[text_columns(rows[0].len()), rows_of(&rows), done()].concat())?;
            stream.shutdown(Shutdown::Both).ok()
        }
    }
}

/// One message, which may be of several packets.
fn receive(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let mut message = Vec::new();
    loop {
        let mut head = [0; HEAD];
        stream.read_exact(&mut head).ok()?;
        let len = usize::from(u16::from_be_bytes([head[2], head[3]])).checked_sub(HEAD)?;
        let at = message.len();
        message.resize(at + len, 0);
        stream.read_exact(&mut message[at..]).ok()?;
        if head[1] & 1 != 0 {
            return Some((head[0], message));
        }
    }
}

fn send(stream: &mut TcpStream, bytes: &[u8]) -> Option<()> {
    stream.write_all(&packets(bytes).concat()).ok()
}

fn packets(bytes: &[u8]) -> Vec<Vec<u8>> {
    let chunks: Vec<&[u8]> = bytes.chunks(PACKET - HEAD).collect();
    let count = chunks.len();
    let packet = |(at, chunk): (usize, &[u8])| {
        let len = u16::try_from(chunk.len() + HEAD).expect("a packet is small").to_be_bytes();
        let number = u8::try_from(at % 256).expect("below 256");
        let is_last = u8::from(at + 1 == count);
        [&[ANSWER, is_last, len[0], len[1], 0, 1, number, 0][..], chunk].concat()
    };
    chunks.into_iter().enumerate().map(packet).collect()
}

/// Version 16, and no encryption.
fn prelogin() -> Vec<u8> {
    [&[0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff][..], &[16, 0, 0, 0, 0, 0][..], &[2][..]].concat()
}

fn login_ack() -> Vec<u8> {
    let name = utf16("Small Server");
    let body = [&[1, 0x74, 0, 0, 4, 12][..], &name, &[16, 0, 0, 0][..]].concat();
    token(0xad, &body)
}

fn error(number: u32, class: u8, text: &str) -> Vec<u8> {
    let chars = u16::try_from(text.encode_utf16().count()).expect("a short text");
    let body =
        [&number.to_le_bytes()[..], &[1, class], &chars.to_le_bytes(), &utf16(text), &[0, 0, 1, 0, 0, 0]].concat();
    token(0xaa, &body)
}

fn token(kind: u8, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(body.len()).expect("a short token").to_le_bytes();
    [&[kind][..], &len, body].concat()
}

fn done() -> Vec<u8> {
    [&[0xfd][..], &[0; 12]].concat()
}

fn text_columns(count: usize) -> Vec<u8> {
    let column = [&[0, 0, 0, 0, 1, 0, 0xe7, 0x40, 0x1f][..], &[9, 4, 0xd0, 0, 0x34], &[0]].concat();
    let count_bytes = u16::try_from(count).expect("few columns").to_le_bytes();
    [&[0x81][..], &count_bytes, &column.repeat(count)].concat()
}

fn rows_of(rows: &[Vec<Option<String>>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in rows {
        bytes.push(0xd1);
        for cell in row {
            let Some(text) = cell else {
                bytes.extend([0xff, 0xff]);
                continue;
            };
            let text = utf16(text);
            bytes.extend(u16::try_from(text.len()).expect("a short text").to_le_bytes());
            bytes.extend(text);
        }
    }
    bytes
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Who signs in.
fn user(message: &[u8]) -> Option<String> {
    let number = |at: usize| Some(usize::from(u16::from_le_bytes([*message.get(at)?, *message.get(at + 1)?])));
    let (from, chars) = (number(40)?, number(42)?);
    Some(from_utf16(message.get(from..from + chars * 2)?))
}

/// Everything in a message that may be text, whether it begins at an even or at an odd byte.
fn texts(message: &[u8]) -> String {
    [from_utf16(message), from_utf16(message.get(1..).unwrap_or_default())].concat()
}

fn from_utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

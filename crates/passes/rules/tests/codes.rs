//! Codes of both formats: each way in which one can be wrong has its own outcome, and no text whatever makes reading fail.
//!
//! `make fuzz` runs the last test for ten minutes; `TALLYHOUSE_FUZZ_SECONDS` says for how long. The seeds are in `corpus`.

use std::time::{Duration, Instant};

use base_core::time::{MINUTE_US, Moment};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use passes_rules::pass::PassKind;
use passes_rules::payload::compact::CompactKey;
use passes_rules::payload::epass::EpassSecret;
use passes_rules::payload::{BYTES_MAX, CodeFault, Keyring, Signed, read};

const ID: &str = "11111111-2222-4333-8444-555555555555";
const OTHER_ID: &str = "99999999-2222-4333-8444-555555555555";
/// The vector of E-Pass: the secret `test-secret` and the id above.
const CODE: &str = include_str!("corpus/epass.txt");

fn keys() -> Keyring {
    Keyring { epass: vec![EpassSecret::new("test-secret")], compact: vec![first_key()].into() }
}

fn first_key() -> CompactKey {
    CompactKey::derived("the secret of a site", 1)
}

fn signed() -> Signed {
    Signed { event: 7, kind: PassKind::Single, made_at: Moment(29_000_000 * MINUTE_US), until: None }
}

fn compact() -> String {
    first_key().code(ID, &signed()).expect("a code")
}

/// What becomes of a text: the name of its fault, or `ok`.
fn outcome(text: &str, keys: &Keyring) -> &'static str {
    match read(text, keys) {
        Ok(_) => "ok",
        Err(CodeFault::Unreadable) => "bad_code",
        Err(CodeFault::Tampered) => "tampered",
        Err(CodeFault::Revoked) => "revoked",
    }
}

#[test]
fn each_way_in_which_a_code_can_be_wrong_has_a_named_outcome() {
    let code = CODE.trim();
    let signature = hex::encode(keys().epass[0].sign(ID));
    let json = |text: &str| STANDARD.encode(text);
    let epass = |id: &str, signature: &str| json(&format!("{{\"id\": \"{id}\", \"sig\": \"{signature}\"}}"));
    let another_key = CompactKey::derived("another secret", 1).code(ID, &signed()).expect("a code");
    let url_safe = URL_SAFE.encode(STANDARD.decode(code).expect("base64"));
    let table: [(&str, String, &str); 19] = [
        ("as E-Pass made it", code.to_owned(), "ok"),
        ("with the spaces of a scanner", format!(" {code}\r\n"), "ok"),
        ("compact", compact(), "ok"),
        ("a signature over another id", epass(OTHER_ID, &signature), "tampered"),
        ("a signature of another secret", EpassSecret::new("another").code(ID), "tampered"),
        ("a signature in capitals", epass(ID, &signature.to_uppercase()), "tampered"),
        ("compact, of another secret", another_key, "tampered"),
        ("a signature that is too short", epass(ID, &signature[1..]), "bad_code"),
        ("more members", json(&format!("{{\"id\": \"{ID}\", \"sig\": \"{signature}\", \"x\": 1}}")), "bad_code"),
        ("other spaces", json(&format!("{{\"id\":\"{ID}\",\"sig\":\"{signature}\"}}")), "bad_code"),
        ("members in another order", json(&format!("{{\"sig\": \"{signature}\", \"id\": \"{ID}\"}}")), "bad_code"),
        ("base64url", url_safe.replace('=', "-"), "bad_code"),
        ("without padding", code.trim_end_matches('=').to_owned(), "bad_code"),
        ("a character inside", format!("{}!{}", &code[..9], &code[9..]), "bad_code"),
        ("the plain JSON", format!("{{\"id\": \"{ID}\", \"sig\": \"{signature}\"}}"), "bad_code"),
        ("compact in small letters", compact().to_lowercase(), "bad_code"),
        ("compact, cut off", compact()[..100].to_owned(), "bad_code"),
        ("too long", "A".repeat(BYTES_MAX + 1), "bad_code"),
        ("nothing", String::new(), "bad_code"),
    ];
    for (name, text, expected) in &table {
        assert_eq!(outcome(text, &keys()), *expected, "{name}: {text}");
    }
}

#[test]
fn after_a_change_of_keys_the_earlier_one_is_taken_until_it_is_revoked() {
    let next = CompactKey::derived("the secret of a site", 2);
    let epass = vec![EpassSecret::new("the next one"), EpassSecret::new("test-secret")];
    let both = Keyring { epass: epass.clone(), compact: vec![next.clone(), first_key()].into() };
    for text in [CODE.trim().to_owned(), compact()] {
        assert_eq!(outcome(&text, &both), "ok");
    }
    let only_next = Keyring { epass: epass[..1].to_vec(), compact: vec![next.clone()].into() };
    for text in [CODE.trim().to_owned(), compact()] {
        assert_eq!(outcome(&text, &only_next), "tampered");
    }
    let mut first = first_key();
    first.is_revoked = true;
    let revoked = Keyring { epass, compact: vec![next, first].into() };
    assert_eq!(outcome(&compact(), &revoked), "revoked");
}

/// A small generator, so that a run can be told by its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).expect("below a usize")
    }

    /// One change, as a bad print, a torn cable or somebody with time makes it.
    fn mutate(&mut self, text: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.below(text.len() + 1);
        match self.below(7) {
            0 if at < text.len() => text[at] ^= 1 << self.below(8),
            1 if at < text.len() => {
                text.remove(at);
            }
            2 => text.insert(at, u8::try_from(self.below(256)).expect("a byte")),
            3 => text.truncate(at),
            4 => {
                let other = &seeds[self.below(seeds.len())];
                let from = self.below(other.len());
                text.splice(at.., other[from..].iter().copied());
            }
            5 => text.extend_from_within(..at),
            // A change of what stands inside the base64.
            _ => {
                if let Ok(mut inside) = STANDARD.decode(&*text)
                    && !inside.is_empty()
                {
                    let at = self.below(inside.len());
                    inside[at] = u8::try_from(self.below(256)).expect("a byte");
                    *text = STANDARD.encode(inside).into_bytes();
                }
            }
        }
        text.truncate(4 * BYTES_MAX);
    }
}

#[test]
fn no_text_stops_the_reader_and_none_is_believed_but_what_was_signed() {
    let seconds = std::env::var("TALLYHOUSE_FUZZ_SECONDS").ok().and_then(|text| text.parse::<u64>().ok());
    let begun = Instant::now();
    let goes_on = |runs: u64| match seconds {
        Some(seconds) => begun.elapsed() < Duration::from_secs(seconds),
        None => runs < 2_000,
    };
    let right = [CODE.trim().to_owned(), compact()];
    let more = include_str!("corpus/wrong.txt").lines();
    let seeds: Vec<Vec<u8>> =
        right.iter().map(String::as_str).chain(more).map(|text| text.as_bytes().to_vec()).collect();
    let seed = seconds.map_or(0x5eed, |_| (u64::from(std::process::id()) << 20) | 1);
    println!("seed {seed:#x}");
    let (mut random, keys, mut runs) = (Random(seed), keys(), 0);
    while goes_on(runs) {
        runs += 1;
        let mut text = seeds[random.below(seeds.len())].clone();
        for _ in 0..=random.below(4) {
            random.mutate(&mut text, &seeds);
        }
        let text = String::from_utf8_lossy(&text);
        if let Ok(code) = read(&text, &keys) {
            let trimmed = text.trim_matches([' ', '\t', '\r', '\n']);
            assert!(right.iter().any(|known| known == trimmed), "seed {seed:#x}: {text:?} was believed");
            assert_eq!(code.pass, ID);
        }
    }
    println!("{runs} texts");
}

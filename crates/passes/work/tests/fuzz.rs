//! No text whatever makes reading a code fail.
//!
//! `make fuzz` runs it for ten minutes; `TALLYHOUSE_FUZZ_SECONDS` says for how long. The seeds are in `passes/rules/tests/corpus`.

use std::time::{Duration, Instant};

use base_core::time::{MINUTE_US, Moment};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use passes_rules::pass::PassKind;
use passes_rules::payload::compact::CompactKey;
use passes_rules::payload::epass::EpassSecret;
use passes_rules::payload::{BYTES_MAX, Keyring, Signed, read};

const ID: &str = "11111111-2222-4333-8444-555555555555";
/// The vector of E-Pass: the secret `test-secret` and the id above.
const CODE: &str = include_str!("../../rules/tests/corpus/epass.txt");

fn first_key() -> CompactKey {
    CompactKey::derived("the secret of a site", 1)
}

fn keys() -> Keyring {
    Keyring { epass: vec![EpassSecret::new("test-secret")], compact: vec![first_key()].into() }
}

fn compact() -> String {
    let made_at = Moment(29_000_000 * MINUTE_US);
    let signed = Signed { event: 7, kind: PassKind::Single, made_at, until: None };
    first_key().code(ID, &signed).expect("a code")
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
    let more = include_str!("../../rules/tests/corpus/wrong.txt").lines();
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

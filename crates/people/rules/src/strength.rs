//! How many tries somebody who guesses in a clever order needs for a password, after the method of zxcvbn: the password is
//! taken apart into words, common passwords, sequences, rows of keys, repeats and years, in the way that is easiest to guess.
//!
//! The lists of words are short. So that a word which they lack is no random text, every short run of letters that can be
//! spoken counts as a word.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What is looked at; longer passwords are strong if their beginning is.
const CHARS_MAX: usize = 64;
/// Tries for one character that nothing explains.
const PER_CHAR: f64 = 10.0;
/// How many words somebody who guesses has in their lists: what an unknown one costs.
const WORDS_OF_A_LANGUAGE: f64 = 100_000.0;
/// Years near ours: from 1930 on.
const YEARS: f64 = 120.0;
/// Tries for another part of a password: the order of parts has to be guessed, too.
const PER_PART: f64 = 10_000.0;
const ROWS: [&str; 8] = [
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "qazwsxedcrfvtgb",
    "1q2w3e4r5t6y7u8i9o0p",
    "147258369",
    "159753",
];

static PASSWORDS: LazyLock<HashMap<&'static str, f64>> =
    LazyLock::new(|| ranked(include_str!("../words/passwords.txt")));
static WORDS: LazyLock<HashMap<&'static str, f64>> = LazyLock::new(|| ranked(include_str!("../words/words.txt")));

fn ranked(list: &'static str) -> HashMap<&'static str, f64> {
    let mut ranks = HashMap::new();
    for (rank, word) in (1_u32..).zip(list.split_whitespace()) {
        ranks.entry(word).or_insert_with(|| f64::from(rank));
    }
    ranks
}

/// What makes a part of a password easy to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Easy {
    /// One of the passwords that many people have.
    Common,
    /// A word of the site: the name of the person, an area, the product.
    Own,
    /// A word of a language.
    Word,
    /// `1234`, `abcd`.
    Sequence,
    /// Neighbours on a keyboard.
    Keys,
    /// The same again and again.
    Repeat,
    /// A year.
    Year,
}

/// A part of a password that something explains.
#[derive(Clone, Copy, Debug)]
struct Part {
    from: usize,
    /// The place of its last character.
    to: usize,
    guesses: f64,
    easy: Easy,
}

/// What guessing a password takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Estimate {
    /// Tries.
    pub guesses: f64,
    /// What makes it easy, where something does.
    pub easy: Option<Easy>,
}

/// True for one of the passwords that many people have, whatever digits and marks follow.
pub(crate) fn is_common(password: &str) -> bool {
    let folded = password.to_lowercase();
    let stem = folded.trim_end_matches(|one: char| !one.is_alphabetic());
    PASSWORDS.contains_key(folded.as_str()) || (stem.len() >= 4 && PASSWORDS.contains_key(stem))
}

/// Estimates a password. `own` are words that whoever guesses tries first.
pub(crate) fn estimate(password: &str, own: &[String]) -> Estimate {
    let characters: Vec<char> = password.chars().take(CHARS_MAX).collect();
    easiest(&characters, &parts(&characters, own))
}

fn parts(characters: &[char], own: &[String]) -> Vec<Part> {
    let mut found = words(characters, own);
    found.extend(sequences(characters));
    found.extend(keys(characters));
    found.extend(years(characters));
    found.extend(repeats(characters, own));
    found
}

/// What a character stands for where letters are written as digits and marks.
fn plain(one: char) -> char {
    match one {
        '4' | '@' => 'a',
        '8' => 'b',
        '(' => 'c',
        '3' => 'e',
        '6' | '9' => 'g',
        '1' | '!' | '|' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '7' | '+' => 't',
        '2' => 'z',
        other => other,
    }
}

fn words(characters: &[char], own: &[String]) -> Vec<Part> {
    let folded: Vec<char> = characters.iter().map(|one| one.to_lowercase().next().unwrap_or(*one)).collect();
    let mut found = Vec::new();
    for from in 0..folded.len() {
        for to in from + 2..folded.len().min(from + 30) {
            let piece = &folded[from..=to];
            let direct: String = piece.iter().collect();
            let spelt: String = piece.iter().map(|one| plain(*one)).collect();
            let reversed: String = piece.iter().rev().collect();
            for (word, times) in [(&direct, 1.0), (&spelt, 2.0), (&reversed, 2.0)] {
                if let Some((rank, easy)) = known(word, own) {
                    let guesses = rank * times * by_case(&characters[from..=to]);
                    found.push(Part { from, to, guesses, easy });
                }
            }
            if can_be_spoken(piece) {
                let guesses =
                    WORDS_OF_A_LANGUAGE.min(PER_CHAR.powf(count(piece.len()))) * by_case(&characters[from..=to]);
                found.push(Part { from, to, guesses, easy: Easy::Word });
            }
        }
    }
    found
}

fn known(word: &str, own: &[String]) -> Option<(f64, Easy)> {
    if let Some(place) = own.iter().position(|one| one == word) {
        return Some((count(place + 1), Easy::Own));
    }
    if let Some(rank) = PASSWORDS.get(word) {
        return Some((*rank, Easy::Common));
    }
    // The list is a small part of those that guessing goes through.
    WORDS.get(word).map(|rank| (rank * 10.0, Easy::Word))
}

/// A short run of letters with vowels where words have them.
fn can_be_spoken(piece: &[char]) -> bool {
    if !(4..=10).contains(&piece.len()) || !piece.iter().all(char::is_ascii_lowercase) {
        return false;
    }
    let is_vowel = |one: &char| "aeiouy".contains(*one);
    let vowels = piece.iter().filter(|one| is_vowel(one)).count();
    let longest = piece.split(is_vowel).map(<[char]>::len).max().unwrap_or_default();
    vowels * 5 >= piece.len() && vowels * 3 <= piece.len() * 2 && longest <= 3
}

/// How many ways there are to write a word in capitals: none, the first, all, or any.
fn by_case(piece: &[char]) -> f64 {
    let upper = piece.iter().filter(|one| one.is_uppercase()).count();
    match upper {
        0 => 1.0,
        _ if upper == piece.len() || (upper == 1 && piece[0].is_uppercase()) => 2.0,
        _ => count(piece.len()).powi(2),
    }
}

/// `abcd`, `9876`, `2468`: each character the same step from the one before.
fn sequences(characters: &[char]) -> Vec<Part> {
    let mut found = Vec::new();
    let step = |at: usize| i64::from(u32::from(characters[at])) - i64::from(u32::from(characters[at - 1]));
    let mut from = 0;
    for at in 1..=characters.len() {
        let goes_on = at < characters.len() && (at == from + 1 || step(at) == step(at - 1));
        if goes_on {
            continue;
        }
        let to = at - 1;
        if to >= from + 2 && step(to).abs() <= 5 && step(to) != 0 {
            let begins_as_expected = "aAzZ019".contains(characters[from]);
            let base = if begins_as_expected { 4.0 } else { 26.0 };
            found.push(Part { from, to, guesses: base * 2.0 * count(to - from + 1), easy: Easy::Sequence });
        }
        from = to;
    }
    found
}

fn keys(characters: &[char]) -> Vec<Part> {
    let folded: String = characters.iter().map(char::to_ascii_lowercase).collect();
    let folded: Vec<char> = folded.chars().collect();
    let mut found = Vec::new();
    for from in 0..folded.len() {
        for to in from + 3..folded.len() {
            let text: String = folded[from..=to].iter().collect();
            let back: String = text.chars().rev().collect();
            if !ROWS.iter().any(|row| row.contains(&text) || row.contains(&back)) {
                break;
            }
            let guesses = 200.0 * count(to - from + 1) * by_case(&characters[from..=to]);
            found.push(Part { from, to, guesses, easy: Easy::Keys });
        }
    }
    found
}

fn years(characters: &[char]) -> Vec<Part> {
    let is_year = |piece: &[char]| {
        let text: String = piece.iter().collect();
        text.parse::<u32>().is_ok_and(|year| (1930..=2049).contains(&year))
    };
    let at_each = characters.windows(4).enumerate().filter(|(_, piece)| is_year(piece));
    at_each.map(|(from, _)| Part { from, to: from + 3, guesses: YEARS, easy: Easy::Year }).collect()
}

/// The same piece twice or more in a row costs what the piece costs, times how often it stands there.
fn repeats(characters: &[char], own: &[String]) -> Vec<Part> {
    let mut found = Vec::new();
    for from in 0..characters.len() {
        for length in 1..=(characters.len() - from) / 2 {
            let piece = &characters[from..from + length];
            let times = characters[from..].chunks_exact(length).take_while(|next| *next == piece).count();
            if times < 2 || (length == 1 && times < 3) {
                continue;
            }
            let single = if length == 1 {
                PER_CHAR
            } else {
                let inside: Vec<Part> =
                    words(piece, own).into_iter().chain(sequences(piece)).chain(keys(piece)).collect();
                easiest(piece, &inside).guesses
            };
            let to = from + length * times - 1;
            found.push(Part { from, to, guesses: single * count(times), easy: Easy::Repeat });
            // Longer pieces from here on repeat the same.
            break;
        }
    }
    found
}

/// A way to take the beginning of a text apart: what its parts take together, and the longest of those that are explained.
type Way = (f64, Option<Part>);

/// The best way to take a text apart: for each number of parts and each end, the product of what its parts take.
fn easiest(characters: &[char], parts: &[Part]) -> Estimate {
    let n = characters.len();
    // `best[end][parts]`: the product so far, and the easiest part in it.
    let mut best: Vec<Vec<Option<Way>>> = vec![vec![None; n + 1]; n + 1];
    best[0][0] = Some((1.0, None));
    for end in 1..=n {
        let ending = parts.iter().filter(|part| part.to + 1 == end).map(|part| (part.from, part.guesses, Some(*part)));
        let unexplained = (0..end).map(|from| (from, PER_CHAR.powf(count(end - from)), None));
        for (from, guesses, part) in ending.chain(unexplained) {
            for used in 0..end.min(n) {
                let Some((product, easiest)) = best[from][used] else { continue };
                let total = product * guesses.max(1.0);
                if best[end][used + 1].is_none_or(|(known, _)| total < known) {
                    best[end][used + 1] = Some((total, longer(easiest, part)));
                }
            }
        }
    }
    let (mut factorial, mut found) = (1.0, Estimate { guesses: f64::INFINITY, easy: None });
    for (used, end) in best[n].iter().enumerate() {
        factorial *= count(used.max(1));
        let Some((product, part)) = end else { continue };
        let guesses = factorial * product + PER_PART.powf(count(used.saturating_sub(1)));
        if guesses < found.guesses {
            found = Estimate { guesses, easy: part.map(|part| part.easy) };
        }
    }
    found
}

/// The longer of two parts: what is said to be weak about a password.
fn longer(one: Option<Part>, other: Option<Part>) -> Option<Part> {
    let length = |part: &Option<Part>| part.map_or(0, |part| part.to - part.from + 1);
    if length(&other) > length(&one) { other } else { one }
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

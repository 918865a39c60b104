//! Recovery codes: for whoever has lost their second factor. Each is good for once.

use base_core::entropy::{self, Entropy};

/// How many somebody gets.
pub const COUNT: usize = 10;
/// Letters and digits that are not easily confused: 32 of them, so that each stands for five bits.
const CHARACTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
const GROUPS: usize = 4;
const GROUP_CHARS: usize = 4;
const CHARS: usize = GROUPS * GROUP_CHARS;

/// A new code of 80 bits, such as `k7bm-…-…-…`.
pub fn new_code(chance: &dyn Entropy) -> String {
    let bytes = entropy::bytes::<CHARS>(chance);
    let characters: String = bytes.iter().map(|byte| char::from(CHARACTERS[usize::from(byte % 32)])).collect();
    let groups: Vec<&str> =
        (0..GROUPS).filter_map(|at| characters.get(at * GROUP_CHARS..(at + 1) * GROUP_CHARS)).collect();
    groups.join("-")
}

/// The code in what was typed, in one form whatever stands between its characters; `None` if it cannot be one.
pub fn read(typed: &str) -> Option<String> {
    let plain: String = typed.chars().filter(|character| !character.is_whitespace() && *character != '-').collect();
    let code = plain.to_lowercase();
    (code.len() == CHARS && code.bytes().all(|byte| CHARACTERS.contains(&byte))).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for (at, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::try_from(at).expect("few bytes");
            }
        }
    }

    #[test]
    fn a_code_is_read_back_however_it_is_typed() {
        let code = new_code(&Counting);
        assert_eq!(code, "abcd-efgh-jkmn-pqrs");
        for typed in [code.as_str(), "ABCD EFGH JKMN PQRS", " abcdefghjkmnpqrs\n"] {
            assert_eq!(read(typed).as_deref(), Some("abcdefghjkmnpqrs"), "{typed}");
        }
        for typed in ["", "123456", "abcd-efgh-jkmn", "abcd-efgh-jkmn-pqr1"] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }
}

//! Codes of both formats: each way in which one can be wrong has its own outcome.

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

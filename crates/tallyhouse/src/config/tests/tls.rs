//! The section of TLS: what only makes sense together is checked together.

use super::Place;

#[test]
fn a_certificate_and_its_key_are_checked_together_and_before_anything_starts() {
    let place = Place::new();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/web/tls");
    let faults = |text: &str| place.load(text).map(|_| ()).expect_err("a fault").to_string();
    assert!(faults("[tls]\ncert = \"cert.pem\"").contains("tls.cert: tls.key is not set"));
    assert!(faults("[tls]\nkey = \"key.pem\"").contains("tls.key: tls.cert is not set"));
    let tls = |cert: &str, key: &str| format!("[tls]\ncert = \"{folder}/{cert}\"\nkey = \"{folder}/{key}\"\n");
    assert!(faults(&tls("nothing.pem", "key.pem")).contains("nothing.pem cannot be read"));
    assert!(faults(&tls("cert.pem", "cert.pem")).contains("tls.key holds no private key"));
    assert!(faults(&tls("key.pem", "key.pem")).contains("tls.cert holds no certificate"));
    assert!(faults(&tls("cert.pem", "other_key.pem")).contains("cannot be used together"));
    let redirect = tls("cert.pem", "key.pem") + "redirect_from = \"127.0.0.1:80\"\n";
    assert!(faults(&redirect).contains("tls.redirect_from: server.public_url is not"));
    let config = place.load(&format!("{redirect}[server]\npublic_url = \"https://site.example\"")).expect("sound");
    assert!(config.tls.is_some_and(|tls| tls.redirect_from.is_some()));
}

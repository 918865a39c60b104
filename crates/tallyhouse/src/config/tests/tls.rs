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

const ACME: &str = "[server]\npublic_url = \"https://Bags.example\"\n[session]\nsecret = \"0123456789abcdef0123456789abcdef\"\n\
                    [tls]\nredirect_from = \"0.0.0.0:80\"\n[tls.acme]\ncontact = \"ops@bags.example\"\nterms_accepted = true\n";

#[test]
fn a_certificate_by_acme_is_for_the_host_of_the_site_unless_names_are_listed() {
    let place = Place::new();
    let acme =
        |text: &str| place.load(text).expect("sound").tls.and_then(|tls| tls.acme().cloned()).expect("it is set");
    assert_eq!(acme(ACME).domains, ["bags.example"]);
    assert!(acme(ACME).directory.contains("letsencrypt.org"));
    let listed =
        format!("{ACME}domains = [\"bags.example\", \"Portal.example\"]\ndirectory = \"https://ca.example/dir\"\n");
    assert_eq!(acme(&listed).domains, ["bags.example", "portal.example"]);
    let environment = Place::new().with("TALLYHOUSE__TLS__ACME__DOMAINS", "one.example,two.example");
    let config = environment.load(ACME).expect("sound");
    assert_eq!(
        config.tls.and_then(|tls| tls.acme().cloned()).expect("it is set").domains,
        ["one.example", "two.example"]
    );
}

#[test]
fn faults_of_acme_name_the_key_and_the_way_out() {
    let place = Place::new();
    let faults = |text: &str| place.load(text).map(|_| ()).expect_err("a fault").to_string();
    let without = |line: &str| faults(&ACME.replace(line, ""));
    let with = |lines: &str| faults(&format!("{ACME}{lines}\n"));
    for (told, fault) in [
        (without("contact = \"ops@bags.example\"\n"), "tls.acme.contact must be an e-mail address"),
        (without("terms_accepted = true\n"), "tls.acme.terms_accepted must be true"),
        (without("redirect_from = \"0.0.0.0:80\"\n"), "tls.redirect_from is not set: the authority asks at port 80"),
        (without("secret = \"0123456789abcdef0123456789abcdef\"\n"), "session.secret is not set"),
        (without("public_url = \"https://Bags.example\"\n"), "which name should be certified?"),
        (with("domains = [\"*.bags.example\"]"), "needs a proof by DNS"),
        (with("domains = [\"10.0.0.7\"]"), "is no name of a host that others can reach"),
        (with("domains = [\"localhost\"]"), "is no name of a host that others can reach"),
        (with("directory = \"http://ca.example/dir\""), "tls.acme.directory: without TLS only this machine"),
        (with("ca_file = \"/no/such/file\""), "/no/such/file cannot be read"),
        (with("colour = \"green\""), "tls.acme.colour: there is no such setting"),
    ] {
        assert!(told.contains(fault), "{fault}: {told}");
    }
    let both = ACME.replace("[tls.acme]", "cert = \"cert.pem\"\nkey = \"key.pem\"\n[tls.acme]");
    assert!(faults(&both).contains("tls.cert: [tls.acme] is set, too"));
}

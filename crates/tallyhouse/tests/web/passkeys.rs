//! Passkeys: what a site refuses. A browser with an authenticator of its own goes the whole way in `tests/browser`.

use axum::http::{StatusCode, header};
use base_core::permission::Role;
use base_core::time::MINUTE_US;
use base_records::audit;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;

use crate::common::{Answer, PASSWORD, Site, each_site};
use crate::customers::customer;
use crate::visitor::{SESSION, STEP, Visitor};

/// An authenticator that verifies its person.
pub struct Device {
    key: EcdsaKeyPair,
    id: &'static str,
}

impl Device {
    pub fn new(id: &'static str) -> Self {
        let (kind, chance) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        let key = EcdsaKeyPair::generate_pkcs8(kind, &chance).expect("a key");
        Self { key: EcdsaKeyPair::from_pkcs8(kind, key.as_ref(), &chance).expect("a key"), id }
    }

    fn says(flags: u8, counter: u32) -> Vec<u8> {
        let mut said = digest(&SHA256, b"site.example").as_ref().to_vec();
        said.push(flags);
        said.extend(counter.to_be_bytes());
        said
    }

    fn client_data(kind: &str, options: &Answer) -> String {
        let challenge = &options.json()["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": "https://site.example" }).to_string()
    }

    /// What a form sends that registers the key.
    fn registers(&self, options: &Answer) -> [(&'static str, String); 2] {
        let point = self.key.public_key().as_ref();
        let length = u16::try_from(self.id.len()).expect("short").to_be_bytes();
        let key = [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", &point[1..33], b"\x22\x58\x20", &point[33..]].concat();
        let data = [Self::says(0x45, 1), vec![0; 16], length.to_vec(), self.id.as_bytes().to_vec(), key].concat();
        let size = u8::try_from(data.len()).expect("less than 256");
        let all = [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"[..], &[size], &data].concat();
        let client_data = Self::client_data("webauthn.create", options);
        [("client_data", URL_SAFE_NO_PAD.encode(client_data)), ("attestation", URL_SAFE_NO_PAD.encode(all))]
    }

    /// What a form sends that shows the key.
    pub fn shows(&self, options: &Answer, counter: u32) -> [(&'static str, String); 4] {
        let (said, client_data) = (Self::says(0x05, counter), Self::client_data("webauthn.get", options));
        let signed = [said.as_slice(), digest(&SHA256, client_data.as_bytes()).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("a signature");
        [
            ("credential", URL_SAFE_NO_PAD.encode(self.id)),
            ("client_data", URL_SAFE_NO_PAD.encode(client_data)),
            ("authenticator", URL_SAFE_NO_PAD.encode(said)),
            ("signature", URL_SAFE_NO_PAD.encode(signature.as_ref())),
        ]
    }
}

pub fn as_fields<'f>(fields: &'f [(&'static str, String)]) -> Vec<(&'f str, &'f str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

fn leads_to(answer: &Answer) -> &str {
    answer.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default()
}

/// Adds a passkey to the account of whoever is signed in.
pub async fn add(visitor: &mut Visitor, device: &Device, password: &str) -> Answer {
    let options = visitor.get("/profile/passkeys/options").await;
    let sent = device.registers(&options);
    let mut fields = as_fields(&sent);
    fields.extend([("name", "Phone"), ("password", password)]);
    visitor.submit("/profile/passkeys/add", &fields).await
}

async fn newest(site: &Site) -> String {
    audit::latest(&site.db, 1).await.expect("entries").remove(0).action
}

/// How many copies of keys the trail tells of.
async fn copies(site: &Site) -> usize {
    let entries = audit::latest(&site.db, 100).await.expect("entries");
    entries.iter().filter(|entry| entry.action == "passkey_refused").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_opens_its_own_account_at_its_own_door_once_for_each_challenge() {
    for site in each_site().await {
        site.person("farida", Role::Biller, None).await;
        customer(&site, "buyer@example.com", PASSWORD).await;
        let device = Device::new("key of farida");
        let mut here = Visitor::new(&site, "203.0.113.5");
        let mut elsewhere = Visitor::new(&site, "203.0.113.6");
        here.sign_in_with("farida", PASSWORD).await;
        elsewhere.sign_in_with("farida", PASSWORD).await;
        assert_eq!(add(&mut here, &device, "wrong").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let added = add(&mut here, &device, PASSWORD).await;
        assert!(added.status == StatusCode::OK && added.body.contains("id=\"codes\""), "{}", added.body);
        assert_eq!(newest(&site).await, "passkey_added");
        assert_eq!(leads_to(&elsewhere.get("/profile").await), "/login?next=/profile", "other sessions end");
        assert_eq!(
            add(&mut here, &device, PASSWORD).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "it is known already"
        );

        // Alone.
        let mut alone = Visitor::new(&site, "203.0.113.7");
        let options = alone.get("/login/passkey").await;
        let sent = device.shows(&options, 2);
        let before = alone.clone();
        let opened = alone.fill("/login", "/login/passkey", &as_fields(&sent)).await;
        assert_eq!((opened.status, leads_to(&opened)), (StatusCode::SEE_OTHER, "/"), "{}", opened.body);
        assert!(alone.cookies.contains_key(SESSION));
        for (mut again, what) in
            [(before.clone(), "the same once more"), (Visitor::new(&site, "203.0.113.8"), "another browser")]
        {
            let refused = again.fill("/login", "/login/passkey", &as_fields(&sent)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
        }
        let mut late = Visitor::new(&site, "203.0.113.9");
        let options = late.get("/login/passkey").await;
        site.clock.pass_us(6 * MINUTE_US);
        let refused = late.fill("/login", "/login/passkey", &as_fields(&device.shows(&options, 3))).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a challenge of six minutes ago");

        // A copy, and a stranger's key under the same name.
        for (shown, noted) in [(Device { key: Device::new("x").key, id: device.id }, 0), (device, 1)] {
            let before = copies(&site).await;
            let mut visitor = Visitor::new(&site, "203.0.113.10");
            let options = visitor.get("/login/passkey").await;
            let refused = visitor.fill("/login", "/login/passkey", &as_fields(&shown.shows(&options, 1))).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(copies(&site).await - before, noted);
            // At the door of customers it is nobody's.
            let options = visitor.get("/portal/login/passkey").await;
            let sent = shown.shows(&options, 9);
            let refused = visitor.fill("/portal/login", "/portal/login/passkey", &as_fields(&sent)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_password_the_passkey_of_the_same_person_is_asked_for() {
    for site in each_site().await {
        let devices = [Device::new("key of farida"), Device::new("key of asha")];
        for (name, device) in ["farida", "asha"].into_iter().zip(&devices) {
            site.person(name, Role::Biller, None).await;
            let mut visitor = Visitor::new(&site, "203.0.113.5");
            visitor.sign_in_with(name, PASSWORD).await;
            assert_eq!(add(&mut visitor, device, PASSWORD).await.status, StatusCode::OK);
        }
        let [own, other] = &devices;
        let mut visitor = Visitor::new(&site, "203.0.113.6");
        let asked = visitor.sign_in_with("farida", PASSWORD).await;
        assert!(leads_to(&asked).starts_with("/login/second-factor"), "{}", asked.body);
        let options = visitor.get("/login/second-factor/passkey").await;
        assert_eq!(options.json()["allowed"], json!([URL_SAFE_NO_PAD.encode(own.id)]));
        let alone = visitor.clone().get("/login/passkey").await;
        for (device, options, what) in
            [(other, &options, "that of somebody else"), (own, &alone, "for another purpose")]
        {
            let mut tried = visitor.clone();
            let sent = device.shows(options, 2);
            let refused = tried.fill("/login/second-factor", "/login/second-factor", &as_fields(&sent)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
            assert!(tried.cookies.contains_key(STEP) && !tried.cookies.contains_key(SESSION), "{what}");
        }
        let sent = own.shows(&options, 2);
        let opened = visitor.fill("/login/second-factor", "/login/second-factor", &as_fields(&sent)).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
        let newest = audit::latest(&site.db, 2).await.expect("entries");
        let told = |at: usize| (newest[at].action.as_str(), newest[at].entity.as_str());
        assert_eq!((told(0).0, told(1)), ("login_success", ("2fa_verify_success", "farida")));

        let page = visitor.get("/profile/passkeys").await.body;
        let id = page.split_once("name=\"id\" value=\"").and_then(|(_, rest)| rest.split('"').next()).expect("an id");
        let renamed = visitor.submit("/profile/passkeys/rename", &[("id", id), ("name", "Old phone")]).await;
        assert_eq!(leads_to(&renamed), "/profile/passkeys?said=renamed");
        let removed = visitor.submit("/profile/passkeys/remove", &[("id", id), ("password", PASSWORD)]).await;
        assert_eq!(leads_to(&removed), "/profile/passkeys?said=removed");
        let mut asha = Visitor::new(&site, "203.0.113.7");
        asha.sign_in_with("farida", PASSWORD).await;
        assert!(asha.cookies.contains_key(SESSION), "who has no factor left is asked for none");
        let gone = asha.submit("/profile/passkeys/remove", &[("id", "2"), ("password", PASSWORD)]).await;
        assert_eq!(leads_to(&gone), "/profile/passkeys?said=gone", "nobody removes that of somebody else");
    }
}

//! A small directory of our own: it answers binds and searches as Active Directory does, and can be told to misbehave.

use std::sync::{Arc, Mutex};

use bytes::BytesMut;
use lber::common::TagClass;
use lber::structure::{PL, StructureTag};
use lber::structures::{ASNTag, Enumerated, Integer, OctetString, Sequence, Set, Tag};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

pub const CA: &[u8] = include_bytes!("tls/ca.pem");
pub const READER: &str = "reader@house.example";
pub const READER_PASSWORD: &str = "Reader-Passw0rd";

/// How the fake misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trick {
    /// Not at all.
    None,
    /// It takes connections and says nothing.
    Silent,
    /// It lets the reader in and answers no search.
    SlowSearch,
    /// It takes a person's password and never says whether it is right.
    SlowBind,
    /// It answers a search with bytes that mean nothing.
    Garbage,
    /// It answers every search with the same person.
    SomebodyElse,
    /// It answers with an entry that has no name.
    Nameless,
    /// It answers with an entry whose name is no text.
    NoText,
    /// It answers every search with a thousand entries.
    Flood,
    /// It sends references to other servers among the entries, as a domain does.
    References,
    /// It says that another server knows.
    Referral,
    /// It lets everybody in, whatever the password.
    LetsAllIn,
}

/// How connections are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    Plain,
    Tls(&'static str),
    StartTls(&'static str),
}

/// An object of the directory.
#[derive(Clone, Debug, Default)]
pub struct Object {
    pub dn: String,
    pub attributes: Vec<(&'static str, Vec<u8>)>,
    pub password: Option<&'static str>,
    /// The groups that it is in, by itself.
    pub groups: Vec<String>,
}

impl Object {
    pub fn person(dn: &str, guid: u8, account: &str, password: &'static str, groups: &[&str]) -> Self {
        let attributes = vec![
            ("objectCategory", b"person".to_vec()),
            ("objectClass", b"user".to_vec()),
            ("objectGUID", vec![guid; 16]),
            ("sAMAccountName", account.as_bytes().to_vec()),
            ("userPrincipalName", format!("{account}@house.example").into_bytes()),
            ("displayName", format!("{account} of the house").into_bytes()),
            ("userAccountControl", b"512".to_vec()),
        ];
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        Self { dn: dn.to_owned(), attributes, password: Some(password), groups }
    }

    pub fn group(dn: &str, name: &str, inside: &[&str]) -> Self {
        let attributes = vec![
            ("objectCategory", b"group".to_vec()),
            ("objectClass", b"group".to_vec()),
            ("objectGUID", vec![0xee; 16]),
            ("cn", name.as_bytes().to_vec()),
        ];
        let groups = inside.iter().map(|group| (*group).to_owned()).collect();
        Self { dn: dn.to_owned(), attributes, password: None, groups }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.retain(|(known, _)| *known != name);
        self.attributes.push((name, value.as_bytes().to_vec()));
        self
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let is_it = move |known: &&(&'static str, Vec<u8>)| known.0.eq_ignore_ascii_case(name);
        self.attributes.iter().filter(is_it).map(|(_, value)| value.as_slice())
    }
}

/// What the fake knows, and what was asked of it.
#[derive(Debug)]
pub struct World {
    pub objects: Vec<Object>,
    pub trick: Trick,
    /// The name and the length of the password of every bind but those of the reader.
    pub binds: Vec<(String, usize)>,
    /// How many searches there were.
    pub searches: usize,
    /// How many connections there were.
    pub connections: usize,
}

/// A running fake.
pub struct Fake {
    pub port: u16,
    pub world: Arc<Mutex<World>>,
}

impl Fake {
    pub async fn start(objects: Vec<Object>, wire: Wire) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let world = World { objects, trick: Trick::None, binds: Vec::new(), searches: 0, connections: 0 };
        let world = Arc::new(Mutex::new(world));
        let shared = world.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let world = shared.clone();
                world.lock().expect("nobody panicked").connections += 1;
                tokio::spawn(async move {
                    match wire {
                        Wire::Plain => _ = serve(stream, &world).await,
                        Wire::Tls(of) => {
                            if let Ok(stream) = acceptor(of).accept(stream).await {
                                serve(stream, &world).await;
                            }
                        }
                        Wire::StartTls(of) => {
                            if let Some(stream) = serve(stream, &world).await
                                && let Ok(stream) = acceptor(of).accept(stream).await
                            {
                                serve(stream, &world).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, world }
    }

    pub fn trick(&self, trick: Trick) {
        self.world.lock().expect("nobody panicked").trick = trick;
    }

    pub fn binds(&self) -> Vec<(String, usize)> {
        self.world.lock().expect("nobody panicked").binds.clone()
    }

    pub fn searches(&self) -> usize {
        self.world.lock().expect("nobody panicked").searches
    }

    pub fn change(&self, change: impl FnOnce(&mut Vec<Object>)) {
        change(&mut self.world.lock().expect("nobody panicked").objects);
    }
}

fn acceptor(of: &str) -> TlsAcceptor {
    let (cert, key): (&[u8], &[u8]) = match of {
        "localhost" => (include_bytes!("tls/localhost.pem"), include_bytes!("tls/localhost.key")),
        _ => (include_bytes!("tls/other.pem"), include_bytes!("tls/other.key")),
    };
    let cert = CertificateDer::from_pem_slice(cert).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(key).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert], key)
        .expect("a pair");
    TlsAcceptor::from(Arc::new(config))
}

/// Answers until the other side ends, or asks for TLS: then the stream is given back.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, world: &Arc<Mutex<World>>) -> Option<S> {
    let mut read = Vec::new();
    loop {
        while let Ok((rest, message)) = lber::parse::parse_tag(&read) {
            let rest = rest.to_vec();
            let (answer, then) = answer(message, world);
            read = rest;
            stream.write_all(&answer).await.ok()?;
            match then {
                Then::GoOn => {}
                Then::Tls => return Some(stream),
                Then::End => return None,
            }
        }
        if stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
}

enum Then {
    GoOn,
    Tls,
    End,
}

fn number(tag: StructureTag) -> i64 {
    tag.expect_primitive().unwrap_or_default().iter().fold(0, |sum, byte| sum << 8 | i64::from(*byte))
}

fn text(tag: StructureTag) -> String {
    String::from_utf8(tag.expect_primitive().unwrap_or_default()).unwrap_or_default()
}

fn answer(message: StructureTag, world: &Mutex<World>) -> (Vec<u8>, Then) {
    let mut parts = message.expect_constructed().unwrap_or_default().into_iter();
    let (Some(id), Some(op)) = (parts.next(), parts.next()) else { return (Vec::new(), Then::End) };
    let id = number(id);
    let mut world = world.lock().expect("nobody panicked");
    if world.trick == Trick::Silent {
        return (Vec::new(), Then::GoOn);
    }
    match op.id {
        0 => bind(id, op, &mut world),
        3 => search(id, op, &mut world),
        23 => (encoded(id, result(24, 0)), Then::Tls),
        _ => (Vec::new(), Then::End),
    }
}

fn bind(id: i64, op: StructureTag, world: &mut World) -> (Vec<u8>, Then) {
    let mut parts = op.expect_constructed().unwrap_or_default().into_iter().skip(1);
    let name = parts.next().map(text).unwrap_or_default();
    let password = parts.next().map(text).unwrap_or_default();
    let said = |code| (encoded(id, result(1, code)), Then::GoOn);
    if name == READER {
        return said(if password == READER_PASSWORD { 0 } else { 49 });
    }
    world.binds.push((name.clone(), password.len()));
    if world.trick == Trick::SlowBind {
        return (Vec::new(), Then::GoOn);
    }
    // As Active Directory does: no password is no sign-in, and a success.
    let is_right = password.is_empty()
        || world.trick == Trick::LetsAllIn
        || world.objects.iter().any(|one| one.dn == name && one.password == Some(password.as_str()));
    said(if is_right { 0 } else { 49 })
}

fn search(id: i64, op: StructureTag, world: &mut World) -> (Vec<u8>, Then) {
    world.searches += 1;
    let mut parts = op.expect_constructed().unwrap_or_default().into_iter();
    let base = parts.next().map(text).unwrap_or_default();
    let scope = parts.next().map(number).unwrap_or_default();
    let filter = parts.nth(4).expect("a filter");
    let mut found: Vec<Object> = world
        .objects
        .iter()
        .filter(|one| if scope == 0 { one.dn == base } else { one.dn.ends_with(&base) })
        .filter(|one| fits(one, &filter, &world.objects))
        .cloned()
        .collect();
    let mut bytes = Vec::new();
    match world.trick {
        Trick::SlowSearch => return (Vec::new(), Then::GoOn),
        Trick::Garbage => return (vec![0x30, 0x05, 0x02, 0x01, 0x02, 0xff, 0xff, 0x13], Then::GoOn),
        Trick::SomebodyElse => found = world.objects.first().cloned().into_iter().collect(),
        Trick::Nameless => found.iter_mut().for_each(|one| one.dn.clear()),
        Trick::Flood => found = vec![world.objects[0].clone(); 1000],
        Trick::Referral => return (encoded(id, result(5, 10)), Then::GoOn),
        Trick::References => {
            let place = Tag::OctetString(OctetString {
                inner: b"ldap://127.0.0.1:1/CN=Configuration".to_vec(),
                ..OctetString::default()
            });
            bytes.extend(encoded(
                id,
                Tag::Sequence(Sequence { class: TagClass::Application, id: 19, inner: vec![place] }),
            ));
        }
        _ => {}
    }
    for one in &found {
        let dn = if world.trick == Trick::NoText { vec![0xff, 0xfe] } else { one.dn.clone().into_bytes() };
        bytes.extend(encoded(id, entry(dn, one)));
    }
    bytes.extend(encoded(id, result(5, 0)));
    (bytes, Then::GoOn)
}

fn octets(bytes: Vec<u8>) -> Tag {
    Tag::OctetString(OctetString { inner: bytes, ..OctetString::default() })
}

fn entry(dn: Vec<u8>, object: &Object) -> Tag {
    let attributes = object.attributes.iter().map(|(name, value)| {
        let values = Tag::Set(Set { inner: vec![octets(value.clone())], ..Set::default() });
        Tag::Sequence(Sequence { inner: vec![octets(name.as_bytes().to_vec()), values], ..Sequence::default() })
    });
    let attributes = Tag::Sequence(Sequence { inner: attributes.collect(), ..Sequence::default() });
    Tag::Sequence(Sequence { class: TagClass::Application, id: 4, inner: vec![octets(dn), attributes] })
}

fn result(op: u64, code: i64) -> Tag {
    let code = Tag::Enumerated(Enumerated { inner: code, ..Enumerated::default() });
    Tag::Sequence(Sequence {
        class: TagClass::Application,
        id: op,
        inner: vec![code, octets(Vec::new()), octets(Vec::new())],
    })
}

fn encoded(id: i64, op: Tag) -> Vec<u8> {
    let id = Tag::Integer(Integer { inner: id, ..Integer::default() });
    let message = Tag::Sequence(Sequence { inner: vec![id, op], ..Sequence::default() });
    let mut bytes = BytesMut::new();
    lber::write::encode_into(&mut bytes, message.into_structure()).expect("memory");
    bytes.to_vec()
}

/// True if an object fits a filter (RFC 4511, 4.5.1.7), as far as this project asks.
fn fits(object: &Object, filter: &StructureTag, all: &[Object]) -> bool {
    let PL::C(parts) = &filter.payload else { return false };
    let bytes = |at: usize| parts.get(at).cloned().and_then(StructureTag::expect_primitive).unwrap_or_default();
    match filter.id {
        0 => parts.iter().all(|part| fits(object, part, all)),
        1 => parts.iter().any(|part| fits(object, part, all)),
        3 => {
            let name = String::from_utf8(bytes(0)).unwrap_or_default();
            object.values(&name).any(|value| value.eq_ignore_ascii_case(&bytes(1)))
        }
        // The only rule that is asked for: whether somebody is in a group, or in one inside it.
        9 => {
            let wanted = parts.iter().find(|part| part.id == 3).cloned().map(text).unwrap_or_default();
            is_inside(object, &wanted, all)
        }
        _ => false,
    }
}

fn is_inside(object: &Object, group: &str, all: &[Object]) -> bool {
    object
        .groups
        .iter()
        .any(|own| own == group || all.iter().filter(|one| one.dn == *own).any(|one| is_inside(one, group, all)))
}

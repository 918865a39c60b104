//! Calls against small servers on this machine.

mod server;

use std::io::Write;
use std::time::Duration;

use base_http::{Answer, Client, ClientOptions, HttpError, Method, Plain, Request, Url, Why};
use server::{Reply, Server};

const CA: &[u8] = include_bytes!("tls/ca.pem");

fn client(change: impl FnOnce(&mut ClientOptions)) -> Client {
    let mut options = ClientOptions::default();
    change(&mut options);
    Client::new(&options).expect("roots")
}

fn url(text: &str) -> Url {
    Url::parse(text, Plain::ThisMachine).expect("an address")
}

async fn get(client: &Client, address: &str) -> Result<Answer, HttpError> {
    client.send(Request::new(Method::Get, url(address))).await
}

#[tokio::test]
async fn a_call_sends_its_headers_and_body_and_returns_what_is_answered() {
    let server =
        Server::plain(Reply::text("HTTP/1.1 201 Created\r\nx-kept: yes\r\ncontent-length: 4\r\n\r\ndone")).await;
    let request = Request::new(Method::Post, url(&server.address("/hook?a=b")))
        .header("content-type", "application/json")
        .header("x-signature", "abc")
        .bytes("{\"a\":1}");
    let answer = client(|_| {}).send(request).await.expect("an answer");
    assert_eq!((answer.status, answer.is_success(), &answer.body[..]), (201, true, &b"done"[..]));
    assert_eq!((answer.header("X-Kept"), answer.header("location")), (Some("yes"), None));
    let asked = server.asked();
    assert!(asked.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{asked}");
    for line in ["content-type: application/json", "x-signature: abc", "content-length: 7", "user-agent: tallyhouse/"] {
        assert!(asked.contains(line), "{line} is missing in {asked}");
    }
    assert!(asked.contains(&format!("host: 127.0.0.1:{}", server.port())) && asked.ends_with("{\"a\":1}"), "{asked}");
}

#[tokio::test]
async fn a_part_of_a_file_is_sent_with_its_length() {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(&vec![b'x'; 300_000]).expect("written");
    std::io::Seek::rewind(&mut file).expect("rewound");
    let server = Server::plain(Reply::text("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).await;
    let request = Request::new(Method::Put, url(&server.address("/part"))).file(file.into(), 200_000);
    assert_eq!(client(|_| {}).send(request).await.expect("an answer").status, 200);
    let asked = server.asked();
    assert!(asked.contains("content-length: 200000\r\n") && !asked.contains("transfer-encoding"), "{}", &asked[..200]);
    assert_eq!(asked.bytes().filter(|byte| *byte == b'x').count(), 200_000);
}

#[tokio::test]
async fn a_file_that_is_shorter_than_it_was_breaks_the_call() {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(b"short").expect("written");
    std::io::Seek::rewind(&mut file).expect("rewound");
    let server = Server::plain(Reply::text("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).await;
    let request = Request::new(Method::Put, url(&server.address("/part"))).file(file.into(), 50);
    let error = client(|_| {}).send(request).await.expect_err("fewer bytes than were said");
    assert!(matches!(error.why, Why::Broken(_)), "{error}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let there = Server::plain(Reply::text("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).await;
    let location = there.address("/");
    let head = format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
    let server = Server::plain(Reply::text(&head)).await;
    let answer = get(&client(|_| {}), &server.address("/")).await.expect("an answer");
    assert_eq!((answer.status, answer.header("location")), (302, Some(location.as_str())));
    assert_eq!(there.calls(), 0);
}

#[tokio::test]
async fn an_answer_has_a_largest_size_whatever_it_says_of_itself() {
    let body = "y".repeat(10_000);
    for head in ["content-length: 10000\r\n", "connection: close\r\n"] {
        let server = Server::plain(Reply::text(&format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}"))).await;
        let error = get(&client(|o| o.answer_bytes_max = 5_000), &server.address("/")).await.expect_err("too large");
        assert!(matches!(error.why, Why::Large(5_000)) && !error.may_pass(), "{error}");
        let mut kept = Vec::new();
        let request = Request::new(Method::Get, url(&server.address("/")));
        let client = client(|o| o.answer_bytes_max = 10);
        let answer = client.send_into(request, &mut kept, 10_000).await.expect("an answer");
        assert_eq!((answer.status, kept.len()), (200, 10_000));
    }
}

#[tokio::test]
async fn whoever_does_not_answer_in_time_is_let_go() {
    let silent = Server::plain(Reply::Silence).await;
    let quick = client(|o| o.total_timeout = Duration::from_millis(80));
    let error = get(&quick, &silent.address("/secret")).await.expect_err("no answer");
    assert!(matches!(error.why, Why::Time(_)) && error.may_pass(), "{error}");
    assert_eq!(error.to_string(), format!("127.0.0.1:{}: no answer within 0.08 s", silent.port()));

    let greeting = client(|o| o.connect_timeout = Duration::from_millis(80));
    let error = get(&greeting, &silent.address("/").replace("http:", "https:")).await.expect_err("no greeting");
    assert!(matches!(error.why, Why::ConnectTime(_)), "{error}");

    let request = Request::new(Method::Get, url(&silent.address("/"))).within(Duration::from_millis(50));
    let error = client(|_| {}).send(request).await.expect_err("no answer");
    assert!(matches!(error.why, Why::Time(time) if time == Duration::from_millis(50)), "{error}");
}

#[tokio::test]
async fn a_certificate_is_believed_only_where_its_authority_is_and_its_name_fits() {
    let server = Server::tls(Reply::text("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")).await;
    let trusting = client(|o| o.ca_pem = Some(CA.to_vec()));
    let address = format!("https://localhost:{}/", server.port());
    assert_eq!(&get(&trusting, &address).await.expect("an answer").body[..], b"ok");
    let error = get(&client(|_| {}), &address).await.expect_err("nobody knows this authority");
    assert!(matches!(error.why, Why::Tls(_)) && error.to_string().contains("certificate"), "{error}");
    let error = get(&trusting, &format!("https://127.0.0.1:{}/", server.port())).await.expect_err("another name");
    assert!(matches!(error.why, Why::Tls(_)), "{error}");
    let nonsense = ClientOptions { ca_pem: Some(b"nothing".to_vec()), ..ClientOptions::default() };
    assert!(Client::new(&nonsense).is_err());
}

#[tokio::test]
async fn an_error_tells_host_and_port_and_nothing_else_of_the_address() {
    let closed = Server::closed_port().await;
    let error = get(&client(|_| {}), &format!("http://127.0.0.1:{closed}/path-secret?token=query-secret")).await;
    let error = error.expect_err("nobody listens");
    assert!(matches!(error.why, Why::Connect(_)) && error.may_pass(), "{error}");
    let told = format!("{error} {error:?}");
    assert!(!told.contains("secret") && told.contains(&closed.to_string()), "{told}");
    let server = Server::plain(Reply::text("SSH-2.0-what\r\n\r\n")).await;
    let error = get(&client(|_| {}), &server.address("/secret")).await.expect_err("no HTTP");
    assert!(matches!(error.why, Why::Broken(_)) && !format!("{error:?}").contains("secret"), "{error:?}");
    let request = Request::new(Method::Get, url(&server.address("/"))).header("x-signature", "a\r\nb");
    let error = client(|_| {}).send(request).await.expect_err("a header of two lines");
    assert!(matches!(error.why, Why::Header("x-signature")), "{error}");
}

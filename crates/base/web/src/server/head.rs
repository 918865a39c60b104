//! Whether the head of a request is one that HTTP/1.1 knows. hyper would answer most others by itself, with nothing but a
//! status, and takes lines that end with LF alone, which a proxy before us may read differently (RFC 9112, 2.2).

use axum::http::{Method, Uri};

use super::framing::Framing;

/// Most headers of a request; hyper takes no more either.
const HEADERS_MAX: usize = 100;

/// Why a request is refused before anybody reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// This is not HTTP/1.1, or could be read in two ways.
    Wrong,
    /// It is too long, or has too many headers.
    TooLarge,
    /// It does not say once which server it means.
    Host,
}

impl Malformed {
    const METHOD: &str = "MALFORMED";
    const TOO_LARGE: &str = "/too-large";

    /// A request that hyper can read, in place of the one that is refused: so it is answered like any other, after those
    /// before it.
    pub fn in_place(self) -> String {
        let path = if self == Self::TooLarge { Self::TOO_LARGE } else { "/" };
        format!("{} {path} HTTP/1.1\r\nhost: malformed\r\nconnection: close\r\n\r\n", Self::METHOD)
    }

    /// What [`Malformed::in_place`] stands for. Who sends it themselves is refused like others.
    pub fn of(method: &Method, uri: &Uri) -> Option<Self> {
        let is_too_large = uri.path() == Self::TOO_LARGE;
        (method.as_str() == Self::METHOD).then_some(if is_too_large { Self::TooLarge } else { Self::Wrong })
    }
}

/// What was found at the beginning of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub enum Judged {
    /// The head goes on.
    Partial,
    /// It has so many bytes, and what follows it is framed so.
    Whole(usize, Framing),
    /// It is refused.
    Refused(Malformed),
}

/// Looks at the beginning of some bytes, which are not more than a head may have.
pub fn judge(bytes: &[u8]) -> Judged {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Judged::Partial,
        Err(httparse::Error::TooManyHeaders) => return Judged::Refused(Malformed::TooLarge),
        Err(_) => return Judged::Refused(Malformed::Wrong),
    };
    let is_sound = lines_are_whole(bytes.get(..length).unwrap_or_default()) && names_something(&request);
    match framing(&request).filter(|_| is_sound) {
        Some(framing) => Judged::Whole(length, framing),
        None => Judged::Refused(Malformed::Wrong),
    }
}

/// True when each line ends with CR and LF.
fn lines_are_whole(head: &[u8]) -> bool {
    let mut last = 0;
    head.iter().all(|byte| {
        let is_whole = *byte != b'\n' || last == b'\r';
        last = *byte;
        is_whole
    })
}

fn names_something(request: &httparse::Request<'_, '_>) -> bool {
    let method = request.method.is_some_and(|method| Method::from_bytes(method.as_bytes()).is_ok());
    method && request.path.is_some_and(|path| Uri::try_from(path).is_ok())
}

/// How the body is framed; `None` when that could be read in two ways.
fn framing(request: &httparse::Request<'_, '_>) -> Option<Framing> {
    let of = |name: &'static str| {
        request.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value)
    };
    let mut length = None;
    for value in of("content-length") {
        if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let n: u64 = std::str::from_utf8(value).ok()?.parse().ok()?;
        if length.is_some_and(|length| length != n) {
            return None;
        }
        length = Some(n);
    }
    let Some(encoding) = of("transfer-encoding").next_back() else {
        return Some(Framing::of_length(length.unwrap_or_default()));
    };
    let is_one = of("transfer-encoding").count() == 1 && length.is_none() && request.version == Some(1);
    (is_one && encoding.eq_ignore_ascii_case(b"chunked")).then_some(Framing::chunked())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong() -> Judged {
        Judged::Refused(Malformed::Wrong)
    }

    #[test]
    fn a_sound_head_is_known_with_its_length_and_its_framing() {
        let get = b"GET /a?b=%20 HTTP/1.1\r\nHost: x\r\nX-Name: \xc3\xa9\r\n\r\nGET";
        assert_eq!(judge(get), Judged::Whole(get.len() - 3, Framing::of_length(0)));
        let post = b"\r\nPOST / HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\nContent-Length: 7\r\n\r\n";
        assert_eq!(judge(post), Judged::Whole(post.len(), Framing::of_length(7)));
        let chunked = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n";
        assert_eq!(judge(chunked), Judged::Whole(chunked.len(), Framing::chunked()));
        for end in 0..get.len() - 5 {
            assert_eq!(judge(&get[..end]), Judged::Partial, "{end}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for head in [
            "GET / HTTP/1.1\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\n\n",
            "\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\0\r\n\r\n",
            "GET / HTTP/2.0\r\n\r\n",
            "GET /\r\n\r\n",
            "G\"T / HTTP/1.1\r\n\r\n",
            "GET nowhere at all HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "SB00001\r\n\r\n",
            "\u{16}\u{3}\u{1}\u{2}",
        ] {
            assert_eq!(judge(head.as_bytes()), wrong(), "{head:?}");
        }
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(HEADERS_MAX + 1));
        assert_eq!(judge(many.as_bytes()), Judged::Refused(Malformed::TooLarge));
    }
}

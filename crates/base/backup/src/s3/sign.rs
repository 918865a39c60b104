//! Signatures of requests to storage that speaks S3: AWS Signature Version 4.

use base_core::time::Moment;
use hmac::{Hmac, KeyInit, Mac};
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// SHA-256 of nothing: the body of most requests.
pub const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What signs.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The public name of the secret.
    pub access_key: String,
    /// The secret.
    pub secret_key: SecretString,
    /// The region, such as `eu-central-1`.
    pub region: String,
}

/// A request, as far as it is signed.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'s> {
    /// `GET`, `PUT` and so on.
    pub method: &'s str,
    /// The header `host`.
    pub host: &'s str,
    /// The path, encoded.
    pub path: &'s str,
    /// The query, encoded and in the order of its names.
    pub query: &'s str,
    /// Headers in small letters, in the order of their names; each begins with `x-amz-`, without hash and date.
    pub more: &'s [(&'static str, String)],
    /// SHA-256 of the body, in hexadecimal.
    pub body_sha256: &'s str,
    /// The moment of the request.
    pub at: Moment,
}

impl Signer {
    /// The headers that a request carries: `authorization`, `x-amz-content-sha256`, `x-amz-date`, and the others.
    pub fn headers(&self, request: &Signed<'_>) -> Vec<(&'static str, String)> {
        let time = request.at.display(&TimeZone::UTC, "%Y%m%dT%H%M%SZ");
        let day = request.at.display(&TimeZone::UTC, "%Y%m%d");
        let mut signed: Vec<(&'static str, String)> =
            vec![("x-amz-content-sha256", request.body_sha256.to_owned()), ("x-amz-date", time.clone())];
        signed.extend(request.more.iter().cloned());
        signed.sort();
        let mut lines = format!("host:{}\n", request.host);
        let mut names = "host".to_owned();
        for (name, value) in &signed {
            lines.push_str(&format!("{name}:{}\n", value.trim()));
            names.push_str(&format!(";{name}"));
        }
        let Signed { method, path, query, body_sha256, .. } = request;
        let canonical = format!("{method}\n{path}\n{query}\n{lines}\n{names}\n{body_sha256}");
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex::encode(Sha256::digest(canonical)));
        let signature = hex::encode(mac(&self.key_of(&day), &text));
        let credential = format!("{}/{scope}", self.access_key);
        let authorization =
            format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}");
        signed.push(("authorization", authorization));
        signed
    }

    fn key_of(&self, day: &str) -> Vec<u8> {
        let first = format!("AWS4{}", self.secret_key.expose_secret());
        let of_day = mac(first.as_bytes(), day);
        mac(&mac(&mac(&of_day, &self.region), "s3"), "aws4_request")
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// A text as it stands in a path or a query: all but letters, digits and `-._~` as `%XX`; `/` stays where `keep` says so.
pub fn encoded(text: &str, keep: Option<char>) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let is_plain =
            byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || keep.map(u32::from) == Some(byte.into());
        if is_plain { out.push(byte.into()) } else { out.push_str(&format!("%{byte:02X}")) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Signer {
        Signer {
            access_key: "AKIAIOSFODNN7EXAMPLE".into(),
            secret_key: SecretString::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1".into(),
        }
    }

    /// The examples that Amazon publishes with the description of the signature.
    #[test]
    fn the_published_examples_have_the_published_signatures() {
        let at = Moment::parse("2013-05-24T00:00:00Z").expect("a time");
        let list = Signed {
            method: "GET",
            host: "examplebucket.s3.amazonaws.com",
            path: "/",
            query: "max-keys=2&prefix=J",
            more: &[],
            body_sha256: EMPTY_SHA256,
            at,
        };
        let signature = |signed: &Signed<'_>| {
            let headers = key().headers(signed);
            let (_, text) = headers.iter().find(|(name, _)| *name == "authorization").expect("signed").clone();
            text
        };
        let told = signature(&list);
        assert!(told.ends_with("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"), "{told}");
        assert!(told.contains("Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"), "{told}");
        let lifecycle = Signed { query: "lifecycle=", ..list };
        let told = signature(&lifecycle);
        assert!(told.ends_with("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"), "{told}");
    }

    #[test]
    fn only_plain_letters_stay_as_they_are() {
        assert_eq!(encoded("a/b c+é~", None), "a%2Fb%20c%2B%C3%A9~");
        assert_eq!(encoded("a/b", Some('/')), "a/b");
    }
}

//! The built user interface, inside the program. Names of files carry a hash of their content, so that a browser may
//! keep them for ever; the manifest of the build has the current names.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::error::Problem;

/// `ui/dist`, as `npm run build` leaves it.
#[derive(RustEmbed)]
#[folder = "../../../ui/dist"]
#[allow_missing = true]
struct Dist;

#[derive(serde::Deserialize)]
struct ManifestEntry {
    file: String,
}

static MANIFEST: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let file = Dist::get("manifest.json");
    let entries: HashMap<String, ManifestEntry> =
        file.and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default();
    entries.into_iter().map(|(source, entry)| (source, format!("/{}", entry.file))).collect()
});

/// The address of a built file by the name of its source, such as `styles/office.css`.
pub fn url(source: &str) -> &'static str {
    MANIFEST.get(source).map_or("/assets/missing", String::as_str)
}

/// True when the user interface was built before the program.
pub fn are_built() -> bool {
    !MANIFEST.is_empty()
}

/// Files that need nobody to be signed in.
pub fn router() -> Router {
    Router::new()
        .route("/assets/{file}", get(file))
        .route("/sw.js", get(fixed))
        .route("/favicon.svg", get(fixed))
        .route("/manifest.webmanifest", get(fixed))
}

/// `GET /assets/{file}`
pub async fn file(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    serve(&format!("assets/{name}"), &headers, "public, max-age=31536000, immutable")
}

/// Files that browsers look for under fixed names.
pub async fn fixed(uri: axum::http::Uri, headers: HeaderMap) -> Result<Response, Problem> {
    serve(uri.path().trim_start_matches('/'), &headers, "no-cache")
}

/// The stations' words in one language, packed as the build left them; `None` when the program has no built interface.
pub fn phrases(locale: &str, headers: &HeaderMap) -> Option<Response> {
    serve(&format!("phrases.{locale}.json"), headers, "no-cache").ok()
}

fn serve(name: &str, headers: &HeaderMap, cache: &'static str) -> Result<Response, Problem> {
    let kind = kind_of(name).ok_or_else(|| Problem::not_found("This file"))?;
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let packed = [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(encoding, ending)| {
        let file = accepted.contains(encoding).then(|| Dist::get(&format!("{name}.{ending}"))).flatten()?;
        Some((file, Some(encoding)))
    });
    let plain = || Dist::get(name).map(|file| (file, None));
    let (file, encoding) = packed.or_else(plain).ok_or_else(|| Problem::not_found("This file"))?;
    Ok(Asset { file, kind, encoding, cache }.answer(headers))
}

/// A built file, and how it is sent.
struct Asset {
    file: EmbeddedFile,
    kind: &'static str,
    /// How it is compressed, if it is.
    encoding: Option<&'static str>,
    /// How long browsers may keep it.
    cache: &'static str,
}

impl Asset {
    fn answer(self, headers: &HeaderMap) -> Response {
        let Self { file, kind, encoding, cache } = self;
        let hash = file.metadata.sha256_hash();
        let tag = format!("\"{:016x}\"", hash[..8].iter().fold(0_u64, |tag, byte| tag << 8 | u64::from(*byte)));
        let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            file.data.clone().into_owned().into_response()
        };
        let out = response.headers_mut();
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        out.insert(header::ETAG, HeaderValue::from_str(&tag).expect("hex digits"));
        if let Some(encoding) = encoding {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }
}

fn kind_of(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "json" => Some("application/json"),
        "webmanifest" => Some("application/manifest+json"),
        "png" => Some("image/png"),
        "wasm" => Some("application/wasm"),
        _ => None,
    }
}

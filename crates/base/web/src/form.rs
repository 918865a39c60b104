//! Forms of our own pages.
//!
//! Invariants: a form cannot be read without its proof that the page was ours; a token sends none, since it has no page.

use axum::body::Body;
use axum::extract::{FromRef, FromRequest, FromRequestParts, Request};
use axum::http::header;
use base_secret as secret;
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::error::Problem;
use crate::session::{Caller, ProofFollows};
use crate::{body, text};

/// Largest form, in bytes.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// What a form holds that has no fields of its own.
#[derive(Deserialize)]
pub struct NoFields {}

/// A form of a signed-in person, its `csrf` field checked.
pub struct Form<T> {
    /// Who sent it.
    pub caller: Caller,
    /// Its fields.
    pub fields: T,
}

#[derive(serde::Deserialize)]
struct Proof {
    #[serde(default)]
    csrf: String,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T>
where
    App: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, rest) = request.into_parts();
        parts.extensions.insert(ProofFollows);
        let caller = Caller::from_request_parts(&mut parts, state).await?;
        // The proof of a token would be an empty one.
        caller.must_be_signed_in()?;
        let bytes = body::read(Request::from_parts(parts, rest), FORM_BYTES_MAX).await?;
        let proof: Proof = fields(&bytes).await?;
        if !secret::equal(&proof.csrf, &caller.csrf) {
            return Err(Problem::foreign_form());
        }
        Ok(Self { caller, fields: fields(&bytes).await? })
    }
}

/// Reads form fields.
pub async fn fields<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
    text::check_fields(bytes)?;
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(bytes.clone()))
        .expect("a constant request is well formed");
    let read = axum::Form::<T>::from_request(request, &()).await;
    let broken = |_| Problem::field("form", "The form could not be read. Load the page again.");
    read.map(|axum::Form(fields)| fields).map_err(broken)
}

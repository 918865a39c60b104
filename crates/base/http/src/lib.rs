//! The one way in which this program calls other servers by HTTP: copies of backups, webhooks, traces.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use base_http::{Client, ClientOptions, Method, Plain, Request, Url};
//! let client = Client::new(&ClientOptions::default())?;
//! let url = Url::parse("https://hooks.example/alerts", Plain::ThisMachine)?;
//! let request = Request::new(Method::Post, url).header("content-type", "application/json").bytes("{}");
//! let answer = client.send(request).await?;
//! assert!(answer.is_success());
//! # Ok(()) }
//! ```
//!
//! Invariants: a redirect is an answer like any other and is never followed; an answer has a largest size, connecting and the
//! whole call have a longest time; no error tells more of an address than its host and port. A call has a connection of its
//! own: calls are few, and nothing is left open between them.

mod client;
mod error;
mod request;
mod tls;
mod url;

pub use client::{Answer, Client, ClientOptions};
pub use error::{HttpError, NoRoots, Why};
pub use request::{Method, Request};
pub use url::{Plain, Url, UrlFault};

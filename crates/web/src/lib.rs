//! HTTP and HTML: routes, pages, the JSON API, the live feed and the assets.
//!
//! Invariants: only this crate knows HTTP. A request reaches the database in three hops (route, handler, store), a scan
//! in four (the desk is between). Every change asks for a named permission and for proof that our own page sent it.

mod activity;
pub mod api;
mod app;
mod assets;
mod body;
mod cursor;
mod error;
mod form;
mod live;
mod locale;
mod pages;
mod parameters;
mod report;
mod request;
mod routes;
mod server;
mod session;
mod shared;
mod stats;
mod upload;
mod view;

pub use app::{App, Settings};
pub use assets::are_built;
pub use locale::phrase;
pub use routes::router;
pub use server::{Patience, serve};
pub use view::path_part;

//! HTTP and HTML, as far as all wings share it: the server, requests, sessions, forms, errors, the frame of a page, the
//! home page, the live feed, files of reports, the description of the API.
//!
//! Invariants: axum is used only here, in the wings' own web crates and in the program. Every change needs a named
//! permission and the proof that our own page sent it. Nothing here names a wing: what wings bring is handed in.

pub mod alerts;
pub mod api;
pub mod app;
pub mod assets;
pub mod body;
pub mod columns;
pub mod cursor;
pub mod docs;
pub mod door;
pub mod earlier;
pub mod error;
pub mod exports;
pub mod figures;
mod files;
pub mod filter;
mod followed;
pub mod form;
pub mod health;
pub mod help;
pub mod home;
pub mod imports;
pub mod jobs;
pub mod kit;
pub mod leaving;
pub mod list;
pub mod live;
pub mod live_nodes;
pub mod locale;
mod logged;
pub mod look;
pub mod markdown;
mod memory;
pub mod menu;
pub mod metrics;
pub mod names;
pub mod openapi;
mod origins;
pub mod pages;
pub mod parameters;
pub mod per_minute;
pub mod process;
pub mod proxies;
pub mod rate;
pub mod refusals;
pub mod report;
pub mod request;
pub mod resolve;
pub mod server;
pub mod session;
pub mod shared;
pub mod spans;
pub mod stored;
pub mod text;
pub mod turns;
mod unsaved;
pub mod upload;
pub mod view;
mod writable;

pub use app::{App, Settings};
pub use followed::while_there;

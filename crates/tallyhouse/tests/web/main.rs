//! The web side from outside: the real router over fresh databases of both kinds.

mod api;
mod bad_input;
mod bag_lists;
mod bag_work;
mod bill_pages;
mod bills;
mod board;
mod common;
mod cursors;
mod exports;
mod failures;
mod headers;
mod imports;
mod imports_refused;
mod lists;
mod one_moment;
mod pages;
mod plans;
mod readings;
mod realms;
mod refusals;
mod reports;
mod scope;
mod sign_in;
mod sockets;
mod wire;

//! The web side from outside: the real router over fresh databases of both kinds.

mod api;
mod bad_input;
mod bill_pages;
mod bills;
mod common;
mod imports;
mod pages;
mod sign_in;
mod sockets;

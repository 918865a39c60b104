//! The web side from outside: the real router over fresh databases of both kinds.

mod api;
mod bad_input;
mod common;
mod pages;
mod sign_in;
mod sockets;

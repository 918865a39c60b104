//! The rules of people: accounts, signing in, second factors, sessions.
//!
//! Every rule is here, once, as a pure function. Invariant: no I/O, no async, no clock and no randomness; the caller passes
//! in the time and the identity.

//! Events, passes and the gate as people and programs reach them.
//!
//! Invariant: nobody reaches an event that they are not assigned to, nor a pass of one, unless they may see all events:
//! such an event is not there for them.

mod events;
mod gates;
mod home;
mod keys;
mod memory;
mod passes;
mod recent;
mod resolve;
mod rights;
mod routes;
mod shown;
mod state;
pub mod wing;

//! Who is who: signing in and out, sessions.

mod sessions;
pub mod wing;

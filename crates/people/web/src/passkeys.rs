//! Passkeys: registering them on one's own account, and signing in with one, alone or after a password. For staff and for
//! customers, at addresses of their own.

pub mod challenge;
pub mod own;
pub mod sign_in;
pub mod work;

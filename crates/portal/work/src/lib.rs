//! What stands between the ERP and the pages of the portal.

mod breaker;
pub mod live;
pub mod parties;

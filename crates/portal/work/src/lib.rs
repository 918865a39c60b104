//! What stands between the ERP and the pages of the portal.

pub mod live;

//! What stands between the ERP and the pages of the portal: stock as of now, files of it, and mails about it.

mod breaker;
pub mod figures;
pub mod live;
pub mod mailing;
mod mails;
pub mod parties;
pub mod person_data;
pub mod sheet;
pub mod stop;

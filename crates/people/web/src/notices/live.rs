//! How many notices somebody has not read, for pages that are open.

use async_trait::async_trait;
use base_web::error::Problem;
use base_web::live::LiveSource;
use base_web::session::Caller;
use tokio::sync::watch;

use super::work;
use crate::state::People;

/// The count.
pub struct Unread(pub People);

#[async_trait]
impl LiveSource for Unread {
    fn event(&self) -> &'static str {
        "notices"
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.0.own().notices.subscribe()
    }

    async fn figures(&self, caller: &Caller) -> Result<String, Problem> {
        Ok(format!("{{\"unread\":{}}}", work::unread(&self.0, caller).await?))
    }
}

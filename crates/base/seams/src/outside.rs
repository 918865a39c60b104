//! Other systems that a site needs, such as an ERP: whether they answer.

use async_trait::async_trait;

/// Another system.
#[async_trait]
pub trait Outside: Send + Sync + 'static {
    /// Its name in alerts, such as `erp`.
    fn name(&self) -> &'static str;

    /// Asks it its shortest question, and waits no longer than a page would. True where it answered.
    async fn answers(&self) -> bool;
}

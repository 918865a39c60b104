//! The ERP of a site: opened, looked at before the site starts, and told of by `tallyhouse doctor`.

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use portal_erp::{Checked, Erp, ErpError, Source};
use portal_web::wing::{Parts, Patience};
use tokio::time::timeout;

use crate::config::Config;

/// How long a start waits for an ERP that may be away.
const START_WAITS: Duration = Duration::from_secs(10);

/// What the portal of a site is opened with.
pub async fn parts(config: &Config) -> anyhow::Result<Parts> {
    let mut patience = Patience::default();
    let mut erp: Option<Arc<dyn Erp>> = None;
    if let Some(settings) = config.erp.clone().filter(|_| config.wings.contains(&"portal")) {
        patience.query = settings.limits.connect + settings.limits.query;
        let source = Source::open(settings)?;
        must_not_write(&source).await?;
        erp = Some(Arc::new(source));
    }
    Ok(Parts { erp, patience })
}

/// Refuses an ERP whose login can write, or whose configuration cannot be right. One that is away now may come back.
async fn must_not_write(erp: &dyn Erp) -> anyhow::Result<()> {
    match timeout(START_WAITS, erp.check()).await {
        Ok(Ok(Checked { is_read_only: true, .. })) => {}
        Ok(Ok(_)) => {
            tracing::warn!("nobody can say whether the login of the ERP can write; give it the right to read only");
        }
        Ok(Err(fault @ (ErpError::CanWrite(_) | ErpError::Settings(_)))) => bail!("{fault}"),
        Ok(Err(fault)) => tracing::warn!(code = fault.code(), %fault, "the ERP cannot be read now"),
        Err(_) => tracing::warn!("the ERP does not answer now"),
    }
    Ok(())
}

/// What `tallyhouse doctor` says of it, and whether it is well.
pub async fn look(config: &Config) -> (bool, String) {
    let Some(settings) = config.erp.clone() else {
        return (true, "no ERP is configured; customers see no stock".into());
    };
    let checked = match Source::open(settings) {
        Ok(source) => timeout(START_WAITS, source.check()).await.unwrap_or(Err(ErpError::Slow)),
        Err(fault) => Err(fault),
    };
    match checked {
        Ok(Checked { customers, is_read_only: true }) => {
            (true, format!("the ERP answers and has {customers} customers; its login cannot write"))
        }
        Ok(Checked { customers, .. }) => {
            (true, format!("the ERP answers and has {customers} customers; whether its login can write nobody can say"))
        }
        Err(fault) => (false, format!("{fault}; see [erp] of the configuration")),
    }
}

//! Stock as it is now.

use std::sync::Arc;

use portal_erp::{Erp, ErpError, Inventory};
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;

/// Asks the ERP. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    erp: Arc<dyn Erp>,
}

impl Live {
    /// Over an ERP.
    pub fn new(erp: Arc<dyn Erp>) -> Self {
        Self { erp }
    }

    /// The stock of a scope.
    pub async fn inventory(&self, scope: &Scope) -> Result<Inventory, ErpError> {
        self.erp.inventory(scope).await
    }

    /// All customers of the ERP, for those who choose among them.
    pub async fn customers(&self) -> Result<Vec<Customer>, ErpError> {
        self.erp.customers().await
    }
}

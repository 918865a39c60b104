//! What the portal asks of an ERP, and the one source that answers it.
//!
//! Invariant: a row goes to nobody whose scope does not cover it. The statement asks for the right customers only, and
//! every row that comes is looked at once more; one row of somebody else spoils the whole answer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;
use portal_rules::stock::Stock;
use portal_rules::view::put_in_order;

use crate::dialect::Dialect;
use crate::driver::{Driver, Statement, open};
use crate::error::ErpError;
use crate::field::Field;
use crate::read::Cells;
use crate::settings::{Limits, Settings, WhichShape};
use crate::shape::{Shape, Wanted};

/// Most parameters of one statement: SQL Server takes 2,100.
const CHOSEN_MAX: usize = 2_000;

/// An ERP that is read. It has no way to write.
#[async_trait]
pub trait Erp: Send + Sync + 'static {
    /// All customers, by name, then by key.
    async fn customers(&self) -> Result<Vec<Customer>, ErpError>;

    /// The stock that a scope covers, in its order. [`Scope::Nothing`] has none and asks nobody.
    async fn inventory(&self, scope: &Scope) -> Result<Inventory, ErpError>;

    /// Whether it answers, by its shortest question.
    async fn health(&self) -> Result<Health, ErpError>;

    /// What is looked at before a start and by `doctor`: a login that can write is refused, and so is a query that does
    /// not bring what it is said to bring.
    async fn check(&self) -> Result<Checked, ErpError>;
}

/// The stock of a scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The rows.
    pub rows: Vec<Stock>,
    /// True if there are more than the limit permits, so that the rest is missing.
    pub is_cut: bool,
    /// Customers of the scope whom the ERP does not have. Where it is all of them, there can be no rows.
    pub missing: Vec<Customer>,
}

/// How an ERP is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// How long it took to answer.
    pub took: Duration,
}

/// What a check found to be well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// How many customers there are.
    pub customers: usize,
    /// True if it is certain that this login cannot write; false where nobody can say.
    pub is_read_only: bool,
}

/// An ERP in one of the three databases.
pub struct Source {
    driver: Arc<dyn Driver>,
    shape: Shape,
    limits: Limits,
}

impl Source {
    /// Opens a source. No connection is made before it is asked something.
    pub fn open(settings: Settings) -> Result<Self, ErpError> {
        let Settings { place, shape, limits } = settings;
        let driver = open(&place, limits)?;
        let shape = match shape {
            WhichShape::Deacom => Shape::Deacom,
            WhichShape::Own(query) => Shape::Own(query),
        };
        Ok(Self { driver, shape, limits })
    }

    /// The text of every statement that is ever run for stock and customers of everybody, for whoever keeps the ERP.
    pub fn statements(&self) -> Vec<String> {
        let dialect = self.driver.dialect();
        let wanted = Wanted { chosen: None, rows_max: self.limits.rows_max + 1 };
        vec![self.shape.customers(dialect, self.limits.customers_max + 1), self.shape.stock(dialect, wanted)]
    }

    async fn customers_up_to(&self, customers_max: usize) -> Result<Vec<Customer>, ErpError> {
        let text = self.shape.customers(self.driver.dialect(), customers_max);
        let mut customers = Vec::new();
        let mut take = |cells: &[Option<&str>]| {
            let cells = Cells::new(&[Field::CustomerKey, Field::Customer], cells)?;
            customers.extend(cells.customer());
            Ok(())
        };
        self.driver.read(&Statement { text, parameters: Vec::new() }, &mut take).await?;
        customers.sort_by(|one: &Customer, other| (&one.name, &one.key).cmp(&(&other.name, &other.key)));
        customers.dedup();
        Ok(customers)
    }

    /// The keys or names by which a scope is asked for, and the customers of it who are not there. Everything has none.
    async fn chosen(&self, scope: &Scope) -> Result<Chosen, ErpError> {
        if *scope == Scope::All {
            return Ok(Chosen::default());
        }
        let known = self.customers().await?;
        let covered = known.iter().filter(|customer| scope.covers(Some(customer)));
        let mut values: Vec<String> = if self.shape.is_by_key() {
            covered.filter_map(|customer| customer.key.clone()).collect()
        } else {
            covered.map(|customer| customer.name.clone()).collect()
        };
        values.sort_unstable();
        values.dedup();
        if values.len() > CHOSEN_MAX {
            return Err(ErpError::Settings(format!("an account has more than {CHOSEN_MAX} customers of the ERP")));
        }
        Ok(Chosen { values: Some(values), missing: scope.missing(&known).into_iter().cloned().collect() })
    }

    async fn rows(&self, scope: &Scope, chosen: Option<Vec<String>>, rows_max: usize) -> Result<Vec<Stock>, ErpError> {
        let keys: Option<BTreeSet<String>> =
            chosen.as_ref().filter(|_| self.shape.is_by_key()).map(|values| values.iter().cloned().collect());
        let wanted = Wanted { chosen: chosen.as_ref().map(|values| padded_len(values.len())), rows_max };
        let text = self.shape.stock(self.driver.dialect(), wanted);
        let mut parameters = chosen.unwrap_or_default();
        if let (Some(len), Some(last)) = (wanted.chosen, parameters.last().cloned()) {
            parameters.resize(len, last);
        }
        let fields = self.shape.fields();
        let mut rows = Vec::new();
        let mut take = |cells: &[Option<&str>]| {
            let row = Cells::new(&fields, cells)?.stock()?;
            let key = row.customer.as_ref().and_then(|customer| customer.key.as_ref());
            let is_asked = keys.as_ref().is_none_or(|keys| key.is_some_and(|key| keys.contains(key)));
            if !is_asked || !scope.covers(row.customer.as_ref()) {
                return Err(ErpError::Foreign);
            }
            rows.push(row);
            Ok(())
        };
        self.driver.read(&Statement { text, parameters }, &mut take).await?;
        Ok(rows)
    }

    /// Tables that this login could write to; `None` where nobody can say.
    async fn writable(&self) -> Result<Option<Vec<String>>, ErpError> {
        let dialect = self.driver.dialect();
        let Some(text) = dialect.writable_tables() else { return Ok(Some(Vec::new())) };
        let mut tables = Vec::new();
        let mut take = |cells: &[Option<&str>]| {
            tables.extend(cells.first().copied().flatten().map(str::to_owned));
            Ok(())
        };
        let statement = Statement { text: text.to_owned(), parameters: Vec::new() };
        match self.driver.read(&statement, &mut take).await {
            Ok(()) => Ok(Some(tables)),
            // A login that may not ask what it may do.
            Err(ErpError::Refused(_)) if dialect == Dialect::SqlServer => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

/// Who is asked for.
#[derive(Default)]
struct Chosen {
    /// Keys or names; `None` asks for everything.
    values: Option<Vec<String>>,
    missing: Vec<Customer>,
}

/// The number of parameters to which so many are filled up, so that a server sees few different statements.
fn padded_len(len: usize) -> usize {
    [0, 1, 4, 16, 64, 256, 1_000].into_iter().find(|size| *size >= len).unwrap_or(CHOSEN_MAX)
}

#[async_trait]
impl Erp for Source {
    async fn customers(&self) -> Result<Vec<Customer>, ErpError> {
        let customers = self.customers_up_to(self.limits.customers_max + 1).await?;
        if customers.len() > self.limits.customers_max {
            let text = format!("the ERP has more than {} customers", self.limits.customers_max);
            return Err(ErpError::Settings(text));
        }
        Ok(customers)
    }

    async fn inventory(&self, scope: &Scope) -> Result<Inventory, ErpError> {
        if *scope == Scope::Nothing {
            return Ok(Inventory::default());
        }
        let Chosen { values, missing } = self.chosen(scope).await?;
        if values.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Inventory { missing, ..Inventory::default() });
        }
        let mut rows = self.rows(scope, values, self.limits.rows_max + 1).await?;
        let is_cut = rows.len() > self.limits.rows_max;
        rows.truncate(self.limits.rows_max);
        put_in_order(&mut rows);
        Ok(Inventory { rows, is_cut, missing })
    }

    async fn health(&self) -> Result<Health, ErpError> {
        let began = Instant::now();
        self.customers_up_to(1).await?;
        Ok(Health { took: began.elapsed() })
    }

    async fn check(&self) -> Result<Checked, ErpError> {
        let writable = self.writable().await?;
        if let Some(tables) = writable.as_ref().filter(|tables| !tables.is_empty()) {
            return Err(ErpError::CanWrite(tables.clone()));
        }
        let customers = self.customers().await?.len();
        self.rows(&Scope::All, None, 1).await?;
        Ok(Checked { customers, is_read_only: writable.is_some() })
    }
}

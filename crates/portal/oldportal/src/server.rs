//! The earlier portal's database on its SQL Server.

use portal_erp::{ErpError, TextReader};

use crate::cells::{Cells, Table};
use crate::options::Options;
use crate::reading::Reading;

/// Times as texts with `T` between day and time; a text of any length whole.
const CUSTOMERS: &str = "select convert(nvarchar(20), c.customer_id), c.first_name, c.last_name, c.email, c.password_hash, \
    c.erp_customer_name, convert(nvarchar(1), c.is_active), convert(nvarchar(33), c.created_date, 126), \
    convert(nvarchar(33), c.last_login_date, 126), convert(nvarchar(1), c.must_reset_password) \
    from dbo.Customers c order by c.customer_id";
const AUDIT_LOG: &str = "select convert(nvarchar(20), a.log_id), convert(nvarchar(33), a.timestamp, 126), a.admin_username, \
    a.action_type, convert(nvarchar(20), a.target_customer_id), a.target_customer_email, convert(nvarchar(max), a.details) \
    from dbo.AuditLog a order by a.log_id";
/// Whether the oldest form of the table is there, without the column that was added later.
const HAS_MUST_RESET: &str = "select convert(nvarchar(10), col_length('dbo.Customers', 'must_reset_password'))";

/// Adds both tables of a database to what was read before.
pub async fn read_server(server: &TextReader, options: &Options, reading: &mut Reading) -> Result<(), ErpError> {
    let mut has_must_reset = false;
    let mut look = |cells: &[Option<&str>]| {
        has_must_reset = cells.first().copied().flatten().is_some();
        Ok(())
    };
    server.rows(HAS_MUST_RESET, &mut look).await?;
    let customers = if has_must_reset {
        CUSTOMERS.to_owned()
    } else {
        CUSTOMERS.replace("convert(nvarchar(1), c.must_reset_password)", "convert(nvarchar(1), null)")
    };
    for (table, text) in [(Table::Customers, customers.as_str()), (Table::AuditLog, AUDIT_LOG)] {
        let mut row: u64 = 0;
        let mut take = |cells: &[Option<&str>]| {
            row += 1;
            reading.take(row, &Cells { table, cells }, options);
            Ok(())
        };
        server.rows(text, &mut take).await?;
    }
    Ok(())
}

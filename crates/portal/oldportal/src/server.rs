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

/// The columns of a table.
const COLUMNS: &str = "select convert(nvarchar(128), c.name) from sys.columns c \
    where c.object_id = object_id('dbo.{table}') order by c.column_id";
/// A column that nobody knows.
const STRANGE: &str = "select convert(nvarchar(20), t.{id}), convert(nvarchar(max), t.[{column}]) from dbo.{table} t \
    where t.[{column}] is not null order by t.{id}";
/// Tables that nobody knows, with how many rows they have.
const TABLES: &str = "select convert(nvarchar(128), t.name), convert(nvarchar(20), sum(p.rows)) from sys.tables t \
    join sys.partitions p on p.object_id = t.object_id and p.index_id in (0, 1) \
    where t.name not in ('Customers', 'AuditLog', 'ActiveSessions', 'PasswordResetTokens') \
    group by t.name order by t.name";

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
    for table in [Table::Customers, Table::AuditLog] {
        read_strange(server, table, reading).await?;
    }
    let mut take = |cells: &[Option<&str>]| {
        if let [Some(name), rows] = cells {
            let rows = rows.and_then(|text| text.parse().ok()).unwrap_or_default();
            reading.strange_tables.insert((*name).to_owned(), rows);
        }
        Ok(())
    };
    server.rows(TABLES, &mut take).await
}

/// What stands in columns that nobody here knows.
async fn read_strange(server: &TextReader, table: Table, reading: &mut Reading) -> Result<(), ErpError> {
    let mut columns = Vec::new();
    let mut look = |cells: &[Option<&str>]| {
        columns.extend(cells.first().copied().flatten().map(str::to_owned));
        Ok(())
    };
    server.rows(&COLUMNS.replace("{table}", table.name()), &mut look).await?;
    columns.retain(|name| !table.columns().iter().any(|known| known.eq_ignore_ascii_case(name)));
    for column in columns {
        // A name comes from the server's own catalogue; a bracket in it is doubled, as it wants.
        let quoted = column.replace(']', "]]");
        let text = STRANGE.replace("{id}", table.columns()[0]).replace("{table}", table.name());
        let mut take = |cells: &[Option<&str>]| {
            if let [Some(id), Some(value)] = cells {
                reading.take_strange(table, &column, id, value);
            }
            Ok(())
        };
        server.rows(&text.replace("{column}", &quoted), &mut take).await?;
    }
    Ok(())
}

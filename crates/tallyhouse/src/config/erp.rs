//! `[erp]`: where the stock of customers is read. Without it the portal says that it is not connected.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use portal_erp::{Encryption, Field, Isolation, Limits, OwnQuery, Place, Settings, SqlServerPlace, Trust, WhichShape};
use secrecy::SecretString;

use super::reader::Reader;

/// The port of SQL Server unless somebody says otherwise.
const SQL_SERVER_PORT: u64 = 1433;

/// Reads the section; `None` where no ERP is named, or where there is a fault.
pub fn read(reader: &mut Reader) -> Option<Settings> {
    let limits = limits(reader);
    let shape = shape(reader);
    let url = reader.parsed("erp.url", None, place_of_url);
    let server = sql_server(reader);
    if url.is_some() && server.is_some() {
        reader.fault("erp.url", "erp.server is set too; keep one of them");
    }
    Some(Settings { place: url.or(server)?, shape: shape?, limits })
}

fn place_of_url(url: &str) -> Result<Option<Place>, String> {
    if let Some(path) = url.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
        return Ok(Some(Place::Sqlite(PathBuf::from(path))));
    }
    let is_postgres = ["postgres://", "postgresql://"].into_iter().any(|kind| url.starts_with(kind));
    if is_postgres {
        return Ok(Some(Place::Postgres(SecretString::from(url))));
    }
    Err("must be sqlite:PATH or postgres://USER@HOST/NAME; a SQL Server is named by erp.server".into())
}

fn limits(reader: &mut Reader) -> Limits {
    let standard = Limits::default();
    let rows_max = reader.number("erp.rows_max", 100_000, 1_000..=1_000_000);
    Limits {
        connections_max: u32::try_from(reader.number("erp.connections", 4, 1..=32)).unwrap_or(4),
        query: Duration::from_secs(reader.number("erp.timeout_s", 30, 1..=600)),
        rows_max: usize::try_from(rows_max).unwrap_or(standard.rows_max),
        ..standard
    }
}

fn sql_server(reader: &mut Reader) -> Option<Place> {
    let server = reader.text("erp.server").map(|text| text.trim().to_owned());
    let port = reader.number("erp.port", SQL_SERVER_PORT, 1..=65_535);
    let database = reader.text("erp.database");
    let user = reader.text("erp.username");
    let password = reader.secret("erp.password");
    let encryption = reader.parsed("erp.encryption", Encryption::Required, |text| match text {
        "required" => Ok(Encryption::Required),
        "strict" => Ok(Encryption::Strict),
        "off" => Ok(Encryption::Off),
        _ => Err(format!("{text:?} must be required, strict or off")),
    });
    let trust = reader.parsed("erp.ca_file", Trust::System, |path| Ok(Trust::File(PathBuf::from(path))));
    let isolation = reader.parsed("erp.isolation", Isolation::ReadCommitted, |text| match text {
        "read_committed" => Ok(Isolation::ReadCommitted),
        "read_uncommitted" => Ok(Isolation::ReadUncommitted),
        "snapshot" => Ok(Isolation::Snapshot),
        _ => Err(format!("{text:?} must be read_committed, read_uncommitted or snapshot")),
    });
    let server = server?;
    // SQL Server's own tools write the port behind a comma.
    let (host, port) = match server.split_once(',') {
        Some((host, text)) => (host.trim(), text.trim().parse().ok()),
        None => (server.as_str(), u16::try_from(port).ok()),
    };
    let Some(port) = port.filter(|_| !host.is_empty() && !host.contains(['\\', '/', ' '])) else {
        reader
            .fault("erp.server", format!("{server:?} is no name of a server, such as erp.example or erp.example,1433"));
        return None;
    };
    let parts = (database, user, password);
    let (Some(database), Some(user), Some(password)) = parts else {
        reader.fault("erp.server", "erp.database, erp.username and erp.password are needed, too");
        return None;
    };
    let password = SecretString::from(password.expose());
    let host = host.to_owned();
    Some(Place::SqlServer(SqlServerPlace { host, port, database, user, password, encryption, trust, isolation }))
}

/// Deacom's tables, or a query of the administrator's own with its columns, each as `field=column`.
fn shape(reader: &mut Reader) -> Option<WhichShape> {
    let query = reader.text("erp.query");
    let customers = reader.text("erp.customers_query");
    let columns = reader.texts("erp.columns");
    let Some(query) = query else {
        for key in ["erp.customers_query", "erp.columns"] {
            reader.fault(key, "erp.query is missing: without it the tables of Deacom are read");
        }
        return Some(WhichShape::Deacom);
    };
    let mut known = BTreeMap::new();
    for text in columns.unwrap_or_default() {
        let parts = text.split_once('=').map(|(field, column)| (Field::of_key(field.trim()), column.trim()));
        match parts {
            Some((Some(field), column)) => drop(known.insert(field, column.to_owned())),
            _ => {
                reader
                    .fault("erp.columns", format!("{text:?} is not a field and its column, such as part=item_number"));
            }
        }
    }
    match OwnQuery::new(&query, customers.as_deref(), known) {
        Ok(query) => Some(WhichShape::Own(query)),
        Err(fault) => {
            reader.fault("erp.query", fault.to_string());
            None
        }
    }
}

//! What a source promises beside the rules: it only reads, it ends in time, and it says what is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::support::{TestErp, each_erp, in_sqlite, limits};
use jiff::civil::date;
use portal_erp::demo::{self, CUSTOMERS, Sizes};
use portal_erp::tables::Tables;
use portal_erp::{
    Dialect, Encryption, Erp, ErpError, Field, Isolation, Limits, OwnQuery, Place, Settings, Source, SqlServerPlace,
    Trust, WhichShape,
};
use portal_rules::customer::Customer;
use portal_rules::scope::Scope;
use portal_rules::status::Status;
use secrecy::SecretString;
use sqlx::{Connection, PgConnection};

fn demo_sizes() -> Sizes {
    Sizes::demo(date(2026, 11, 30))
}

fn own(stock: &str, columns: &[(Field, &str)]) -> Result<WhichShape, ErpError> {
    let columns: BTreeMap<Field, String> = columns.iter().map(|(field, name)| (*field, (*name).to_owned())).collect();
    OwnQuery::new(stock, None, columns).map(WhichShape::Own)
}

const NEEDED: [(Field, &str); 4] =
    [(Field::Customer, "whose"), (Field::Part, "item"), (Field::OnHand, "qty"), (Field::Status, "state")];

async fn refused(erp: &TestErp, query: &str, limits: Limits) -> ErpError {
    let source = erp.source(own(query, &NEEDED).expect("a query"), limits);
    source.inventory(&Scope::All).await.expect_err("no answer")
}

#[tokio::test]
async fn the_demo_has_5000_rows_of_twelve_customers_in_all_eight_states() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("demo-erp.sqlite");
    demo::write(&file, demo_sizes()).await.expect("a file");
    let settings = Settings { place: Place::Sqlite(file), shape: WhichShape::Deacom, limits: limits() };
    let source = Source::open(settings).expect("settings are right");
    assert_eq!(source.check().await.map(|checked| (checked.customers, checked.is_read_only)), Ok((12, true)));
    let names: Vec<String> = source.customers().await.expect("customers").into_iter().map(|one| one.name).collect();
    assert_eq!(names, CUSTOMERS);
    let all = source.inventory(&Scope::All).await.expect("an answer");
    assert_eq!((all.rows.len(), all.is_cut), (5_000, false));
    let mut counted = all.rows.iter().filter(|row| row.customer.is_none()).count();
    assert!(counted > 0, "some stock is nobody's");
    for name in CUSTOMERS {
        let scope = Scope::chosen(false, [Customer::named(name)]).expect("one");
        let rows = source.inventory(&scope).await.expect("an answer").rows;
        let states: BTreeSet<Status> = rows.iter().map(|row| row.status).collect();
        assert_eq!(states.len(), 8, "{name}");
        assert!(rows.iter().any(|row| row.order.is_some()) && rows.iter().any(|row| row.order.is_none()));
        assert!(rows.iter().all(|row| row.order.as_deref().is_none_or(|order| !order.ends_with("-OLD"))));
        counted += rows.len();
    }
    assert_eq!(counted, 5_000);
}

#[tokio::test]
async fn an_own_query_over_the_same_tables_gives_the_same_rows() {
    let stock = "select p1.p1_id as \"Customer Id\", p1.p1_name as whose, p.pr_codenum as item, f.fi_balance as qty, \
        f.fi_userlot as lot, f.fi_expires as best_before, f.fi_type as segment, f.fi_qc as qc, \
        (select count(*) from dtfifo h where h.fi_lotnum = f.fi_lotnum and h.fi_action = 'Failed QC') as failures \
        from dtfifo f join dmprod p on p.pr_id = f.fi_prid left join dmpr1 p1 on p1.p1_id = p.pr_user5 \
        where f.fi_balance > 0 -- no semicolon, but a remark;"
        .trim_end_matches(';');
    let columns = [
        (Field::CustomerKey, "Customer Id"),
        (Field::Customer, "whose"),
        (Field::Part, "item"),
        (Field::OnHand, "qty"),
        (Field::Lot, "lot"),
        (Field::Expires, "best_before"),
        (Field::Segment, "segment"),
        (Field::Quality, "qc"),
        (Field::HasFailed, "failures"),
    ];
    let tables = demo::tables(Sizes { rows: 400, ..demo_sizes() });
    for erp in each_erp(&tables).await {
        let (deacom, source) = (erp.deacom(), erp.source(own(stock, &columns).expect("a query"), limits()));
        assert!(source.check().await.is_ok());
        let one = Scope::chosen(false, [Customer::named("O'Brien Organics"), Customer::named("harbor|nut house")]);
        for scope in [Scope::All, one.expect("two")] {
            let (rows, own_rows) = (deacom.inventory(&scope).await, source.inventory(&scope).await);
            let key = |rows: &[portal_rules::stock::Stock]| -> Vec<String> {
                let mut texts: Vec<String> = rows
                    .iter()
                    .map(|row| {
                        let Customer { key, name } = row.customer.clone().unwrap_or(Customer::named("-"));
                        let days = (row.expires, row.on_hand, row.status.label());
                        format!("{key:?} {name} {} {:?} {days:?}", row.part, row.lot)
                    })
                    .collect();
                texts.sort_unstable();
                texts
            };
            assert_eq!(key(&rows.expect("an answer").rows), key(&own_rows.expect("an answer").rows));
        }
        // Those who have stock: all twelve.
        assert_eq!(source.customers().await.map(|all| all.len()), Ok(12));
    }
}

#[test]
fn a_query_that_cannot_serve_is_refused_before_it_is_asked() {
    let fault = |stock: &str, columns: &[(Field, &str)]| own(stock, columns).expect_err("refused").to_string();
    assert!(fault("delete from stock", &NEEDED).contains("select"));
    assert!(fault("", &NEEDED).contains("select"));
    assert!(fault("select 1; drop table stock", &NEEDED).contains("semicolon"));
    assert!(fault("select 1", &NEEDED[1..]).contains("customer"));
    assert!(fault("select 1", &NEEDED[..3]).contains("status"));
    assert!(own("select 1;", &NEEDED).is_ok());
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_no_row_is_left_out() {
    for erp in each_erp(&Tables::default()).await {
        let one =
            |qty: &str, state: &str| format!("select 'Acme' as whose, '1' as item, {qty} as qty, '{state}' as state");
        let state = refused(&erp, &one("1", "Lost"), limits()).await;
        assert!(matches!(&state, ErpError::Nonsense(text) if text.contains("status")), "{state}");
        let column = refused(&erp, "select 1 as whose", limits()).await;
        assert!(matches!(column, ErpError::Refused(_)), "{column}");
        let table = refused(&erp, "select whose, item, qty, state from nowhere", limits()).await;
        assert!(matches!(table, ErpError::Refused(_)), "{table}");
        let broken = refused(&erp, &one("'many'", "Available"), limits()).await;
        assert!(matches!(broken, ErpError::Nonsense(_) | ErpError::Refused(_)), "{broken}");
        let infinite = one(if erp.dialect == Dialect::Sqlite { "9e999" } else { "'NaN'" }, "x");
        let infinite = refused(&erp, &infinite, limits()).await;
        assert!(matches!(infinite, ErpError::Nonsense(_)), "{infinite}");
    }
}

#[tokio::test]
async fn a_slow_query_ends_in_time_and_the_source_goes_on() {
    let slow = "with recursive n(x) as (select 1 union all select x + 1 from n where x < 2000000000) \
        select 'Acme' as whose, '1' as item, max(x) as qty, 'Available' as state from n";
    for erp in each_erp(&Tables::default()).await {
        let limits = Limits { query: Duration::from_millis(300), ..limits() };
        let began = Instant::now();
        assert_eq!(refused(&erp, slow, limits).await, ErpError::Slow, "{:?}", erp.dialect);
        assert!(began.elapsed() < Duration::from_secs(3));
        let deacom = erp.source(WhichShape::Deacom, Limits { connections_max: 1, ..limits });
        assert_eq!(deacom.inventory(&Scope::All).await.map(|found| found.rows.len()), Ok(0));
    }
}

#[tokio::test]
async fn what_is_cut_is_said() {
    for erp in each_erp(&demo::tables(Sizes { rows: 60, ..demo_sizes() })).await {
        let up_to = |rows_max| erp.source(WhichShape::Deacom, Limits { rows_max, ..limits() });
        let cut = up_to(59).inventory(&Scope::All).await.expect("an answer");
        assert_eq!((cut.rows.len(), cut.is_cut), (59, true));
        let whole = up_to(60).inventory(&Scope::All).await.expect("an answer");
        assert_eq!((whole.rows.len(), whole.is_cut), (60, false));
        let few = erp.source(WhichShape::Deacom, Limits { customers_max: 11, ..limits() });
        assert!(few.customers().await.is_err() && few.health().await.is_ok());
    }
}

#[tokio::test]
async fn a_login_that_can_write_is_refused_and_one_that_reads_cannot_write() {
    for erp in each_erp(&demo::tables(Sizes { rows: 20, ..demo_sizes() })).await {
        assert_eq!(erp.deacom().check().await.map(|checked| checked.is_read_only), Ok(true));
        if erp.dialect != Dialect::Postgres {
            continue;
        }
        let place = Place::Postgres(SecretString::from(erp.owner.clone()));
        let settings = |shape| Settings { place: place.clone(), shape, limits: limits() };
        let owner = Source::open(settings(WhichShape::Deacom)).expect("settings are right");
        let fault = owner.check().await.expect_err("the owner can write");
        assert!(matches!(&fault, ErpError::CanWrite(tables) if tables.len() == 5), "{fault}");
        // Even the owner's connections only read.
        let mut connection = PgConnection::connect(&erp.owner).await.expect("the owner");
        sqlx::query("create sequence numbers").execute(&mut connection).await.expect("a sequence");
        let writes =
            own("select cast(nextval('numbers') as text) as whose, '1' as item, 1 as qty, 'x' as state", &NEEDED);
        let source = Source::open(settings(writes.expect("a query"))).expect("settings are right");
        let fault = source.inventory(&Scope::All).await.expect_err("it only reads");
        assert!(matches!(&fault, ErpError::Refused(text) if text.contains("read-only")), "{fault}");
    }
}

#[tokio::test]
async fn an_erp_that_is_not_there_is_no_empty_stock() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let places = [
        Place::Sqlite(folder.path().join("not-there.sqlite")),
        Place::Postgres(SecretString::from(format!("postgres://reader:secret@127.0.0.1:{port}/erp"))),
        Place::SqlServer(sql_server(port, Encryption::Off)),
    ];
    for place in places {
        let limits = Limits { connect: Duration::from_secs(1), ..limits() };
        let source = Source::open(Settings { place, shape: WhichShape::Deacom, limits }).expect("settings are right");
        let fault = source.inventory(&Scope::All).await.expect_err("nobody is there");
        assert!(fault.is_passing(), "{fault}");
        assert!(!fault.to_string().contains("secret"), "{fault}");
        assert!(source.health().await.is_err());
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("text.sqlite");
    std::fs::write(&file, "this is a text, and long enough to be more than the head of a database ".repeat(20))
        .expect("written");
    let settings = Settings { place: Place::Sqlite(file), shape: WhichShape::Deacom, limits: limits() };
    let source = Source::open(settings).expect("settings are right");
    assert!(source.customers().await.is_err());
}

fn sql_server(port: u16, encryption: Encryption) -> SqlServerPlace {
    SqlServerPlace {
        host: "127.0.0.1".into(),
        port,
        database: "deacom".into(),
        user: "reader".into(),
        password: SecretString::from("secret"),
        encryption,
        trust: Trust::System,
        isolation: Isolation::default(),
    }
}

#[test]
fn a_connection_without_encryption_is_for_this_machine_only() {
    let place = SqlServerPlace { host: "erp.example.test".into(), ..sql_server(1433, Encryption::Off) };
    let settings = Settings { place: Place::SqlServer(place), shape: WhichShape::Deacom, limits: limits() };
    assert!(matches!(Source::open(settings), Err(ErpError::Settings(_))));
}

#[tokio::test]
async fn every_statement_is_one_that_reads() {
    let erp = in_sqlite(&Tables::default().statements()).await;
    let place = Place::SqlServer(sql_server(1433, Encryption::Required));
    let settings = Settings { place, shape: WhichShape::Deacom, limits: limits() };
    let sources = [erp.deacom(), Source::open(settings).expect("settings are right")];
    for statement in sources.iter().flat_map(Source::statements) {
        let lower = statement.to_lowercase();
        assert!(lower.starts_with("select") || lower.starts_with("with"), "{statement}");
        for word in ["insert", "update ", "delete", "merge", "exec", "into ", ";"] {
            assert!(!lower.contains(word), "{word}: {statement}");
        }
    }
}

//! What the pages and the API of bags share: finding bags, and handing changes of the office to the desk.

use std::sync::Arc;

use bags_rules::code::Code;
use bags_rules::permission::BAG_READ;
use bags_rules::scan::{Action, Scan};
use bags_store::bag;
use bags_store::bag::{BagLine, Page};
use base_core::entropy::new_id;
use base_db::Conn;
use base_web::error::Problem;
use base_web::session::Caller;

use crate::bags::filter::ListQuery;
use crate::state::Bags;

/// One page of bags of the caller's areas.
pub async fn page(app: &Bags, caller: &Caller, query: &ListQuery, limit: u32) -> Result<Page, Problem> {
    caller.must(BAG_READ)?;
    let (limit, cursor) = (query.limit(limit)?, query.cursor(app, caller)?);
    let filter = query.filter(app).await?;
    let mut reader = app.db.read().await?;
    Ok(bag::list(reader.conn(), &filter, &caller.scope(), cursor.as_ref(), limit).await?)
}

/// The bag whose code is in an address, if it is in the caller's areas.
pub async fn find(app: &Bags, caller: &Caller, code: &str) -> Result<BagLine, Problem> {
    find_in(app.db.read().await?.conn(), caller, code).await
}

/// The same, as of the snapshot of a connection.
pub async fn find_in(conn: Conn<'_>, caller: &Caller, code: &str) -> Result<BagLine, Problem> {
    caller.must(BAG_READ)?;
    let not_found = || Problem::not_found("This bag");
    let code = Code::kept(code).ok_or_else(not_found)?;
    bag::find(conn, &code, &caller.scope()).await?.ok_or_else(not_found)
}

/// What an action of the office is about.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The bag.
    pub code: &'a str,
    /// The parent, for actions that name one.
    pub parent: Option<&'a str>,
}

/// Hands one action of the office to the desk.
pub async fn submit(app: &Bags, caller: &Caller, action: Action, subject: Subject<'_>) -> Result<Arc<str>, Problem> {
    let Subject { code, parent } = subject;
    let scan = Scan { action, code: code.to_owned(), parent: parent.map(ToOwned::to_owned), ..Scan::default() };
    submit_scan(app, caller, scan).await
}

/// The same for a scan with more fields; it gets its id and its time here.
pub async fn submit_scan(app: &Bags, caller: &Caller, scan: Scan) -> Result<Arc<str>, Problem> {
    let now = app.clock.now();
    let scan = Scan { id: new_id(&*app.entropy, now), client_at: now, ..scan };
    let answers = app.desk.submit(caller.actor(), Arc::new(caller.origin(None)), vec![scan]).await?;
    Ok(answers.into_iter().next().expect("one scan has one answer"))
}

//! What the pages of the trail share: what an address asks for, and who may see what.
//!
//! Invariant: whoever may only read what concerns customers gets no other entry, whatever the address says.

use base_core::period::Period;
use base_core::permission::{AUDIT_READ, AUDIT_READ_CUSTOMERS};
use base_core::realm::Realm;
use base_core::report::date_of;
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::names;
use base_web::session::Caller;
use jiff::civil::Date;
use people_rules::mask::Mask;
use people_rules::setting::AUDIT_MASK;
use people_rules::trail::CUSTOMER;
use people_store::trail::{self, Filter, Group, Line, Page, SCANS};
use serde::Deserialize;
use serde_json::Value;

use crate::state::People;

/// Longest text that is looked for, in characters.
const TEXT_CHARS_MAX: usize = 200;

/// What the address of the list holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub(crate) person: String,
    pub(crate) action: String,
    pub(crate) kind: String,
    pub(crate) entity: String,
    pub(crate) address: String,
    pub(crate) request: String,
    pub(crate) realm: String,
    pub(crate) view: String,
    pub(crate) days: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) cursor: String,
    /// The thing, the address or the account of an entry, by the entry's number.
    pub(crate) same: String,
}

/// What an entry stands for: one for each address and minute says how many there were, and of which accounts.
pub(crate) fn counted(line: &Line) -> (u64, Vec<(String, u64)>) {
    let after: Value = line.after.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let all = after.get("count").and_then(Value::as_u64).unwrap_or(1);
    let accounts = after.get("accounts").and_then(Value::as_object);
    let of_minute = accounts.into_iter().flatten().map(|(name, n)| (name.clone(), n.as_u64().unwrap_or(1)));
    let mut accounts: Vec<(String, u64)> = of_minute.collect();
    if accounts.is_empty() && ["account", CUSTOMER].contains(&line.entity_type.as_str()) && !line.entity.is_empty() {
        accounts.push((line.entity.clone(), all));
    }
    (all, accounts)
}

/// Narrows a filter to what an entry names: `thing-12`, `address-12`, or `account-12-0` for the first account in it.
async fn narrow(app: &People, caller: &Caller, filter: &mut Filter, same: &str) -> Result<(), Problem> {
    let wrong = || Problem::field("same", "There is no such entry.");
    let mut parts = same.split('-');
    let (what, seq) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let line = find(app, caller, seq).await.map_err(|_| wrong())?;
    match what {
        "thing" => (filter.entity_type, filter.entity) = (Some(line.entity_type), Some(line.entity)),
        "address" => filter.address = Some(line.address),
        "account" => {
            let at: usize = parts.next().and_then(|at| at.parse().ok()).unwrap_or_default();
            let (name, _) = counted(&line).1.into_iter().nth(at).ok_or_else(wrong)?;
            filter.entity = Some(name);
        }
        _ => return Err(wrong()),
    }
    Ok(())
}

/// What somebody sees of the trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sees {
    /// Everything.
    All,
    /// What customers did, and what was done with them.
    OfCustomers,
}

impl Sees {
    fn sees(self, line: &Line) -> bool {
        self == Self::All || line.realm == Realm::Customer.name() || line.entity_type == CUSTOMER
    }
}

/// Who may read the trail at all, and what of it.
pub fn may_read(caller: &Caller) -> Result<Sees, Problem> {
    if !caller.person.may(AUDIT_READ) && caller.person.may(AUDIT_READ_CUSTOMERS) {
        return Ok(Sees::OfCustomers);
    }
    caller.must(AUDIT_READ).map(|()| Sees::All)
}

/// How much of e-mails and addresses is shown.
pub fn mask(app: &People) -> Mask {
    Mask::of(app.stored.number(&AUDIT_MASK))
}

fn text(field: &str, text: &str) -> Result<Option<String>, Problem> {
    let text = text.trim();
    if text.chars().count() > TEXT_CHARS_MAX || text.chars().any(char::is_control) {
        let detail = format!("Use at most {TEXT_CHARS_MAX} characters, without control characters.");
        return Err(Problem::field(field, detail));
    }
    Ok((!text.is_empty() && text != "all").then(|| text.to_owned()))
}

fn day(app: &People, field: &str, text: &str) -> Result<Option<jiff::Zoned>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = text.parse::<Date>().ok().filter(|_| text.len() == 10);
    let day = day.and_then(|day| day.to_zoned(app.settings.zone.clone()).ok());
    let day = day.filter(|day| day.timestamp().as_microsecond() >= 0);
    day.map(Some).ok_or_else(|| Problem::field(field, "Not a valid date. Write it as 2026-11-21."))
}

fn days(app: &People, asked: &Asked) -> Result<(Option<Moment>, Option<Moment>), Problem> {
    let zone = &app.settings.zone;
    if let Some(name) = text("days", &asked.days)? {
        let names = Period::ALL.map(Period::name).join("`, `");
        let period = Period::parse(&name).ok_or_else(|| Problem::field("days", format!("Use one of `{names}`.")))?;
        let (from, until) = period.days(date_of(app.clock.now(), zone)).bounds(zone);
        return Ok((Some(from), Some(until)));
    }
    let moment = |day: jiff::Zoned| Moment(day.timestamp().as_microsecond());
    let (from, to) = (day(app, "from", &asked.from)?, day(app, "to", &asked.to)?);
    let until = to.and_then(|day| day.tomorrow().ok());
    let (from, until) = (from.map(moment), until.map(moment));
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        return Err(Problem::field("to", "The last day is before the first. Change one of them."));
    }
    Ok((from, until))
}

/// Reads what the address asks for.
pub async fn filter(app: &People, caller: &Caller, asked: &Asked) -> Result<Filter, Problem> {
    let of_customers = may_read(caller)? == Sees::OfCustomers;
    let wrong = || Problem::field("realm", "The realm is staff or customer.");
    let realm = text("realm", &asked.realm)?.map(|name| Realm::parse(&name).ok_or_else(wrong)).transpose()?;
    let actor = match text("person", &asked.person)? {
        Some(name) => Some(names::account_of(app, &name).await?),
        None => None,
    };
    let view = text("view", &asked.view)?;
    let group = view
        .as_deref()
        .filter(|view| *view != "everything")
        .map(|view| Group::parse(view).ok_or_else(|| Problem::field("view", "There is no such view.")));
    let (from, until) = days(app, asked)?;
    let wrong = |_| Problem::field("cursor", "This cursor is not valid. Start again without one.");
    let below = Some(asked.cursor.trim()).filter(|text| !text.is_empty()).map(str::parse::<i64>);
    let mut filter = Filter {
        realm,
        of_customers,
        actor,
        action: text("action", &asked.action)?,
        group: group.transpose()?,
        entity_type: text("kind", &asked.kind)?,
        entity: text("entity", &asked.entity)?,
        address: text("address", &asked.address)?,
        request_id: text("request", &asked.request)?,
        from,
        until,
        with_scans: view.as_deref() == Some("everything"),
        below: below.transpose().map_err(wrong)?,
    };
    if let Some(same) = text("same", &asked.same)? {
        narrow(app, caller, &mut filter, &same).await?;
    }
    refuse_slow(&filter)?;
    Ok(filter)
}

/// Scans are millions: to find few of them by something that no index knows would read all. The list of scans does that.
fn refuse_slow(filter: &Filter) -> Result<(), Problem> {
    let is_of_scans = filter.with_scans || filter.action.as_deref().is_some_and(|action| SCANS.contains(&action));
    let is_narrow = filter.entity.is_some() || filter.entity_type.is_some() || filter.address.is_some();
    if is_of_scans && is_narrow {
        let detail = "Scans are found by code and address in the list of scans. Choose another view here.";
        return Err(Problem::field("view", detail));
    }
    if filter.request_id.is_some() && filter.from.is_none() {
        return Err(Problem::field("from", "A request is looked for on certain days. Choose them."));
    }
    Ok(())
}

/// A page of entries.
pub async fn page(app: &People, filter: &Filter, limit: u32) -> Result<Page, Problem> {
    let mut reader = app.db.read().await?;
    Ok(trail::list(reader.conn(), filter, limit).await?)
}

/// One entry that the caller may see.
pub async fn find(app: &People, caller: &Caller, seq: &str) -> Result<Line, Problem> {
    let sees = may_read(caller)?;
    let not_found = || Problem::not_found("This entry");
    let seq: i64 = seq.parse().map_err(|_| not_found())?;
    let mut reader = app.db.read().await?;
    let line = trail::find(reader.conn(), seq).await?;
    line.filter(|line| sees.sees(line)).ok_or_else(not_found)
}

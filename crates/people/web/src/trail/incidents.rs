//! `/admin/audit/incidents`: what somebody looks at first when something is wrong: failed sign-ins by address and by account,
//! deletions, changes of rights, and what was refused because it was too much.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use base_core::time::{DAY_US, HOUR_US, Moment};
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::view::{Frame, render};
use people_rules::mask::Mask;
use people_store::trail::{Filter, Group, Line};

use super::work::{Sees, counted};
use super::{facts, work};
use crate::accounts::pages::shown;
use crate::state::People;

/// Entries that are counted at most.
const COUNTED_MAX: u32 = 2_000;
/// Rows of each part.
const ROWS: usize = 20;
/// Failures within an hour from which an address is marked.
const MANY: u64 = 5;

/// How often something happened to one address or account.
pub(crate) struct Count {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) day: u64,
    pub(crate) hour: u64,
    pub(crate) last: String,
}

impl Count {
    pub(crate) fn is_many(&self) -> bool {
        self.hour > MANY
    }
}

/// One entry.
pub(crate) struct Told {
    pub(crate) seq: i64,
    pub(crate) at: String,
    pub(crate) person: String,
    pub(crate) action: String,
    pub(crate) thing: String,
}

#[derive(Template)]
#[template(path = "trail/incidents.html")]
struct IncidentsPage {
    frame: Frame,
    by_address: Vec<Count>,
    by_account: Vec<Count>,
    limits: Vec<Count>,
    deletions: Vec<Told>,
    rights: Vec<Told>,
    is_cut: bool,
    /// Customers are never deleted: who reads of them alone has no such part.
    has_deletions: bool,
}

/// `GET /admin/audit/incidents`
pub async fn show(State(app): State<People>, caller: Caller) -> Result<Response, Problem> {
    let sees = work::may_read(&caller)?;
    let frame = Frame::of(&caller, "audit");
    let now = app.clock.now();
    let since = async |group: Group, days: i64, limit: u32| {
        let from = Some(now.plus_us(-days * DAY_US));
        work::page(
            &app,
            &Filter { of_customers: sees == Sees::OfCustomers, group: Some(group), from, ..Filter::default() },
            limit,
        )
        .await
    };
    let failures = since(Group::Failures, 1, COUNTED_MAX).await?;
    let refused = since(Group::Limits, 1, COUNTED_MAX).await?;
    let rows = u32::try_from(ROWS).unwrap_or(u32::MAX);
    let (deletions, rights) = (since(Group::Deletions, 30, rows).await?, since(Group::Rights, 7, rows).await?);
    let look = Look { app: &app, frame: &frame, mask: work::mask(&app), now };
    Ok(render(&IncidentsPage {
        by_address: look.by_address(&failures.lines),
        by_account: look.by_account(&failures.lines),
        limits: look.by_address(&refused.lines),
        deletions: look.told(&deletions.lines),
        rights: look.told(&rights.lines),
        has_deletions: sees == Sees::All,
        is_cut: failures.next.is_some() || refused.next.is_some(),
        frame,
    }))
}

struct Look<'l> {
    app: &'l People,
    frame: &'l Frame,
    mask: Mask,
    now: Moment,
}

#[derive(Default)]
struct Sum {
    day: u64,
    hour: u64,
    last: i64,
    /// The first entry that was counted, and which of its accounts: what addresses of pages say instead of a name.
    told_by: (i64, usize),
}

impl Look<'_> {
    fn sums(&self, lines: &[Line], of: impl Fn(&Line) -> Vec<(String, u64)>) -> BTreeMap<String, Sum> {
        let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
        for line in lines {
            for (at, (name, n)) in of(line).into_iter().enumerate() {
                let told_by = (line.seq, at);
                let sum = sums.entry(name).or_insert(Sum { told_by, ..Sum::default() });
                sum.day += n;
                sum.hour += if self.now.since_us(Moment(line.at)) <= HOUR_US { n } else { 0 };
                sum.last = sum.last.max(line.at);
            }
        }
        sums
    }

    fn counts(&self, sums: BTreeMap<String, Sum>, what: &str, shown_as: impl Fn(&str) -> String) -> Vec<Count> {
        let count = |(name, sum): (String, Sum)| Count {
            address: format!("/admin/audit?view=failures&same={what}-{}-{}", sum.told_by.0, sum.told_by.1),
            name: shown_as(&name),
            day: sum.day,
            hour: sum.hour,
            last: shown(Moment(sum.last), self.app),
        };
        let mut counts: Vec<Count> = sums.into_iter().map(count).collect();
        counts.sort_by_key(|count| std::cmp::Reverse((count.hour, count.day)));
        counts.truncate(ROWS);
        counts
    }

    fn by_address(&self, lines: &[Line]) -> Vec<Count> {
        let sums = self.sums(lines, |line| vec![(line.address.clone(), counted(line).0)]);
        let unknown = self.frame.t("not-known");
        let mask = self.mask;
        self.counts(sums, "address", |name| if name.is_empty() { unknown.clone() } else { mask.address(name) })
    }

    fn by_account(&self, lines: &[Line]) -> Vec<Count> {
        let sums = self.sums(lines, |line| counted(line).1);
        self.counts(sums, "account", |name| self.mask.email(name))
    }

    fn told(&self, lines: &[Line]) -> Vec<Told> {
        let told = |line: &Line| Told {
            seq: line.seq,
            at: shown(Moment(line.at), self.app),
            person: facts::person(self.frame, line),
            action: self.frame.words_for("action", &line.action),
            thing: facts::thing(self.frame, self.mask, line),
        };
        lines.iter().map(told).collect()
    }
}

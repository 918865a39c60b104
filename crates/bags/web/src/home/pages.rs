//! What the home page shows of bags and bills, kept up to date by the live feed.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use async_trait::async_trait;
use axum::http::Uri;
use bags_rules::outcome::Outcome;
use bags_rules::permission::{BAG_READ, BILL_READ};
use bags_rules::report::attention;
use bags_store::attention::COUNTED_MAX;
use base_core::report::{date_of, date_text};
use base_web::error::Problem;
use base_web::home::{Card, HomeCard, Need};
use base_web::parameters;
use base_web::report::picture::Picture;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, grouped};
use serde::Deserialize;

use crate::activity;
use crate::home::board::{Dashboard, Own};
use crate::home::work;
use crate::reports::work::Words;
use crate::rights::Rights as _;
use crate::state::Bags;

#[derive(Template)]
#[template(path = "home_card.html")]
pub(crate) struct HomePage {
    frame: Frame,
    board: Arc<Dashboard>,
    own: Own,
    days: u32,
    hours: Picture,
    activity: Picture,
}

#[derive(Template)]
#[template(path = "home_figures.html")]
pub(crate) struct HomeFigures {
    frame: Frame,
    board: Arc<Dashboard>,
    my_scans_today: i64,
}

impl HomeFigures {
    fn figure(&self, n: &i64) -> String {
        grouped(*n)
    }
}

#[derive(Template)]
#[template(path = "home_top.html")]
pub(crate) struct HomeTop {
    frame: Frame,
}

/// Numbers of days that people can choose for the chart of days.
const SPANS: [u32; 3] = [7, 30, 90];

/// How many days.
#[derive(Debug, Default, Deserialize)]
pub struct HomeQuery {
    /// 7, 30 or 90; anything else is 30.
    #[serde(default)]
    days: String,
}

impl HomePage {
    fn span(&self, days: &u32) -> String {
        self.frame.t1("home-days", "n", &days.to_string())
    }

    fn is_span(&self, days: &u32) -> bool {
        self.days == *days
    }

    fn spans(&self) -> [u32; 3] {
        SPANS
    }

    /// The width of an area's bar in percent; a bar that is not zero is at least 1 wide.
    fn width(&self, scans: &i64) -> i64 {
        let most = self.board.areas.iter().map(|bar| bar.scans).max().unwrap_or_default().max(1);
        if *scans > 0 { (*scans * 100 / most).max(1) } else { 0 }
    }

    /// The words for every outcome, for the rows that come while the page is open.
    fn outcomes(&self) -> String {
        let words = Outcome::ALL.iter().map(|outcome| format!("outcome-{}", outcome.code()));
        let words: BTreeMap<String, String> = words.map(|key| (key.clone(), self.frame.t(&key))).collect();
        serde_json::to_string(&words).expect("texts")
    }

    fn bill_status(&self, status: &str) -> String {
        self.frame.t(match status {
            "new" => "bill-status-new",
            "processing" => "bill-status-processing",
            _ => "bill-status-completed",
        })
    }

    fn outcome(&self, code: &str) -> String {
        self.frame.t(&format!("outcome-{code}"))
    }

    fn refused(&self, code: &str) -> bool {
        bags_rules::outcome::Outcome::parse(code).is_some_and(bags_rules::outcome::Outcome::is_refusal)
    }

    /// A figure with Indian grouping, the same as the script of the live feed writes it.
    fn figure(&self, n: &i64) -> String {
        grouped(*n)
    }
}

/// The card of this wing.
pub struct BagsCard(pub Bags);

#[async_trait]
impl HomeCard for BagsCard {
    async fn card(&self, caller: &Caller, frame: &Frame, uri: &Uri) -> Result<Option<Card>, Problem> {
        let app = &self.0;
        let asked = parameters::read::<HomeQuery>(uri).map(|query| query.days).unwrap_or_default();
        let days = asked.parse().ok().filter(|days| SPANS.contains(days)).unwrap_or(30);
        let scope = caller.scope();
        let board = work::dashboard(app, &scope).await?;
        let own = work::own(app, caller).await?;
        let by_day = activity::days(app, &scope, i32::try_from(days).unwrap_or(30)).await?;
        let frame = frame.clone();
        let words = Words { app, frame: &frame };
        let hours = board.hours.iter().map(|hour| (hour.label.clone(), hour.scans));
        let hours = Picture { most: words.most_of(true), ..Picture::of(&words.hours("home-hours-label", hours)) };
        let by_day = by_day.iter().map(|day| (date_text(day.0), day.1));
        let activity = Picture::of(&words.until_today(words.bars("home-activity-label", by_day)));
        let latest = frame.t1("chart-today", "value", "{value}");
        let activity = Picture { most: words.most_of(false), latest, ..activity };
        let needs = needs(app, caller, &frame, &board);
        let top = Fragment::of(&HomeTop { frame: frame.clone() })?;
        let figures = Fragment::of(&HomeFigures {
            frame: frame.clone(),
            board: board.clone(),
            my_scans_today: own.my_scans_today,
        })?;
        let body = Fragment::of(&HomePage { frame, board, own, days, hours, activity })?;
        Ok(Some(Card { scripts: vec!["src/bags/home/main.ts"], top, figures, body, needs }))
    }
}

/// What of bags and bills needs a look. Each leads to the list of it.
fn needs(app: &Bags, caller: &Caller, frame: &Frame, board: &Dashboard) -> Vec<Need> {
    let yesterday = date_of(app.clock.now(), &app.settings.zone).yesterday();
    let before = yesterday.map(|day| format!("&to={day}")).unwrap_or_default();
    let shown = |n: i64| if n >= COUNTED_MAX { format!("{}+", grouped(COUNTED_MAX)) } else { grouped(n) };
    let mut needs = Vec::new();
    let mut add = |n: i64, key: &str, address: String| {
        if n > 0 {
            needs.push(Need { shown: shown(n), words: frame.count(key, n), address });
        }
    };
    if caller.person.may(BILL_READ) {
        add(board.bills_left_open, "need-bills", format!("/bills?status=open{before}"));
    }
    if caller.person.may(BAG_READ) {
        add(board.parents_left_open, "need-parents", format!("/bags?type=parent&status=in_progress{before}"));
        let refused = board.scans_refused_today;
        if attention::is_unusual(refused, board.refused_usually) {
            add(refused, "need-refusals", "/scans?result=refused&days=today".into());
        }
    }
    needs
}

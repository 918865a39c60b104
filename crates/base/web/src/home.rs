//! The home page: a greeting, and the card of each wing.

use std::sync::Arc;

use askama::Template;
use async_trait::async_trait;
use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::Uri;
use axum::response::Response;
use axum::routing::get;
use base_core::permission::{ACCOUNT_MANAGE, HOME_READ, IMPORT_RUN};
use base_core::time::DAY_US;
use base_records::{import, mail};

use crate::app::App;
use crate::error::Problem;
use crate::live::LiveFeed;
use crate::locale;
use crate::session::Caller;
use crate::view::{Fragment, Frame, grouped, render};

/// What a wing shows on the home page.
#[async_trait]
pub trait HomeCard: Send + Sync + 'static {
    /// The card for somebody; `None` if there is nothing for them. `uri` has the parameters of the page.
    async fn card(&self, caller: &Caller, frame: &Frame, uri: &Uri) -> Result<Option<Card>, Problem>;
}

/// One card.
pub struct Card {
    /// Scripts that it needs, by the names of their sources.
    pub scripts: Vec<&'static str>,
    /// What is shown beside the greeting: the button that most people need.
    pub top: Fragment,
    /// The figures that people look at first.
    pub figures: Fragment,
    /// The card itself, below what needs a look.
    pub body: Fragment,
    /// What needs a look, the most urgent first.
    pub needs: Vec<Need>,
}

/// Something that needs a look.
pub struct Need {
    /// How many, or how much: `12`, `1,000+`.
    pub shown: String,
    /// What it is.
    pub words: String,
    /// The list of it.
    pub address: String,
}

/// The state of the home page and the live feed.
#[derive(Clone)]
pub struct Home {
    /// The parts that every handler may use.
    pub app: App,
    /// The cards, in the order of the wings.
    pub cards: Arc<[Arc<dyn HomeCard>]>,
    /// The live feed.
    pub live: LiveFeed,
}

impl FromRef<Home> for App {
    fn from_ref(home: &Home) -> Self {
        home.app.clone()
    }
}

impl FromRef<Home> for LiveFeed {
    fn from_ref(home: &Home) -> Self {
        home.live.clone()
    }
}

#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    pub(crate) frame: Frame,
    pub(crate) cards: Vec<Card>,
    pub(crate) needs: Vec<Need>,
    pub(crate) today: String,
    pub(crate) greeting: String,
}

/// The page.
pub fn router() -> Router<Home> {
    Router::new().route("/", get(show))
}

/// `GET /`
async fn show(State(home): State<Home>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    caller.must(HOME_READ)?;
    let app = &home.app;
    let frame = Frame::of(&caller, "home");
    let mut cards = Vec::new();
    for card in &*home.cards {
        cards.extend(card.card(&caller, &frame, &uri).await?);
    }
    let mut needs = needs(app, &caller, &frame).await?;
    needs.extend(cards.iter_mut().flat_map(|card| std::mem::take(&mut card.needs)));
    let (now, zone) = (app.clock.now(), &app.settings.zone);
    let weekday = locale::text(frame.locale, &format!("day-{}", now.display(zone, "%u")), &[]);
    let today = format!("{weekday} {}", now.display(zone, "%d/%m/%y, %H:%M"));
    let part = match now.display(zone, "%H").parse().unwrap_or_default() {
        0..12 => "home-morning",
        12..17 => "home-afternoon",
        _ => "home-evening",
    };
    let greeting = frame.t1(part, "name", frame.person_name());
    Ok(render(&HomePage { frame, cards, needs, today, greeting }))
}

/// What needs a look whatever wings a site has: mails that were given up, and imports that failed in the last week.
async fn needs(app: &App, caller: &Caller, frame: &Frame) -> Result<Vec<Need>, Problem> {
    let mut needs = Vec::new();
    let mut add = |n: i64, key: &str, address: &str| {
        if n > 0 {
            needs.push(Need { shown: grouped(n), words: frame.count(key, n), address: address.into() });
        }
    };
    if caller.person.may(ACCOUNT_MANAGE) {
        add(mail::counts(&app.db).await?.failed, "need-mails", "/admin/mail");
    }
    if caller.person.may(IMPORT_RUN) {
        let since = app.clock.now().plus_us(-7 * DAY_US);
        add(import::failed_since(&app.db, since).await?, "need-imports", "/imports");
    }
    Ok(needs)
}

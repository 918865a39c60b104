//! `/kit`: every part that office pages are made of, with made-up contents, for who builds the next page. `docs/kit.md` has
//! the lines that use each part; a test compares the two, and another one the pictures.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use crate::App;
use crate::error::Problem;
use crate::filter::{Choice, DaysAsked, FilterBar};
use crate::list::{self, Above, Act, Bulk, Cell, Column, Kept, List, ListKind, Row, Tone, View};
use crate::session::Caller;
use crate::view::{Fragment, Frame, Said, Undo, grouped, render};

/// The list of the page.
pub const KIT: &ListKind = &ListKind {
    id: "kit",
    path: "/kit",
    title: "kit-list",
    columns: &[
        Column::key("code", "code"),
        Column::new("status", "status"),
        Column::new("progress", "kit-done"),
        Column::number("number", "report-number"),
        Column::new("area", "area"),
        Column::new("time", "time"),
        Column::new("result", "result").on_demand(),
        Column::acts("corrections", "corrections"),
    ],
};

/// The page.
pub fn routes() -> Router<App> {
    Router::new().route("/kit", get(show))
}

/// A sheet of it.
pub(crate) struct Tile {
    words: String,
    figure: String,
    remark: String,
}

#[derive(Template)]
#[template(path = "kit/sample.html")]
struct KitPage {
    frame: Frame,
    said: Option<Said>,
    bar: FilterBar,
    wrong_bar: FilterBar,
    above: Above,
    list: Fragment,
    tiles: Vec<Tile>,
    /// The name of a field that is wrong, as the macros of forms ask for it.
    wrong: (&'static str, String),
    /// When something was done, and by whom.
    at: String,
    by: String,
}

impl KitPage {
    fn fault(&self, field: &str) -> &str {
        if self.wrong.0 == field { &self.wrong.1 } else { "" }
    }
}

/// `GET /kit`
async fn show(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "docs");
    let kept = Kept::of(app.db.read().await?.conn(), &caller, KIT).await?;
    let bar = filter_bar(&frame);
    let views = vec![
        View { words: frame.t("all"), count: Some(12), address: "/kit".into(), is_shown: true },
        View { words: frame.t("period-today"), count: Some(3), address: "/kit?days=today".into(), is_shown: false },
    ];
    let bulk = Bulk {
        address: "/kit".into(),
        acts: vec![
            Act { name: "change", words: frame.t("change"), removes: false },
            Act { name: "remove", words: frame.t("kit-remove"), removes: true },
        ],
    };
    let list = List::new(&frame, KIT, &kept, rows(&frame))
        .sorted("code", "ascending", "/kit?sort=newest".into())
        .bulk(Some(bulk));
    let undo = Undo { address: "/kit".into(), fields: Vec::new() };
    Ok(render(&KitPage {
        said: Some(Said { undo: Some(undo), ..Said::yes(frame.t("kit-said")) }),
        wrong_bar: filter_bar(&frame).wrong(Some(("q".into(), frame.t("wrong-text")))),
        above: list::above(&frame, KIT, &kept, &bar, views)?,
        list: list.shown()?,
        tiles: tiles(&frame),
        wrong: ("wrong", frame.t("report-wrong-day")),
        at: "29/11/26 14:56".into(),
        by: "meera".into(),
        bar,
        frame,
    }))
}

fn filter_bar(frame: &Frame) -> FilterBar {
    let states = vec![Choice::new("open", frame.t("kit-open")), Choice::new("done", frame.t("kit-done"))];
    let asked = DaysAsked { period: "week", ..DaysAsked::default() };
    FilterBar::new("/kit", "kit-filters")
        .text("q", frame.t("code"), None)
        .choice("status", frame.t("status"), Some("open"), states)
        .days(frame, frame.t("time"), asked, Some(("2026-11-23".into(), "2026-11-29".into())))
}

fn rows(frame: &Frame) -> Vec<Row> {
    let states =
        [(Tone::Plain, "kit-new"), (Tone::Look, "kit-open"), (Tone::Ok, "kit-done"), (Tone::Stop, "kit-refused")];
    let row = |(n, (tone, key)): (usize, (Tone, &str))| {
        let (code, percent) = (format!("KT{:05}", n + 1), i64::try_from(n).unwrap_or_default() * 30);
        let label = frame.t1("kit-progress", "name", &code);
        Row::new()
            .with("code", Cell::code(&code, "/kit"))
            .with("status", Cell::chip(tone, frame.t(key)))
            .with("progress", Cell::progress(percent, label, "some", String::new()).aside())
            .with("number", Cell::words(grouped(percent * 4321)))
            .with("area", Cell::words(if n == 1 { "" } else { "Lucknow" }))
            .with("time", Cell::time_by("29/11/26 14:56", "meera"))
            .with("result", Cell::words(frame.t("yes")).with_note(frame.t("undone-at")))
            .with(
                "corrections",
                Cell::button(frame.t("undo"), format!("{} {code}", frame.t("undo")), "/kit".into(), Vec::new()),
            )
            .picked_as(code)
    };
    states.into_iter().enumerate().map(row).collect()
}

fn tiles(frame: &Frame) -> Vec<Tile> {
    let tile = |key: &str, figure: i64, remark: &str| Tile {
        words: frame.t(key),
        figure: grouped(figure),
        remark: remark.to_owned(),
    };
    vec![tile("kit-open", 1_234, ""), tile("kit-done", 56_789, "+12 %"), tile("kit-refused", 7, "")]
}

//! The home page: the day at a glance, kept alive by the live feed.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use bags_rules::outcome::Outcome;
use base_core::permission::HOME_READ;
use base_core::report::date_text;
use base_sheet::report::{Bar, Bars};
use serde::Deserialize;

use crate::app::App;
use crate::error::Problem;
use crate::parameters::Parameters;
use crate::report::picture::Picture;
use crate::session::Caller;
use crate::stats::{self, Dashboard, Own};
use crate::view::{Frame, render};
use crate::{activity, locale};

#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    frame: Frame,
    board: Arc<Dashboard>,
    own: Own,
    days: u32,
    hours: Picture,
    activity: Picture,
    today: String,
    greeting: String,
}

/// Spans of the picture of days that people choose from.
const SPANS: [u32; 3] = [7, 30, 90];

/// Which span.
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

    /// How wide the bar of an area is, of a hundred; what is not zero is seen.
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

    /// A figure with Indian grouping, as the script that follows the feed writes it.
    fn figure(&self, n: &i64) -> String {
        grouped(*n)
    }
}

/// `1234567` is `12,34,567`.
pub(crate) fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len() - at;
        if at > 0 && (left == 3 || (left > 3 && left % 2 == 1)) {
            out.push(',');
        }
        out.push(digit);
    }
    if n < 0 { format!("-{out}") } else { out }
}

/// `GET /`
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    query: Result<Parameters<HomeQuery>, Problem>,
) -> Result<Response, Problem> {
    caller.must(HOME_READ)?;
    let asked = query.map(|Parameters(query)| query.days).unwrap_or_default();
    let days = asked.parse().ok().filter(|days| SPANS.contains(days)).unwrap_or(30);
    let scope = caller.scope();
    let board = stats::dashboard(&app, &scope).await?;
    let own = stats::own(&app, &caller).await?;
    let by_day = activity::days(&app, &scope, i32::try_from(days).unwrap_or(30)).await?;
    let (now, zone) = (app.clock.now(), &app.settings.zone);
    let frame = Frame::of(&caller, "home");
    let weekday = locale::text(frame.locale, &format!("day-{}", now.display(zone, "%u")), &[]);
    let today = format!("{weekday} {}", now.display(zone, "%d/%m/%y, %H:%M"));
    let part = match now.display(zone, "%H").parse().unwrap_or_default() {
        0..12 => "home-morning",
        12..17 => "home-afternoon",
        _ => "home-evening",
    };
    let greeting = frame.t1(part, "name", frame.person_name());
    let hours = board.hours.iter().map(|hour| (hour.label.clone(), hour.scans));
    let hours = picture(frame.t("home-hours-label"), hours);
    let activity = picture(frame.t("home-activity-label"), by_day.iter().map(|day| (date_text(day.0), day.1)));
    Ok(render(&HomePage { frame, board, own, days, hours, activity, today, greeting }))
}

fn picture(title: String, values: impl Iterator<Item = (String, i64)>) -> Picture {
    #[expect(clippy::cast_precision_loss, reason = "a bar has 137 steps")]
    let bar = |(label, n): (String, i64)| Bar { label, value: n as f64, shown: grouped(n) };
    Picture::of(&Bars { title, bars: values.map(bar).collect(), target: None })
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn figures_are_grouped_the_indian_way() {
        for (n, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (123_456, "1,23,456"), (-12_345_678, "-1,23,45,678")]
        {
            assert_eq!(grouped(n), text);
        }
    }
}

//! The home page: the day at a glance, kept alive by the live feed.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use tallyhouse_core::permission::Permission;

use crate::app::App;
use crate::error::Problem;
use crate::locale;
use crate::session::Caller;
use crate::stats::{self, Dashboard};
use crate::view::{Frame, render};

#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage {
    frame: Frame,
    board: Dashboard,
    today: String,
    greeting: String,
}

impl HomePage {
    pub(crate) fn new(frame: Frame, board: Dashboard, (hour, today): (u32, String)) -> Self {
        let part = match hour {
            0..12 => "home-morning",
            12..17 => "home-afternoon",
            _ => "home-evening",
        };
        let greeting = frame.t1(part, "name", frame.person_name());
        Self { frame, board, today, greeting }
    }

    fn outcome(&self, code: &str) -> String {
        self.frame.t(&format!("outcome-{code}"))
    }

    fn refused(&self, code: &str) -> bool {
        tallyhouse_core::outcome::Outcome::parse(code).is_some_and(tallyhouse_core::outcome::Outcome::is_refusal)
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
pub async fn show(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must(Permission::HomeRead)?;
    let board = stats::dashboard(&app, &caller.scope()).await?;
    let (now, zone) = (app.clock.now(), &app.settings.zone);
    let frame = Frame::of(&caller, "home");
    let weekday = locale::text(frame.locale, &format!("day-{}", now.display(zone, "%u")), &[]);
    let today = format!("{weekday} {}", now.display(zone, "%d/%m/%y, %H:%M"));
    let hour = now.display(zone, "%H").parse().unwrap_or_default();
    Ok(render(&HomePage::new(frame, board, (hour, today))))
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

//! Times as the pages of every noun show them.

use base_core::time::Moment;
use base_web::view::TIME;

use crate::state::Bags;

/// `DD/MM/YY HH:MM:SS`.
const TIME_OF_SCAN: &str = "%d/%m/%y %H:%M:%S";

/// A time in the site's zone, to the minute.
pub fn shown(at: Moment, app: &Bags) -> String {
    at.display(&app.settings.zone, TIME)
}

/// The time of a scan in the site's zone, to the second.
pub fn shown_to_the_second(at: Moment, app: &Bags) -> String {
    at.display(&app.settings.zone, TIME_OF_SCAN)
}

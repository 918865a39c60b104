//! Names of files that are made for people: what it is, and when it was made, in the time zone of the site.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `rows_all_20261121_093000.csv`: the stem, the moment in `zone` to the second, and the extension.
/// Anything but letters, digits, `-` and `_` in the stem becomes `_`, so that no name can point outside its folder.
pub fn stamped_name(stem: &str, at: Timestamp, zone: &TimeZone, extension: &str) -> String {
    let safe = |character: char| {
        if character.is_ascii_alphanumeric() || character == '-' || character == '_' { character } else { '_' }
    };
    let stem: String = stem.chars().map(safe).collect();
    let stamp = at.to_zoned(zone.clone()).strftime("%Y%m%d_%H%M%S").to_string();
    format!("{stem}_{stamp}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_second_in_the_time_of_the_site() {
        let at: Timestamp = "2026-11-20T20:05:09Z".parse().unwrap();
        let zone = TimeZone::get("Asia/Kolkata").unwrap();
        assert_eq!(stamped_name("bags_all", at, &zone, "csv"), "bags_all_20261121_013509.csv");
        assert_eq!(stamped_name("../bills/x", at, &TimeZone::UTC, "xlsx"), "___bills_x_20261120_200509.xlsx");
    }
}

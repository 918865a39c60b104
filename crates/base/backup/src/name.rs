//! The names of backups: when they were made, and whether they are encrypted.

use base_core::time::Moment;
use jiff::tz::TimeZone;

const TIME: &str = "%Y%m%dT%H%M%SZ";
const PREFIX: &str = "tallyhouse-";
const PLAIN: &str = ".zip";
const SEALED: &str = ".zip.age";

/// The name of a backup's file: `tallyhouse-20261130T164500Z.zip`, with `.age` behind it if it is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// When it was made, to the second.
    pub at: Moment,
    /// Whether it is encrypted.
    pub is_encrypted: bool,
}

impl Name {
    /// Reads a file's name; `None` if it is not that of a backup.
    pub fn parse(name: &str) -> Option<Self> {
        let rest = name.strip_prefix(PREFIX)?;
        let (time, is_encrypted) = match (rest.strip_suffix(SEALED), rest.strip_suffix(PLAIN)) {
            (Some(time), _) => (time, true),
            (None, Some(time)) => (time, false),
            (None, None) => return None,
        };
        let at = jiff::fmt::strtime::parse(TIME, time).ok()?.to_datetime().ok()?;
        let at = at.to_zoned(TimeZone::UTC).ok()?.timestamp();
        let at = Moment(at.as_microsecond());
        // Only what is written by us: a time has many other forms that could be read.
        Some(Self { at, is_encrypted }).filter(|found| found.to_string() == name)
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let time = self.at.display(&TimeZone::UTC, TIME);
        write!(f, "{PREFIX}{time}{}", if self.is_encrypted { SEALED } else { PLAIN })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_when_and_whether_it_is_encrypted() {
        let at = Moment::parse("2026-11-30T16:45:00Z").expect("a time");
        for (is_encrypted, text) in
            [(false, "tallyhouse-20261130T164500Z.zip"), (true, "tallyhouse-20261130T164500Z.zip.age")]
        {
            let name = Name { at, is_encrypted };
            assert_eq!(name.to_string(), text);
            assert_eq!(Name::parse(text), Some(name));
        }
        for other in [
            "tallyhouse.db",
            "tallyhouse-20261130T164500Z.zip.part",
            "tallyhouse-2026.zip",
            "x-20261130T164500Z.zip",
            "tallyhouse-20261330T164500Z.zip",
            "tallyhouse-2026113éT16450Z.zip",
        ] {
            assert_eq!(Name::parse(other), None, "{other}");
        }
    }
}

//! What a certificate says of itself, and when it is time for the next one.

use base_core::time::{DAY_US, Moment, SECOND_US};
use x509_parser::extensions::GeneralName;
use x509_parser::pem::parse_x509_pem;

/// What a certificate says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The names that it is for.
    pub domains: Vec<String>,
    /// From when it is good.
    pub not_before: Moment,
    /// Until when it is good.
    pub not_after: Moment,
}

impl Facts {
    /// Of the first certificate of a chain in PEM; `None` where there is none.
    pub fn of(chain: &str) -> Option<Self> {
        let (_, pem) = parse_x509_pem(chain.as_bytes()).ok()?;
        let certificate = pem.parse_x509().ok()?;
        let names = certificate.subject_alternative_name().ok().flatten();
        let names = names.iter().flat_map(|names| &names.value.general_names);
        let domains = names.filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_lowercase()),
            _ => None,
        });
        let validity = certificate.validity();
        let moment = |seconds: i64| Moment(seconds.saturating_mul(SECOND_US));
        Some(Self {
            domains: domains.collect(),
            not_before: moment(validity.not_before.timestamp()),
            not_after: moment(validity.not_after.timestamp()),
        })
    }

    /// When the next one is asked for: when a third of its time is left.
    pub fn renew_at(&self) -> Moment {
        self.not_after.plus_us(-self.not_after.since_us(self.not_before) / 3)
    }

    /// With how little time left somebody should look, in microseconds: a sixth of its time, a week at most.
    pub fn soon_us(&self) -> i64 {
        (self.not_after.since_us(self.not_before) / 6).min(7 * DAY_US)
    }

    /// True if it is for exactly these names, in whatever order.
    pub fn is_for(&self, domains: &[String]) -> bool {
        let sorted = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort_unstable();
            names
        };
        sorted(&self.domains) == sorted(domains)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_certificate_is_asked_for_when_a_third_of_the_time_is_left() {
        let start = Moment::parse("2026-11-01T00:00:00Z").expect("a time");
        let facts = Facts {
            domains: vec!["b.example".into(), "a.example".into()],
            not_before: start,
            not_after: start.plus_us(90 * DAY_US),
        };
        assert_eq!(facts.renew_at(), start.plus_us(60 * DAY_US));
        assert!(facts.is_for(&["a.example".into(), "b.example".into()]));
        assert!(!facts.is_for(&["a.example".into()]));
    }

    #[test]
    fn a_certificate_is_read() {
        let chain = include_str!("../../tests/web/tls/cert.pem");
        let facts = Facts::of(chain).expect("a certificate");
        assert_eq!(facts.domains, ["site.example"]);
        assert!(facts.not_before < facts.not_after);
        assert_eq!(Facts::of("no certificate"), None);
    }
}

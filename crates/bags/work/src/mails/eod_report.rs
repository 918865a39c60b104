//! The report at the end of a day.

use askama::Template;
use bags_rules::bill::BillStatus;
use base_core::mail::Content;
use base_core::number::grouped;
use base_mail::render;
use base_mail::words::Words;

use super::words;

/// How many bills the mail lists at most. The page shows all of them.
pub const EOD_BILLS_MAX: usize = 500;

/// The bills of one day. Dates, times and weights are formatted for people.
#[derive(Clone, Debug)]
pub struct EodReport<'a> {
    /// The day.
    pub date: &'a str,
    /// The number of bills by status.
    pub by_status: &'a [(BillStatus, i64)],
    /// The number of bills by the person who created them.
    pub by_person: &'a [(String, i64)],
    /// Parents on all bills.
    pub parents: i64,
    /// Children in those parents.
    pub children: i64,
    /// The weight of all that, in kilograms.
    pub weight_kg: &'a str,
    /// Every bill of the day.
    pub bills: &'a [EodBill],
    /// The full address of the report's page.
    pub link: &'a str,
}

/// One bill of the day.
#[derive(Clone, Debug)]
pub struct EodBill {
    /// Its own number.
    pub bill: String,
    /// Its status.
    pub status: BillStatus,
    /// Who created it.
    pub created_by: String,
    /// When it was created.
    pub created_at: String,
    /// Parents on it.
    pub parents: i64,
    /// Parents it can hold.
    pub expected: i64,
    /// Children in its parents.
    pub children: i64,
    /// Its weight, in kilograms.
    pub weight_kg: String,
}

/// What the text and the HTML share.
macro_rules! figures_and_columns {
    ($page:ident) => {
        impl<'a> $page<'a> {
            fn figures(&self) -> [(String, String); 4] {
                let figure = |key: &str, figure: String| (self.words.text(key, &[]), figure);
                [
                    figure("eod-bills", grouped(i64::try_from(self.mail.bills.len()).unwrap_or(i64::MAX))),
                    figure("parents", grouped(self.mail.parents)),
                    figure("children", grouped(self.mail.children)),
                    figure("weight-kg", self.mail.weight_kg.to_owned()),
                ]
            }

            fn columns(&self) -> [String; 8] {
                let keys =
                    ["bill", "status", "created-by", "created-at", "parents", "expected", "children", "weight-kg"];
                keys.map(|key| self.words.text(key, &[]))
            }

            fn status(&self, status: &BillStatus) -> String {
                self.words.text(&format!("status-{}", status.name()), &[])
            }

            fn listed(&self) -> &'a [EodBill] {
                &self.mail.bills[..self.mail.bills.len().min(EOD_BILLS_MAX)]
            }

            fn unlisted(&self) -> Option<String> {
                let unlisted = self.mail.bills.len().saturating_sub(EOD_BILLS_MAX);
                (unlisted > 0).then(|| unlisted.to_string())
            }
        }
    };
}

#[derive(Template)]
#[template(path = "eod_report.html")]
struct Html<'a> {
    words: Words<'static>,
    subject: &'a str,
    mail: &'a EodReport<'a>,
}
figures_and_columns!(Html);

#[derive(Template)]
#[template(path = "eod_report.txt")]
struct Text<'a> {
    words: Words<'static>,
    subject: &'a str,
    mail: &'a EodReport<'a>,
}
figures_and_columns!(Text);

impl EodReport<'_> {
    /// The mail in a language.
    pub fn content(&self, locale: &str) -> Content {
        let words = words(locale);
        let subject = words.text("eod-subject", &[("date", self.date)]);
        let text = render(&Text { words, subject: &subject, mail: self });
        let html = render(&Html { words, subject: &subject, mail: self });
        Content { subject, text, html }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bill(bill: &str, status: BillStatus) -> EodBill {
        EodBill {
            bill: bill.into(),
            status,
            created_by: "priya".into(),
            created_at: "20/11/26 10:15".into(),
            parents: 2,
            expected: 12,
            children: 60,
            weight_kg: "60.0".into(),
        }
    }

    fn content(bills: &[EodBill], locale: &str) -> Content {
        let report = EodReport {
            date: "20/11/26",
            by_status: &[(BillStatus::New, 0), (BillStatus::Processing, 1), (BillStatus::Completed, 1)],
            by_person: &[("priya".into(), 2)],
            parents: 4,
            children: 120,
            weight_kg: "120.0",
            bills,
            link: "https://site.example/reports/eod?date=2026-11-20",
        };
        report.content(locale)
    }

    #[test]
    fn a_day_is_told_in_english_and_in_hindi() {
        let bills = [bill("B-<1>", BillStatus::Processing), bill("B-2", BillStatus::Completed)];
        for locale in ["en", "hi"] {
            let content = content(&bills, locale);
            insta::assert_snapshot!(
                format!("a_day_is_told_{locale}"),
                format!("{}\n\n{}\n{}", content.subject, content.text, content.html)
            );
        }
    }

    #[test]
    fn a_day_without_bills_says_so() {
        let content = content(&[], "en");
        insta::assert_snapshot!(content.text);
        assert!(content.html.contains("No bill was created on this day."));
    }

    #[test]
    fn a_list_that_is_cut_says_how_much_is_missing() {
        let bills = vec![bill("B-1", BillStatus::New); EOD_BILLS_MAX + 7];
        let content = content(&bills, "en");
        assert!(content.text.contains("7 more bills are not listed here"), "{}", content.text);
        assert!(content.html.contains("7 more bills are not listed here"));
        assert_eq!(content.html.matches("<td>B-1</td>").count(), EOD_BILLS_MAX);
    }
}

//! Tells admins that a bill was created.

use askama::Template;
use base_core::mail::Content;
use base_mail::render;
use base_mail::words::Words;

use super::words;

/// A bill that was created.
#[derive(Clone, Copy, Debug)]
pub struct NewBill<'a> {
    /// Its own number.
    pub bill: &'a str,
    /// How many parents it can hold.
    pub capacity: u32,
    /// Its description; may be empty.
    pub description: &'a str,
    /// Where it goes; may be empty.
    pub destination: &'a str,
    /// The number of its vehicle; may be empty.
    pub vehicle_number: &'a str,
    /// Who created it.
    pub created_by: &'a str,
    /// The full address of its page.
    pub link: &'a str,
}

#[derive(Template)]
#[template(path = "new_bill.html")]
struct Html<'a> {
    words: Words<'static>,
    subject: &'a str,
    mail: &'a NewBill<'a>,
}

#[derive(Template)]
#[template(path = "new_bill.txt")]
struct Text<'a> {
    words: Words<'static>,
    subject: &'a str,
    mail: &'a NewBill<'a>,
}

impl NewBill<'_> {
    /// The mail in a language.
    pub fn content(&self, locale: &str) -> Content {
        let words = words(locale);
        let subject = words.text("new-bill-subject", &[("bill", self.bill)]);
        let text = render(&Text { words, subject: &subject, mail: self });
        let html = render(&Html { words, subject: &subject, mail: self });
        Content { subject, text, html }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BILL: NewBill<'_> = NewBill {
        bill: "B-2026/17",
        capacity: 12,
        description: "Mustard <b>& seed</b>",
        destination: "Indore",
        vehicle_number: "MP 09 AB 1234",
        created_by: "priya",
        link: "https://site.example/bills/17",
    };

    #[test]
    fn a_new_bill_is_told_in_english() {
        let content = BILL.content("en");
        insta::assert_snapshot!(format!("{}\n\n{}\n{}", content.subject, content.text, content.html));
    }

    #[test]
    fn a_new_bill_is_told_in_hindi() {
        let content = BILL.content("hi");
        insta::assert_snapshot!(format!("{}\n\n{}\n{}", content.subject, content.text, content.html));
    }

    #[test]
    fn what_people_typed_is_escaped_in_html_and_only_there() {
        let content = BILL.content("en");
        assert!(content.text.contains("Mustard <b>& seed</b>"), "{}", content.text);
        assert!(!content.html.contains("<b>"), "{}", content.html);
    }

    #[test]
    fn a_bill_without_some_of_its_texts_has_no_empty_line_for_them() {
        let content = NewBill { description: "", destination: "", vehicle_number: "", ..BILL }.content("en");
        for word in ["Description", "Destination", "Vehicle"] {
            assert!(!content.text.contains(word) && !content.html.contains(word), "{word}");
        }
    }
}

//! Number formats: what a person sees of a number. Codes are often kept as numbers and shown by a format, 11 as
//! `"SB"00000`, and what is seen is what was meant.
//!
//! Invariant: a text is given only where it is what a spreadsheet shows; everything else is said to be no code.

use super::value::{Form, Look};

mod parse;
mod tokens;

use parse::parse;
pub use tokens::write_digits;
use tokens::{Section, Shape};

/// Longest format that is looked into, in bytes; a spreadsheet allows 255 characters.
const FORMAT_BYTES_MAX: usize = 1024;
/// From here on a spreadsheet keeps no longer every digit.
const DIGITS_END: f64 = 1e15;

/// Sections that a format may have, the last of them for texts.
const SECTIONS_MAX: usize = 4;

/// How numbers and texts are shown.
#[derive(Clone, Debug, Default)]
pub struct Format {
    numbers: Kind,
    /// How texts are shown, where they are not shown as they are.
    texts: Option<Section>,
}

#[derive(Clone, Debug, Default)]
enum Kind {
    /// As their digits.
    #[default]
    General,
    /// As dates or times.
    Date,
    /// As durations, which may be longer than a day.
    Duration,
    Sections(Vec<Section>),
    /// In a way that is not known.
    Unknown,
}

impl Format {
    /// Reads a format as workbooks write it.
    pub fn of(code: &str) -> Self {
        let unknown = || Self { numbers: Kind::Unknown, texts: None };
        if code.len() > FORMAT_BYTES_MAX {
            return unknown();
        }
        let Some(mut sections) = parse(code).filter(|sections| sections.len() <= SECTIONS_MAX) else {
            return unknown();
        };
        // The fourth is for texts; of fewer, the last where it says what becomes of a text.
        let is_of_text = sections.len() == SECTIONS_MAX || sections.last().is_some_and(Section::has_text);
        let texts = if is_of_text { sections.pop() } else { None };
        let numbers = match sections.first().map(|section| section.shape) {
            None => Kind::General,
            Some(Shape::Date) => Kind::Date,
            Some(Shape::Duration) => Kind::Duration,
            Some(_) if sections.len() == 1 && sections[0].is_general() => Kind::General,
            _ => Kind::Sections(sections),
        };
        Self { numbers, texts: texts.filter(|section| !section.is_plain_text()) }
    }

    /// One of the formats that workbooks name by a number alone.
    pub fn built_in(id: u32) -> Self {
        Self::of(match id {
            1 => "0",
            2 => "0.00",
            3 => "#,##0",
            4 => "#,##0.00",
            5..=8 | 41..=44 => "$#,##0.00",
            9 => "0%",
            10 => "0.00%",
            11 => "0.00E+00",
            12 => "# ?/?",
            13 => "# ??/??",
            14..=17 | 22 | 27..=36 | 50..=58 => "yyyy-mm-dd",
            18..=21 | 45 | 47 => "h:mm:ss",
            46 => "[h]:mm:ss",
            37 | 38 => "#,##0 ;(#,##0)",
            39 | 40 => "#,##0.00;(#,##0.00)",
            48 => "##0.0E+0",
            _ => "General",
        })
    }

    /// True where numbers are shown as their digits.
    pub fn is_general(&self) -> bool {
        matches!(self.numbers, Kind::General)
    }

    /// True where numbers are dates, times or durations.
    pub fn is_date(&self) -> bool {
        matches!(self.numbers, Kind::Date | Kind::Duration)
    }

    /// True where dates may be longer than a day.
    pub fn is_duration(&self) -> bool {
        matches!(self.numbers, Kind::Duration)
    }

    /// Writes a number: `text` as its digits, `shown` as it is seen where that is something else.
    pub fn write(&self, number: f64, text: &mut String, shown: &mut String) -> Form {
        write_digits(number, text);
        if number.abs() >= DIGITS_END {
            return Form::Number(Look::TooLong);
        }
        let is_whole = number.fract() == 0.0 && number >= 0.0;
        match &self.numbers {
            Kind::General if is_whole => Form::Number(Look::Plain),
            Kind::General => Form::Number(Look::Other),
            Kind::Sections(sections) => Self::write_by(sections, number, text, shown),
            Kind::Date | Kind::Duration | Kind::Unknown => Form::Number(Look::Scaled),
        }
    }

    /// Writes what is seen of a text where that is something else.
    pub fn write_text(&self, text: &str, shown: &mut String) -> Form {
        let Some(section) = &self.texts else { return Form::Text };
        section.write_text(text, shown);
        if !shown.trim().is_empty() {
            return Form::ShownText;
        }
        // Nobody misses a text that says nothing.
        if text.trim().is_empty() { Form::Text } else { Form::Unseen }
    }

    fn write_by(sections: &[Section], number: f64, text: &str, shown: &mut String) -> Form {
        let Some((section, is_signed)) = tokens::section_of(sections, number) else {
            return Form::Number(Look::Scaled);
        };
        if section.shape == Shape::Scaled || section.shape == Shape::Date || section.shape == Shape::Duration {
            // Of all these only a percentage is written; the others are told by their digits.
            if section.is_percent() {
                shown.push_str(if is_signed { "-" } else { "" });
                section.write(number.abs() * 100.0, shown);
            }
            return Form::Number(Look::Scaled);
        }
        if is_signed {
            shown.push('-');
        }
        section.write(number.abs(), shown);
        if shown.trim().is_empty() {
            shown.clear();
            return Form::Unseen;
        }
        let is_code = section.shape == Shape::Code && number >= 0.0 && number.fract() == 0.0 && !shown.contains(',');
        Form::Number(match is_code {
            true if shown == text => Look::Plain,
            true => Look::Code,
            false => Look::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(code: &str, number: f64) -> (String, Form) {
        let (mut text, mut shown) = (String::new(), String::new());
        let form = Format::of(code).write(number, &mut text, &mut shown);
        (if shown.is_empty() { text } else { shown }, form)
    }

    #[test]
    fn a_format_that_makes_a_code_of_a_number_is_applied() {
        for (code, number, shown) in [
            ("\"SB\"00000", 11.0, "SB00011"),
            ("\\S\\B00000", 11.0, "SB00011"),
            ("\"SB\"00000;\"no\"", 11.0, "SB00011"),
            ("[Red]\"SB\"00000", 11.0, "SB00011"),
            ("[$-409]0000000", 4711.0, "0004711"),
            ("0000000", 4711.0, "0004711"),
            ("0000000", 0.0, "0000000"),
            ("000", 4711.0, "4711"),
            ("\"M444-\"00000", 7.0, "M444-00007"),
            ("000-000", 12_345.0, "012-345"),
            ("###-####", 5_551_234.0, "555-1234"),
            ("00000\"-A\"", 3.0, "00003-A"),
            ("0_)", 4711.0, "4711"),
            ("_-@_-", 4711.0, "4711"),
            ("[<=9999999]###\\-####;\\(###\\)###\\-####", 5_551_234.0, "555-1234"),
            ("[>100]\"A\"0;\"B\"0", 5.0, "B5"),
            ("\"KID\"General", 17.0, "KID17"),
            ("@", 4711.0, "4711"),
            ("0", 4711.0, "4711"),
            ("#", 4711.0, "4711"),
            ("Standard", 4711.0, "4711"),
        ] {
            let (text, form) = seen(code, number);
            assert_eq!(text.trim(), shown, "{code}");
            assert!(matches!(form, Form::Number(Look::Plain | Look::Code)), "{code} {form:?}");
        }
    }

    #[test]
    fn what_is_no_code_is_shown_and_said_to_be_none() {
        for (code, number, shown) in [
            ("General", 0.3, "0.3"),
            ("General", 0.1 + 0.2, "0.3"),
            ("General", -5.0, "-5"),
            ("0.00", 2026.1, "2026.10"),
            ("0.00", 4711.0, "4711.00"),
            ("0", 4711.4, "4711"),
            ("#,##0", 4711.0, "4,711"),
            ("[>=100000]##\\,##\\,##0;##,##0", 471_100.0, "4,71,100"),
            ("0;(0)", -5.0, "(5)"),
            ("$#,##0.00", 4711.0, "$4,711.00"),
            // Half away from zero, of the fifteen digits that are kept.
            ("0", 2.5, "3"),
            ("0", 0.5, "1"),
            ("0", 0.4, "0"),
            ("0.0", 0.25, "0.3"),
            ("0.00", 1.005, "1.01"),
            ("0.00", -2.345, "-2.35"),
            ("0.00", 0.004_9, "0.00"),
            ("0.0", 9.95, "10.0"),
            ("#.##", 0.05, ".05"),
            ("0.000", 123_456.789_5, "123456.790"),
            ("[$₹-4009] #,##0", 4711.0, "₹ 4,711"),
        ] {
            assert_eq!(seen(code, number), (shown.to_owned(), Form::Number(Look::Other)), "{code}");
        }
    }

    #[test]
    fn what_is_shown_as_another_number_or_not_at_all_is_scaled() {
        for (code, number) in [
            ("0%", 0.5),
            ("0.00E+00", 120_000.0),
            ("0,", 4_711_000.0),
            ("# ?/?", 0.5),
            ("*0#", 4711.0),
            ("[DBNum1]0", 4711.0),
            ("0\"open", 4711.0),
        ] {
            assert_eq!(seen(code, number).1, Form::Number(Look::Scaled), "{code}");
        }
        assert_eq!(seen("0%", 0.5).0, "50%");
        assert_eq!(seen("0.0%", -0.125).0, "-12.5%");
        assert_eq!(seen("0,", 4_711_000.0).0, "4711000");
        assert_eq!(seen("0", 1e15).1, Form::Number(Look::TooLong));
        assert_eq!(seen("General", 12_345_678_901_234_567.0).1, Form::Number(Look::TooLong));
    }

    #[test]
    fn of_what_a_format_hides_nothing_is_shown() {
        for (code, number) in [(";;;", 4711.0), ("\"hidden\";", -3.0), ("0;-0;;@", 0.0), ("#", 0.0), (";;;@", 1.0)] {
            assert_eq!(seen(code, number).1, Form::Unseen, "{code}");
        }
    }

    #[test]
    fn a_text_is_shown_by_the_section_for_texts() {
        for (code, text, shown, form) in [
            ("\"BL-\"@", "12", "BL-12", Form::ShownText),
            ("0;-0;0;\"BL-\"@", "12", "BL-12", Form::ShownText),
            ("0;\"BL-\"@", "12", "BL-12", Form::ShownText),
            ("@\"/26\"", "12", "12/26", Form::ShownText),
            ("@@", "12", "1212", Form::ShownText),
            ("0;0;0;\"text\"", "12", "text", Form::ShownText),
            (";;;", "12", "", Form::Unseen),
            ("0;0;0;", "12", "", Form::Unseen),
            ("@", "12", "", Form::Text),
            ("_-@_-", "12", "", Form::Text),
            ("[$-409]d-mmm;@", "12", "", Form::Text),
            ("General", "12", "", Form::Text),
            ("0000", "12", "", Form::Text),
            (";;", "12", "", Form::Text),
            (";;;", " ", "", Form::Text),
        ] {
            let mut seen = String::new();
            let found = Format::of(code).write_text(text, &mut seen);
            assert_eq!((seen.trim(), found), (shown, form), "{code} {text}");
        }
        // What is for texts is not for numbers.
        assert_eq!(seen("\"BL-\"@", 12.0), ("12".into(), Form::Number(Look::Plain)));
        assert!(Format::of("[$-409]d-mmm;@").is_date());
    }

    #[test]
    fn dates_and_durations_are_known_by_their_formats() {
        for code in ["yyyy-mm-dd", "d-mmm", "mmm-yy", "h:mm AM/PM", "[$-F800]dddd\\, mmmm dd\\, yyyy", "mm:ss.0"] {
            assert!(Format::of(code).is_date() && !Format::of(code).is_duration(), "{code}");
        }
        assert!(Format::of("[h]:mm:ss").is_duration() && Format::of("[mm]:ss").is_duration());
        for code in ["General", "0", "\"day\"0", "[Red]0", "\\d0", "0.00E+00", "[Magenta]0"] {
            assert!(!Format::of(code).is_date(), "{code}");
        }
        for id in [14, 17, 22, 45, 46, 47, 27, 57] {
            assert!(Format::built_in(id).is_date(), "{id}");
        }
        for id in [0, 1, 9, 11, 49, 164] {
            assert!(!Format::built_in(id).is_date(), "{id}");
        }
    }
}

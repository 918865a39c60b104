//! Reading a number format into its sections.

use std::iter::Peekable;
use std::str::Chars;

use super::tokens::{Compare, Condition, Section, Shape, Token};

/// Colours that may stand in brackets; they change nothing that is read.
const COLOURS: [&str; 8] = ["black", "blue", "cyan", "green", "magenta", "red", "white", "yellow"];

/// The sections of a format; `None` where it makes no sense.
pub fn parse(code: &str) -> Option<Vec<Section>> {
    let mut sections = Vec::new();
    let mut rest = code.chars().peekable();
    loop {
        let (section, is_last) = Parser::new(&mut rest).section()?;
        sections.push(section);
        if is_last {
            return Some(sections);
        }
    }
}

struct Parser<'p, 'c> {
    rest: &'p mut Peekable<Chars<'c>>,
    section: Section,
    has_point: bool,
    /// A comma was read and no digit after it.
    commas: usize,
}

impl<'p, 'c> Parser<'p, 'c> {
    fn new(rest: &'p mut Peekable<Chars<'c>>) -> Self {
        let section = Section { shape: Shape::Code, condition: None, is_grouped: false, tokens: Vec::new() };
        Self { rest, section, has_point: false, commas: 0 }
    }

    fn section(mut self) -> Option<(Section, bool)> {
        let is_last = loop {
            let Some(one) = self.rest.next() else { break true };
            match one {
                ';' => break false,
                '"' => self.quoted()?,
                '\\' => {
                    let one = self.rest.next()?;
                    self.literal(one);
                }
                // As wide as the next character: a blank.
                '_' => {
                    self.rest.next()?;
                    self.literal(' ');
                }
                // Filled with the next character to the width of the column: nobody knows how often.
                '*' => {
                    let fill = self.rest.next()?;
                    if fill != ' ' {
                        self.becomes(Shape::Scaled);
                    }
                }
                '[' => self.bracket()?,
                '0' | '#' | '?' => self.digit(one),
                '.' if !self.has_point => {
                    self.has_point = true;
                    self.section.tokens.push(Token::Point);
                    self.becomes(Shape::Number);
                }
                ',' => self.commas += 1,
                '@' => self.section.tokens.push(Token::Text),
                '%' => {
                    self.literal('%');
                    self.becomes(Shape::Scaled);
                }
                'G' | 'g' | 'S' | 's' if self.is_general(one) => self.section.tokens.push(Token::General),
                'E' | 'e' if matches!(self.rest.peek(), Some('+' | '-')) => self.becomes(Shape::Scaled),
                '/' if self.section.shape != Shape::Date => self.becomes(Shape::Scaled),
                'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' | 'e' | 'E' | 'b' | 'B' | 'g' | 'G' | 'a'
                | 'A' | 'r' | 'R' => self.becomes(Shape::Date),
                '$' | '€' | '£' | '¥' | '₹' => {
                    self.literal(one);
                    self.becomes(Shape::Number);
                }
                other => self.literal(other),
            }
        };
        // A comma at the end of the digits divides by a thousand.
        if self.commas > 0 {
            self.becomes(Shape::Scaled);
        }
        Some((self.section, is_last))
    }

    /// What weighs more stays.
    fn becomes(&mut self, shape: Shape) {
        let weight = |shape: Shape| match shape {
            Shape::Code => 0,
            Shape::Number => 1,
            Shape::Scaled => 2,
            Shape::Date => 3,
            Shape::Duration => 4,
        };
        if weight(shape) > weight(self.section.shape) {
            self.section.shape = shape;
        }
    }

    fn literal(&mut self, one: char) {
        match self.section.tokens.last_mut() {
            Some(Token::Literal(text)) => text.push(one),
            _ => self.section.tokens.push(Token::Literal(one.into())),
        }
    }

    fn quoted(&mut self) -> Option<()> {
        loop {
            match self.rest.next()? {
                '"' => return Some(()),
                one => self.literal(one),
            }
        }
    }

    fn digit(&mut self, place: char) {
        if self.commas > 0 && self.section.tokens.iter().any(|token| matches!(token, Token::Digit(_))) {
            self.section.is_grouped = true;
            self.becomes(Shape::Number);
        }
        self.commas = 0;
        self.section.tokens.push(Token::Digit(place));
    }

    /// `General`, or as some programs write it, `Standard`.
    fn is_general(&mut self, first: char) -> bool {
        for word in ["general", "standard"] {
            let mut ahead = self.rest.clone();
            let mut letters = word.chars();
            let begins = letters.next() == Some(first.to_ascii_lowercase());
            if begins && letters.all(|letter| ahead.next().is_some_and(|one| one.to_ascii_lowercase() == letter)) {
                *self.rest = ahead;
                return true;
            }
        }
        false
    }

    /// A colour, a condition, a currency with its language, or hours that go on beyond a day.
    fn bracket(&mut self) -> Option<()> {
        let mut inside = String::new();
        loop {
            match self.rest.next()? {
                ']' => break,
                one => inside.push(one),
            }
        }
        let folded = inside.to_ascii_lowercase();
        if COLOURS.contains(&folded.as_str()) || folded.starts_with("color") {
            return Some(());
        }
        if let Some(currency) = inside.strip_prefix('$') {
            let sign = currency.split('-').next().unwrap_or_default();
            if !sign.is_empty() {
                sign.chars().for_each(|one| self.literal(one));
                self.becomes(Shape::Number);
            }
            return Some(());
        }
        if !folded.is_empty() && folded.bytes().all(|byte| matches!(byte, b'h' | b'm' | b's')) {
            self.becomes(Shape::Duration);
            return Some(());
        }
        match condition(&inside) {
            Some(condition) => self.section.condition = Some(condition),
            None => self.becomes(Shape::Scaled),
        }
        Some(())
    }
}

fn condition(text: &str) -> Option<Condition> {
    let signs = [
        ("<=", Compare::LessOrSame),
        (">=", Compare::MoreOrSame),
        ("<>", Compare::Other),
        ("<", Compare::Less),
        (">", Compare::More),
        ("=", Compare::Same),
    ];
    let (sign, compare) = signs.into_iter().find(|(sign, _)| text.starts_with(sign))?;
    Some(Condition { compare, with: text[sign.len()..].trim().parse().ok()? })
}

//! What a number format consists of, and how a number is written by it.

/// A part of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// Characters that stand as they are.
    Literal(String),
    /// A place for a digit: `0`, `#` or `?`.
    Digit(char),
    /// The decimal point.
    Point,
    /// The number as its digits.
    General,
    /// The text of a cell of text.
    Text,
}

/// What numbers become by a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Digits and characters: perhaps a code.
    Code,
    /// The same number in a form that is no code.
    Number,
    /// Another number, or something that depends on more than the number.
    Scaled,
    /// A date or a time of day.
    Date,
    /// A duration.
    Duration,
}

/// When a section is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Condition {
    /// How a number is compared.
    pub compare: Compare,
    /// With what.
    pub with: f64,
}

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `<`
    Less,
    /// `<=`
    LessOrSame,
    /// `>`
    More,
    /// `>=`
    MoreOrSame,
    /// `=`
    Same,
    /// `<>`
    Other,
}

impl Condition {
    fn holds(self, number: f64) -> bool {
        match self.compare {
            Compare::Less => number < self.with,
            Compare::LessOrSame => number <= self.with,
            Compare::More => number > self.with,
            Compare::MoreOrSame => number >= self.with,
            Compare::Same => number.to_bits() == self.with.to_bits(),
            Compare::Other => number.to_bits() != self.with.to_bits(),
        }
    }
}

/// A section: formats have up to three for numbers, and one for texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// What numbers become.
    pub shape: Shape,
    /// When it is used, where that is said.
    pub condition: Option<Condition>,
    /// Thousands are set apart.
    pub is_grouped: bool,
    /// What it consists of.
    pub tokens: Vec<Token>,
}

/// The section for a number, and whether a minus is written before it.
pub fn section_of(sections: &[Section], number: f64) -> Option<(&Section, bool)> {
    let conditional = sections.iter().take(3).any(|section| section.condition.is_some());
    if conditional {
        let last = sections.len().min(3) - 1;
        let fits = |(at, section): &(usize, &Section)| match section.condition {
            Some(condition) => condition.holds(number),
            None => *at == last || (*at == 1 && number < 0.0),
        };
        return sections.iter().take(3).enumerate().find(fits).map(|(_, section)| (section, number < 0.0));
    }
    match sections {
        [] => None,
        [only] => Some((only, number < 0.0)),
        [_, second, ..] if number < 0.0 => Some((second, false)),
        [_, _, third, ..] if number == 0.0 => Some((third, false)),
        [first, ..] => Some((first, false)),
    }
}

impl Section {
    /// True where numbers are written as their digits and nothing else.
    pub fn is_general(&self) -> bool {
        self.condition.is_none() && self.tokens == [Token::General]
    }

    /// True for a section of texts by which they are shown as they are.
    pub fn is_plain_text(&self) -> bool {
        let is_other = |token: &Token| match token {
            Token::Text => false,
            Token::Literal(text) => !text.trim().is_empty(),
            _ => true,
        };
        let texts = self.tokens.iter().filter(|token| **token == Token::Text).count();
        texts == 1 && !self.tokens.iter().any(is_other)
    }

    /// True where the text of a cell of text is shown.
    pub fn has_text(&self) -> bool {
        self.tokens.contains(&Token::Text)
    }

    /// Writes a text.
    pub fn write_text(&self, text: &str, shown: &mut String) {
        for token in &self.tokens {
            match token {
                Token::Literal(literal) => shown.push_str(literal),
                Token::Text => shown.push_str(text),
                Token::Digit(_) | Token::Point | Token::General => {}
            }
        }
    }

    /// True where numbers are shown as percentages.
    pub fn is_percent(&self) -> bool {
        let has_sign = |token: &Token| matches!(token, Token::Literal(text) if text.contains('%'));
        self.shape == Shape::Scaled && self.tokens.iter().any(has_sign)
    }

    /// Writes a number that is not negative.
    pub fn write(&self, number: f64, shown: &mut String) {
        if self.tokens.iter().any(|token| matches!(token, Token::General | Token::Text)) {
            for token in &self.tokens {
                match token {
                    Token::Literal(text) => shown.push_str(text),
                    Token::General | Token::Text => {
                        let mut digits = String::new();
                        write_digits(number, &mut digits);
                        shown.push_str(&digits);
                    }
                    Token::Digit(_) | Token::Point => {}
                }
            }
            return;
        }
        let point = self.tokens.iter().position(|token| *token == Token::Point);
        let (before, after) = self.tokens.split_at(point.unwrap_or(self.tokens.len()));
        let places = after.iter().filter(|token| matches!(token, Token::Digit(_))).count();
        let (whole, part) = rounded(number, places);
        write_whole(before, &whole, self.is_grouped, shown);
        write_part(after, &part, shown);
    }
}

/// Fills the places before the point from the right; what does not fit stands in the first place.
fn write_whole(tokens: &[Token], digits: &str, is_grouped: bool, shown: &mut String) {
    let mut left: Vec<char> = digits.chars().collect();
    let first = tokens.iter().position(|token| matches!(token, Token::Digit(_)));
    // From the right.
    let mut found: Vec<char> = Vec::new();
    let mut count = 0;
    for (at, token) in tokens.iter().enumerate().rev() {
        match token {
            Token::Literal(text) => found.extend(text.chars().rev()),
            Token::Digit(place) => {
                let mut put = |one: char, found: &mut Vec<char>| {
                    if is_grouped && count > 0 && count % 3 == 0 {
                        found.push(',');
                    }
                    count += 1;
                    found.push(one);
                };
                match (left.pop(), place) {
                    (Some(digit), _) => put(digit, &mut found),
                    (None, '0') => put('0', &mut found),
                    (None, '?') => found.push(' '),
                    (None, _) => {}
                }
                if Some(at) == first {
                    while let Some(digit) = left.pop() {
                        put(digit, &mut found);
                    }
                }
            }
            Token::Point | Token::General | Token::Text => {}
        }
    }
    shown.extend(found.iter().rev());
}

fn write_part(tokens: &[Token], digits: &str, shown: &mut String) {
    let mut digits = digits.chars().peekable();
    for token in tokens {
        match token {
            Token::Point => shown.push('.'),
            Token::Literal(text) => shown.push_str(text),
            Token::Digit(place) => {
                let is_rest_zero = digits.clone().all(|digit| digit == '0');
                match digits.next() {
                    Some('0') if *place == '#' && is_rest_zero => {}
                    Some('0') if *place == '?' && is_rest_zero => shown.push(' '),
                    Some(digit) => shown.push(digit),
                    None => {}
                }
            }
            Token::General | Token::Text => {}
        }
    }
}

/// The digits before the point, of which 0 has none, and so many behind it. Spreadsheets round the fifteen digits that
/// they keep, a half away from zero: 1.005 becomes 1.01, though what is stored is a little less.
fn rounded(number: f64, places: usize) -> (String, String) {
    const DIGITS: usize = 15;
    let written = format!("{number:.*e}", DIGITS - 1);
    let (mantissa, power) = written.split_once('e').unwrap_or((&written, "0"));
    let power: i32 = power.parse().unwrap_or_default();
    let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    // Zeros in front, so that there is a digit before the point, and one more for what is carried.
    let (zeros, point) = if power < 0 { (1 - power, 2) } else { (1, power + 2) };
    let size = |number: i32| usize::try_from(number).unwrap_or_default();
    digits.splice(0..0, std::iter::repeat_n(b'0', size(zeros)));
    let point = size(point);
    let kept = point + places;
    let is_up = digits.get(kept).is_some_and(|digit| *digit >= b'5');
    digits.resize(kept, b'0');
    if is_up {
        for digit in digits.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                break;
            }
            *digit = b'0';
        }
    }
    let text = |digits: &[u8]| String::from_utf8_lossy(digits).into_owned();
    (text(&digits[..point]).trim_start_matches('0').to_owned(), text(&digits[point..]))
}

/// A number as it was typed: whole numbers without a point, others with at most the fifteen digits that are kept.
pub fn write_digits(number: f64, text: &mut String) {
    use std::fmt::Write as _;
    let written = if number.fract() == 0.0 && number.abs() < 9e15 {
        write!(text, "{number:.0}")
    } else {
        let kept = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
        write!(text, "{kept}")
    };
    written.expect("writing into a text cannot fail");
    if text == "-0" {
        text.replace_range(.., "0");
    }
}

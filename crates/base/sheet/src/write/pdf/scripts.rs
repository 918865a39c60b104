//! Which script a letter belongs to, where a line is cut so that each part has one script and one direction, and in which
//! order the parts are seen.
//!
//! Lines run from left to right; what is written from right to left is turned round inside them, as browsers do.

use harfrust::{Script, script};
use unicode_bidi::{BidiInfo, Level};

/// The scripts that are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lettering {
    /// Latin, with figures and symbols.
    Latin,
    /// Hindi and Marathi.
    Devanagari,
    /// Gujarati.
    Gujarati,
    /// Punjabi.
    Gurmukhi,
    /// Bengali and Assamese.
    Bengali,
    /// Tamil.
    Tamil,
    /// Telugu.
    Telugu,
    /// Kannada.
    Kannada,
    /// Urdu, from right to left.
    Urdu,
}

impl Lettering {
    /// The script of a letter; `None` for spaces and symbols, which all scripts share.
    pub fn of(character: char) -> Option<Self> {
        match character {
            '\u{900}'..='\u{97f}' | '\u{1cd0}'..='\u{1cff}' | '\u{a8e0}'..='\u{a8ff}' => Some(Self::Devanagari),
            '\u{980}'..='\u{9ff}' => Some(Self::Bengali),
            '\u{a00}'..='\u{a7f}' => Some(Self::Gurmukhi),
            '\u{a80}'..='\u{aff}' => Some(Self::Gujarati),
            '\u{b80}'..='\u{bff}' => Some(Self::Tamil),
            '\u{c00}'..='\u{c7f}' => Some(Self::Telugu),
            '\u{c80}'..='\u{cff}' => Some(Self::Kannada),
            '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' => {
                Some(Self::Urdu)
            }
            _ if character.is_alphanumeric() => Some(Self::Latin),
            _ => None,
        }
    }

    /// What the font calls it.
    pub fn tag(self) -> Script {
        match self {
            Self::Latin => script::LATIN,
            Self::Devanagari => script::DEVANAGARI,
            Self::Gujarati => script::GUJARATI,
            Self::Gurmukhi => script::GURMUKHI,
            Self::Bengali => script::BENGALI,
            Self::Tamil => script::TAMIL,
            Self::Telugu => script::TELUGU,
            Self::Kannada => script::KANNADA,
            Self::Urdu => script::ARABIC,
        }
    }

    /// True for the two scripts of the font that has the symbols, too.
    fn has_symbols(self) -> bool {
        matches!(self, Self::Latin | Self::Devanagari)
    }
}

/// A part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'t> {
    /// What it says.
    pub text: &'t str,
    /// Its script.
    pub lettering: Lettering,
    /// Whether it runs from right to left.
    pub is_leftward: bool,
}

/// The parts of a line as they are seen, from the left.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    if !text.chars().any(|character| Lettering::of(character) == Some(Lettering::Urdu)) {
        return cut(text, false);
    }
    let bidi = BidiInfo::new(text, Some(Level::ltr()));
    let mut parts = Vec::new();
    for paragraph in &bidi.paragraphs {
        let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
        for run in runs {
            let is_leftward = levels[run.start].is_rtl();
            let mut of_run = cut(&text[run], is_leftward);
            if is_leftward {
                of_run.reverse();
            }
            parts.append(&mut of_run);
        }
    }
    parts
}

/// Parts of one script each. Spaces and joiners belong to what comes before them, and so do symbols if its font has them.
fn cut(text: &str, is_leftward: bool) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let Some(mut now) = text.chars().find_map(Lettering::of).or((!text.is_empty()).then_some(Lettering::Latin)) else {
        return parts;
    };
    let mut begin = 0;
    for (at, character) in text.char_indices() {
        let keeps = now.has_symbols() || matches!(character, ' ' | '\u{a0}' | '\u{200c}' | '\u{200d}');
        let next = Lettering::of(character).unwrap_or(if keeps { now } else { Lettering::Latin });
        if next != now {
            if at > begin {
                parts.push(Part { text: &text[begin..at], lettering: now, is_leftward });
            }
            (begin, now) = (at, next);
        }
    }
    parts.push(Part { text: &text[begin..], lettering: now, is_leftward });
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<(&str, Lettering)> {
        parts(text).into_iter().map(|part| (part.text, part.lettering)).collect()
    }

    #[test]
    fn symbols_are_drawn_by_the_font_that_has_them() {
        use Lettering::{Devanagari, Gujarati, Latin};
        assert_eq!(seen("बैग – 12 kg"), [("बैग – ", Devanagari), ("12 kg", Latin)]);
        assert_eq!(seen("રાજ & સન્સ 12"), [("રાજ ", Gujarati), ("& ", Latin), ("સન્સ ", Gujarati), ("12", Latin)]);
        assert_eq!(seen(" - "), [(" - ", Latin)]);
        assert_eq!(seen(""), []);
    }

    #[test]
    fn urdu_is_turned_round_inside_a_line_and_its_figures_are_not() {
        let all = parts("SB1 حیدر (12) ٹریڈرز kg");
        let words: Vec<&str> = all.iter().map(|part| part.text.trim()).collect();
        assert_eq!(words, ["SB1", "ٹریڈرز", ")", "12", "(", "حیدر", "kg"]);
        assert!(
            all.iter()
                .all(|part| part.is_leftward == (part.lettering == Lettering::Urdu || "()".contains(part.text.trim())))
        );
    }
}

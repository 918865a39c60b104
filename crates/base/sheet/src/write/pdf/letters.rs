//! Letters of the fonts that are built in: Latin, Devanagari and seven more scripts of India. Text is shaped here, so that
//! its width is known before it is placed, and vowel signs and conjuncts are placed as each script needs them.
//!
//! The first font is Noto Sans Devanagari 2.006 (SIL Open Font License), cut by `pyftsubset` to Latin, Latin-1 and
//! Extended-A, Devanagari, and common symbols, with all its layout features and without hints; the others are those of
//! `build.rs`. A letter that none has is replaced by a mark that can be seen, and the line says that there is one.

use std::cell::OnceCell;

use harfrust::{Direction, FontRef, ShapeOptions, ShapePlan, ShaperData, UnicodeBuffer};
use krilla::Data;
use krilla::text::{Font, GlyphId, KrillaGlyph};

use super::scripts::{Lettering, Part, parts};

const REGULAR: &[u8] = include_bytes!("../../../fonts/NotoSansDevanagari-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../../fonts/NotoSansDevanagari-Bold.ttf");
/// The two weights of a font that the build has taken in; empty if it had none.
macro_rules! taken_in {
    ($name:literal) => {
        [
            include_bytes!(concat!(env!("OUT_DIR"), "/NotoSans", $name, "-Regular.ttf")),
            include_bytes!(concat!(env!("OUT_DIR"), "/NotoSans", $name, "-Bold.ttf")),
        ]
    };
}
const OTHERS: [(Lettering, [&[u8]; 2]); 7] = [
    (Lettering::Gujarati, taken_in!("Gujarati")),
    (Lettering::Gurmukhi, taken_in!("Gurmukhi")),
    (Lettering::Bengali, taken_in!("Bengali")),
    (Lettering::Tamil, taken_in!("Tamil")),
    (Lettering::Telugu, taken_in!("Telugu")),
    (Lettering::Kannada, taken_in!("Kannada")),
    (Lettering::Urdu, taken_in!("Arabic")),
];
const IS_A_FONT: &str = "the font is part of the program, and a test opens it";
const ELLIPSIS: char = '…';
/// Stands where a letter is missing in the font.
pub const MISSING: char = '◌';

/// The weight of the font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// As text.
    Regular,
    /// As headings.
    Bold,
}

/// The fonts, opened; those of other scripts when they are first needed.
pub struct Letters {
    regular: Face,
    bold: Face,
    others: Vec<[OnceCell<Option<Face>>; 2]>,
}

struct Face {
    file: FontRef<'static>,
    shaping: ShaperData,
    plans: Vec<(Lettering, ShapePlan)>,
    font: Font,
    units_per_em: f32,
}

/// A line of text, ready to be placed.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its parts, from the left, each of one script.
    pub runs: Vec<Run>,
    /// Its weight.
    pub weight: Weight,
    /// Its width at a size of 1.
    pub width_em: f32,
    /// True when letters of it are missing in the font.
    pub is_incomplete: bool,
}

/// A part of a line in one script.
#[derive(Clone, Debug)]
pub struct Run {
    /// What it says.
    pub text: String,
    /// Its script, which has a font of its own.
    pub lettering: Lettering,
    /// How that looks.
    pub glyphs: Vec<KrillaGlyph>,
    /// Its width at a size of 1.
    pub width_em: f32,
}

/// How much room a text may take.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Its width at a size of 1.
    pub width_em: f32,
    /// Most lines.
    pub lines_max: usize,
}

impl Letters {
    /// Opens the fonts.
    pub fn new() -> Self {
        const OF_BOTH: &[Lettering] = &[Lettering::Latin, Lettering::Devanagari];
        let others = OTHERS.iter().map(|_| [const { OnceCell::new() }; 2]).collect();
        Self { regular: Face::new(REGULAR, OF_BOTH), bold: Face::new(BOLD, OF_BOTH), others }
    }

    /// The font of a script.
    pub fn font(&self, lettering: Lettering, weight: Weight) -> Font {
        self.face(lettering, weight).font.clone()
    }

    fn face(&self, lettering: Lettering, weight: Weight) -> &Face {
        let (first, nth) = match weight {
            Weight::Regular => (&self.regular, 0),
            Weight::Bold => (&self.bold, 1),
        };
        let Some(at) = OTHERS.iter().position(|(other, _)| *other == lettering) else { return first };
        let bytes = OTHERS[at].1[nth];
        let open = || (!bytes.is_empty()).then(|| Face::new(bytes, &[lettering]));
        self.others[at][nth].get_or_init(open).as_ref().unwrap_or(first)
    }

    fn shaped(&self, text: &str, weight: Weight) -> Vec<Run> {
        parts(text).into_iter().map(|part| self.face(part.lettering, weight).shape(part)).collect()
    }

    /// The text with the mark in place of each letter that no font has.
    fn marked(&self, text: &str, weight: Weight) -> String {
        let mut letter = [0; 4];
        let mut has = |character: char| {
            let lettering = Lettering::of(character).unwrap_or(Lettering::Latin);
            let part = Part { text: character.encode_utf8(&mut letter), lettering, is_leftward: false };
            !self.face(lettering, weight).shape(part).lacks_letters()
        };
        text.chars().map(|character| if character == ' ' || has(character) { character } else { MISSING }).collect()
    }

    /// One line, however long.
    pub fn line(&self, text: &str, weight: Weight) -> Line {
        let clean: String = text.chars().filter(|character| !is_unseen(*character)).map(plain).collect();
        let mut runs = self.shaped(&clean, weight);
        let is_incomplete = runs.iter().any(Run::lacks_letters);
        if is_incomplete {
            runs = self.shaped(&self.marked(&clean, weight), weight);
        }
        let width_em = runs.iter().map(|run| run.width_em).sum();
        Line { runs, weight, width_em, is_incomplete }
    }

    /// The text in lines that fit the room, broken between words where that is possible; what does not fit at all ends
    /// with `…`.
    pub fn wrap(&self, text: &str, weight: Weight, room: Room) -> Vec<Line> {
        let whole = self.line(text, weight);
        if whole.width_em <= room.width_em {
            return vec![whole];
        }
        let mut lines = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let is_last = lines.len() + 1 >= room.lines_max;
            let (begin, left) = self.break_off(rest, weight, room.width_em);
            if is_last && !left.is_empty() {
                lines.push(self.cut(begin, weight, room.width_em));
                break;
            }
            lines.push(self.line(begin, weight));
            rest = left;
        }
        lines
    }

    /// As much of the text as fits, and the rest; at least one letter.
    pub(super) fn break_off<'t>(&self, text: &'t str, weight: Weight, width_em: f32) -> (&'t str, &'t str) {
        let fits = |end: usize| self.line(text[..end].trim_end(), weight).width_em <= width_em;
        if fits(text.len()) {
            return (text, "");
        }
        // Ends of letters, then ends of words among them; widths grow with the end, so both can be searched by
        // bisection.
        let mut ends: Vec<usize> = text.char_indices().map(|(at, _)| at).skip(1).collect();
        ends.truncate(ends.partition_point(|end| fits(*end)));
        let Some(last) = ends.last().copied() else {
            let end = text.chars().next().map_or(0, char::len_utf8);
            return (&text[..end], text[end..].trim_start());
        };
        let is_end_of_word = |end: &usize| text[*end..].starts_with(char::is_whitespace);
        let end = ends.iter().rev().copied().find(is_end_of_word).unwrap_or(last);
        (text[..end].trim_end(), text[end..].trim_start())
    }

    fn cut(&self, text: &str, weight: Weight, width_em: f32) -> Line {
        let mut kept = text.trim_end().to_owned();
        loop {
            let line = self.line(&format!("{kept}{ELLIPSIS}"), weight);
            if line.width_em <= width_em || kept.pop().is_none() {
                return line;
            }
        }
    }
}

impl Face {
    fn new(bytes: &'static [u8], letterings: &[Lettering]) -> Self {
        let file = FontRef::new(bytes).expect(IS_A_FONT);
        let font = Font::new(Data::from(bytes.to_vec()), 0).expect(IS_A_FONT);
        let shaping = ShaperData::new(&file);
        let shaper = shaping.shaper(&file).build();
        let plan = |lettering: &Lettering| {
            (
                *lettering,
                ShapePlan::new(&shaper, direction(*lettering == Lettering::Urdu), Some(lettering.tag()), None, &[]),
            )
        };
        let plans = letterings.iter().map(plan).collect();
        let units_per_em = font.units_per_em();
        Self { file, shaping, plans, font, units_per_em }
    }

    fn shape(&self, Part { text, lettering, is_leftward }: Part<'_>) -> Run {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(direction(is_leftward));
        buffer.set_script(lettering.tag());
        // A plan is of one script and one direction.
        let is_usual = is_leftward == (lettering == Lettering::Urdu);
        let plan = self.plans.iter().find(|(of, _)| is_usual && *of == lettering).map(|(_, plan)| plan);
        let options = ShapeOptions::new().plan(plan);
        let shaped = self.shaping.shaper(&self.file).build().shape(buffer, options);
        let begins: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        // Letters come back in the order in which they are seen, and inside a cluster in any order.
        let end_of = |at: usize| begins.iter().copied().filter(|next| *next > begins[at]).min().unwrap_or(text.len());
        let mut glyphs = Vec::with_capacity(begins.len());
        for (at, (info, place)) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()).enumerate() {
            glyphs.push(KrillaGlyph {
                glyph_id: GlyphId::new(info.glyph_id),
                text_range: begins[at]..end_of(at),
                x_advance: self.em(place.x_advance),
                x_offset: self.em(place.x_offset),
                y_offset: self.em(place.y_offset),
                y_advance: self.em(place.y_advance),
                location: None,
            });
        }
        let width_em = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        Run { text: text.to_owned(), lettering, glyphs, width_em }
    }

    /// Units of the font as a share of its size; the font's own numbers are 16 bits wide.
    fn em(&self, units: i32) -> f32 {
        f32::from(i16::try_from(units).unwrap_or(i16::MAX)) / self.units_per_em
    }
}

impl Run {
    fn lacks_letters(&self) -> bool {
        self.glyphs.iter().any(|glyph| glyph.glyph_id.to_u32() == 0)
    }
}

/// True for what has no form of its own: marks of direction, joiners of emoji, an order of bytes. Paper has one
/// direction, and a letter that turns others round would make it lie. The two joiners of Hindi stay.
fn is_unseen(character: char) -> bool {
    matches!(character, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ad}' | '\u{e0000}'..='\u{e0fff}')
}

/// A space for what is none but takes its place.
fn plain(character: char) -> char {
    if character.is_control() || (character.is_whitespace() && character != '\u{a0}') { ' ' } else { character }
}

fn direction(is_leftward: bool) -> Direction {
    if is_leftward { Direction::RightToLeft } else { Direction::LeftToRight }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_equally_wide_and_every_letter_of_both_languages_is_there() {
        let letters = Letters::new();
        for weight in [Weight::Regular, Weight::Bold] {
            let widths: Vec<f32> =
                ('0'..='9').map(|figure| letters.line(&figure.to_string(), weight).width_em).collect();
            assert!(widths.windows(2).all(|pair| pair[0].to_bits() == pair[1].to_bits()), "{widths:?}");
            let text = "पैरेंट चाइल्ड बैग बिल क्षत्रिय ज्ञान श्री ₹ – … AÉz 09 kg";
            let missing = letters
                .line(text, weight)
                .runs
                .iter()
                .flat_map(|run| run.glyphs.clone())
                .find(|glyph| glyph.glyph_id.to_u32() == 0);
            assert!(missing.is_none(), "{missing:?}");
        }
    }

    #[test]
    fn a_letter_that_the_font_lacks_is_seen_as_a_mark() {
        let letters = Letters::new();
        let said = |text: &str| {
            let line = letters.line(text, Weight::Bold);
            (line.runs.iter().map(|run| run.text.as_str()).collect::<String>(), line.is_incomplete)
        };
        assert_eq!(said("日本 Ltd"), ("◌◌ Ltd".to_owned(), true));
        assert_eq!(said("गुप्ता → 🙂"), ("गुप्ता ◌ ◌".to_owned(), true));
        assert_eq!(said("Café\u{202e} 5\u{2009}kg"), ("Café 5 kg".to_owned(), false));
        let glyphs = letters.line("ᚠ", Weight::Regular).runs.remove(0).glyphs;
        assert!(glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != 0));
    }

    #[test]
    fn every_script_of_india_that_the_build_has_fonts_for_is_drawn_whole() {
        let letters = Letters::new();
        for (at, (text, conjunct)) in [
            ("રાજકોટ ક્ષેત્ર", "ક્ષ"),
            ("ਲੁਧਿਆਣਾ ਮੰਡੀ", ""),
            ("কলকাতা ক্ষেত্র", "ক্ষ"),
            ("சென்னை கிடங்கு", ""),
            ("హైదరాబాద్ గోదాము", "క్ష"),
            ("ಬೆಂಗಳೂರು ಗೋದಾಮು", "ಕ್ಷ"),
            ("حیدرآباد گودام", "لا"),
        ]
        .into_iter()
        .enumerate()
        {
            for (nth, weight) in [Weight::Regular, Weight::Bold].into_iter().enumerate() {
                let line = letters.line(&format!("SB1 {text} 12 kg"), weight);
                assert_eq!(line.is_incomplete, OTHERS[at].1[nth].is_empty(), "{text}");
                let glyphs: usize = letters.line(conjunct, weight).runs.iter().map(|run| run.glyphs.len()).sum();
                assert!(line.is_incomplete || glyphs < conjunct.chars().count().max(1), "{conjunct}: {glyphs} glyphs");
            }
        }
    }

    #[test]
    fn a_conjunct_is_one_glyph() {
        let letters = Letters::new();
        let line = letters.line("क्ष KID", Weight::Regular);
        assert_eq!(line.runs.len(), 2);
        assert_eq!(line.runs[0].glyphs.len(), 2, "one character and a space");
    }

    #[test]
    fn a_short_i_is_placed_before_its_letter_and_both_belong_to_the_same_text() {
        let letters = Letters::new();
        let glyphs = |text: &str| letters.line(text, Weight::Regular).runs.remove(0).glyphs;
        let (letter, both) = (glyphs("क"), glyphs("कि"));
        assert_eq!(both.len(), 2);
        assert_eq!(both[1].glyph_id, letter[0].glyph_id, "the letter comes last");
        assert!(both.iter().all(|glyph| glyph.text_range == (0.."कि".len())), "{both:?}");
    }

    #[test]
    fn long_texts_break_between_words_and_end_with_a_mark_when_cut() {
        let letters = Letters::new();
        let said = |text: &str, room: Room| -> Vec<String> {
            let lines = letters.wrap(text, Weight::Regular, room);
            assert!(lines.iter().all(|line| line.width_em <= room.width_em));
            lines.iter().map(|line| line.runs.iter().map(|run| run.text.as_str()).collect()).collect()
        };
        let narrow = Room { width_em: 5.0, lines_max: 9 };
        assert_eq!(said("one two three four", narrow), ["one two", "three four"]);
        let long = "X".repeat(30);
        assert_eq!(said(&long, narrow).concat(), long);
        assert!(said(&long, Room { lines_max: 2, ..narrow })[1].ends_with('…'));
        assert_eq!(said("", narrow), [""]);
        assert_eq!(said(" - ", narrow), [" - "]);
    }
}

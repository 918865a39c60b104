//! A card that somebody is handed: a band with a name on top, what it says, a code that a camera reads, and what holds. It
//! is laid out once, so that the page, the picture and the paper show the same.

use crate::brand::{Logo, Rgb};
pub use crate::drawing::{CardArea, CardText, Drawing, WIDTH};
use crate::fault::WriteFault;
use crate::qr::Qr;
use crate::write::{CardLetters, card_as_pdf};

/// Between the edge and what stands inside.
const MARGIN: f32 = 24.0;
/// The side of the code: of one with 61 squares, each is 5 wide.
const CODE: f32 = 305.0;
const LOGO: f32 = 48.0;
/// The share of a line that is filled: the letters of a browser may be wider than those that are measured here.
const FILLED: f32 = 0.92;
const TITLE: f32 = 24.0;
const KIND: f32 = 15.0;
const LABEL: f32 = 11.0;
const VALUE: f32 = 16.0;
const SMALL: f32 = 11.0;
/// Most lines of one text.
const LINES_MAX: usize = 40;
const INK: Rgb = [0x1d, 0x20, 0x19];
const GREY: Rgb = [0x57, 0x5c, 0x50];
const RED: Rgb = [0x9b, 0x1c, 0x1c];

/// What a card says.
#[derive(Clone, Debug, Default)]
pub struct Card {
    /// What it is for.
    pub title: String,
    /// What it is.
    pub kind: String,
    /// What it says, each with its name.
    pub rows: Vec<CardRow>,
    /// What stands over the code.
    pub caption: String,
    /// The code; `None` where it is worth nothing.
    pub code: Option<String>,
    /// What stands in the place of a code that is worth nothing.
    pub stamp: String,
    /// Small lines below the code.
    pub notes: Vec<String>,
    /// The colours of the band, from left to right.
    pub colours: [Rgb; 2],
    /// The picture in the band.
    pub logo: Option<Logo>,
}

/// A row of a card.
#[derive(Clone, Debug, Default)]
pub struct CardRow {
    /// Its name.
    pub label: String,
    /// What it says.
    pub value: String,
}

/// A colour as pages write it.
pub fn css(color: Rgb) -> String {
    let [red, green, blue] = color;
    format!("#{red:02x}{green:02x}{blue:02x}")
}

impl Card {
    /// Puts everything in its place.
    pub fn drawing(&self) -> Drawing {
        let mut room = Room { letters: CardLetters::new(), texts: Vec::new(), y: MARGIN };
        let logo = self.logo.clone().map(|logo| {
            let width = (LOGO * logo.proportion()).min(2.0 * LOGO);
            let area = CardArea { x: WIDTH - MARGIN - width, y: MARGIN, width, height: width / logo.proportion() };
            (area, logo)
        });
        let taken = logo.as_ref().map_or(0.0, |(area, _)| area.width + 12.0);
        let ink = readable_on(self.colours);
        room.write(&self.title, Style { size: TITLE, is_bold: true, color: ink }, taken);
        room.write(&self.kind, Style { size: KIND, is_bold: false, color: ink }, taken);
        let logo_ends = logo.as_ref().map_or(0.0, |(area, _)| area.y + area.height);
        let band = room.y.max(logo_ends) + MARGIN * 0.6;
        room.y = band + MARGIN * 0.8;
        for row in &self.rows {
            room.write(&row.label, Style { size: LABEL, is_bold: false, color: GREY }, 0.0);
            room.write(&row.value, Style { size: VALUE, is_bold: true, color: INK }, 0.0);
            room.y += 5.0;
        }
        let code = self.code.as_deref().and_then(Qr::of).map(|code| {
            room.centre(&self.caption, Style { size: LABEL + 1.0, is_bold: true, color: INK });
            let area = CardArea { x: (WIDTH - CODE) / 2.0, y: room.y, width: CODE, height: CODE };
            room.y += CODE + 8.0;
            (area, code)
        });
        if code.is_none() {
            room.y += 24.0;
            room.centre(&self.stamp, Style { size: TITLE, is_bold: true, color: RED });
            room.y += 24.0;
        }
        for note in &self.notes {
            for line in note.lines() {
                room.write(line, Style { size: SMALL, is_bold: false, color: GREY }, 0.0);
            }
            room.y += 3.0;
        }
        Drawing { height: room.y + MARGIN * 0.6, band, colours: self.colours, texts: room.texts, code, logo }
    }

    /// The card as a sheet of paper.
    pub fn pdf(&self, language: &str) -> Result<Vec<u8>, WriteFault> {
        card_as_pdf(&self.drawing(), &self.title, language)
    }
}

#[derive(Clone, Copy)]
struct Style {
    size: f32,
    is_bold: bool,
    color: Rgb,
}

struct Room {
    letters: CardLetters,
    texts: Vec<CardText>,
    y: f32,
}

impl Room {
    /// A text in as many lines as it needs; `taken` of the width is not free.
    fn write(&mut self, text: &str, style: Style, taken: f32) {
        let width = (WIDTH - 2.0 * MARGIN - taken) * FILLED;
        self.put(text, style, width, None);
    }

    fn centre(&mut self, text: &str, style: Style) {
        self.put(text, style, (WIDTH - 2.0 * MARGIN) * FILLED, Some(WIDTH / 2.0));
    }

    fn put(&mut self, text: &str, style: Style, width: f32, middle: Option<f32>) {
        let Style { size, is_bold, color } = style;
        for line in self.letters.lines(text, is_bold, width / size, LINES_MAX) {
            self.y += size * 1.1;
            self.texts.push(CardText {
                x: middle.unwrap_or(MARGIN),
                y: self.y,
                size,
                is_bold,
                is_centred: middle.is_some(),
                color,
                text: line,
            });
            self.y += size * 0.3;
        }
    }
}

/// Black or white, whichever is read better on both colours.
fn readable_on(colours: [Rgb; 2]) -> Rgb {
    let on_white = colours.iter().map(|color| 1.05 / (color.luminance() + 0.05)).fold(f64::MAX, f64::min);
    let on_black = colours.iter().map(|color| (color.luminance() + 0.05) / 0.05).fold(f64::MAX, f64::min);
    if on_white >= on_black { [0xff; 3] } else { [0; 3] }
}

trait Luminance {
    fn luminance(&self) -> f64;
}

impl Luminance for Rgb {
    fn luminance(&self) -> f64 {
        crate::brand::luminance(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> Card {
        Card {
            title: "Diwali Night".into(),
            kind: "Couple".into(),
            rows: vec![CardRow { label: "Name".into(), value: "आशा <b>\"\\ 🙂 \u{202e}x".into() }],
            caption: "Scan at entry".into(),
            code: Some("x".repeat(164)),
            notes: vec!["One entry.\nNo refund.".into(), "word ".repeat(300)],
            colours: [[0x66, 0x7e, 0xea], [0xff, 0x99, 0x33]],
            ..Card::default()
        }
    }

    #[test]
    fn texts_stay_as_they_were_typed_and_everything_fits() {
        let drawing = card().drawing();
        assert!(drawing.texts.iter().any(|text| text.text == card().rows[0].value));
        assert!(drawing.texts.iter().all(|text| text.y < drawing.height));
        let (area, code) = drawing.code.expect("a code");
        assert_eq!(code.side, 61);
        assert!(area.width / 61.0 >= 4.0, "a square is at least four wide");
        let worthless = Card { code: None, stamp: "Cancelled".into(), ..card() }.drawing();
        assert!(worthless.code.is_none() && worthless.texts.iter().any(|text| text.text == "Cancelled"));
    }

    #[test]
    fn letters_on_the_band_are_those_that_are_read_better() {
        assert_eq!(readable_on([[0, 0, 80]; 2]), [0xff; 3]);
        assert_eq!(readable_on([[0xff, 0xee, 0x99]; 2]), [0; 3]);
    }

    #[test]
    fn a_card_is_a_sheet_of_paper_and_the_same_each_time() {
        let pdf = card().pdf("en").expect("a sheet");
        assert!(pdf.starts_with(b"%PDF") && pdf == card().pdf("en").expect("a sheet"));
        let long = Card { rows: vec![card().rows[0].clone(); 60], ..card() };
        assert!(long.pdf("hi").expect("a sheet").starts_with(b"%PDF"));
    }
}

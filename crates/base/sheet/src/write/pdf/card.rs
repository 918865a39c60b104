//! A card on a sheet of A4, with its edge to cut along. One that is longer than the sheet is drawn smaller.

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Size, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, LinearGradient, SpreadMethod, Stop, Stroke};
use krilla::surface::Surface;

use super::letters::{Letters, Weight};
use super::pages::{Area, HAIR};
use super::{LONG_SIDE, SHORT_SIDE, fill, outline, paint};
use crate::brand::Rgb;
use crate::drawing::{CardText, Drawing, WIDTH};
use crate::fault::WriteFault;
use crate::qr::Qr;

/// Between the edge of the sheet and the card.
const MARGIN: f32 = 36.0;

/// Measures texts for cards.
pub struct CardLetters(Letters);

impl CardLetters {
    /// Opens the font.
    pub fn new() -> Self {
        Self(Letters::new())
    }

    /// The text in lines of at most this width at a size of 1, broken between words where that is possible. What does not
    /// fit into so many lines ends with `…`.
    pub fn lines(&self, text: &str, is_bold: bool, width_em: f32, lines_max: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            if lines.len() == lines_max {
                if let Some(last) = lines.last_mut() {
                    last.push('…');
                }
                break;
            }
            let (begin, left) = self.0.break_off(rest, weight(is_bold), width_em);
            lines.push(begin.to_owned());
            rest = left;
        }
        lines
    }
}

fn weight(is_bold: bool) -> Weight {
    if is_bold { Weight::Bold } else { Weight::Regular }
}

/// Draws a card.
pub fn card(drawing: &Drawing, title: &str, language: &str) -> Result<Vec<u8>, WriteFault> {
    let letters = Letters::new();
    let mut document = Document::new();
    let about = Metadata::new().title(title.to_owned()).language(language.to_owned());
    document.set_metadata(about.creator("Tallyhouse".to_owned()));
    let mut page = document.start_page_with(PageSettings::from_wh(SHORT_SIDE, LONG_SIDE).expect("A4 is a size"));
    let mut surface = page.surface();
    let scale = ((LONG_SIDE - 2.0 * MARGIN) / drawing.height).min(1.0);
    let left = (SHORT_SIDE - WIDTH * scale) / 2.0;
    surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, left, MARGIN));
    band(&mut surface, drawing);
    edge(&mut surface, drawing.height);
    if let Some((area, logo)) = &drawing.logo
        && let Some(size) = Size::from_wh(area.width, area.height)
    {
        surface.push_transform(&Transform::from_translate(area.x, area.y));
        logo.draw(&mut surface, size);
        surface.pop();
    }
    if let Some((area, code)) = &drawing.code {
        squares(&mut surface, Area { x: area.x, y: area.y, width: area.width, height: area.height }, code);
    }
    for text in &drawing.texts {
        write(&mut surface, &letters, text);
    }
    surface.pop();
    surface.finish();
    page.finish();
    document.finish().map_err(|error| WriteFault::Pdf(format!("{error:?}")))
}

fn band(surface: &mut Surface<'_>, drawing: &Drawing) {
    let [from, to] = drawing.colours.map(|[red, green, blue]: Rgb| rgb::Color::new(red, green, blue));
    let stop = |offset, color: rgb::Color| Stop { offset, color: color.into(), opacity: NormalizedF32::ONE };
    let gradient = LinearGradient {
        x1: 0.0,
        y1: 0.0,
        x2: WIDTH,
        y2: 0.0,
        transform: Transform::default(),
        spread_method: SpreadMethod::Pad,
        stops: vec![stop(NormalizedF32::ZERO, from), stop(NormalizedF32::ONE, to)],
        anti_alias: false,
    };
    let area = Area { x: 0.0, y: 0.0, width: WIDTH, height: drawing.band };
    if let Some(path) = outline(area, 0.0) {
        surface.set_stroke(None);
        surface.set_fill(Some(Fill { paint: gradient.into(), opacity: NormalizedF32::ONE, ..Fill::default() }));
        surface.draw_path(&path);
    }
}

/// The edge to cut along.
fn edge(surface: &mut Surface<'_>, height: f32) {
    if let Some(path) = outline(Area { x: 0.0, y: 0.0, width: WIDTH, height }, 0.0) {
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke { paint: paint(HAIR), width: 0.8, ..Stroke::default() }));
        surface.draw_path(&path);
    }
}

fn squares(surface: &mut Surface<'_>, area: Area, code: &Qr) {
    let side = area.width / f32::from(u16::try_from(code.side).unwrap_or(u16::MAX));
    let mut path = PathBuilder::new();
    for run in &code.runs {
        let of = |squares: usize| f32::from(u16::try_from(squares).unwrap_or(u16::MAX)) * side;
        let (x, y, width) = (area.x + of(run.x), area.y + of(run.y), of(run.length));
        path.move_to(x, y);
        path.line_to(x + width, y);
        path.line_to(x + width, y + side);
        path.line_to(x, y + side);
        path.close();
    }
    if let Some(path) = path.finish() {
        surface.set_stroke(None);
        surface.set_fill(Some(fill([0; 3])));
        surface.draw_path(&path);
    }
}

fn write(surface: &mut Surface<'_>, letters: &Letters, text: &CardText) {
    let line = letters.line(&text.text, weight(text.is_bold));
    let mut x = text.x - if text.is_centred { line.width_em * text.size / 2.0 } else { 0.0 };
    surface.set_stroke(None);
    surface.set_fill(Some(fill(text.color)));
    for run in &line.runs {
        let font = letters.font(run.lettering, line.weight);
        surface.draw_glyphs(Point::from_xy(x, text.y), &run.glyphs, font, &run.text, text.size, false);
        x += run.width_em * text.size;
    }
}

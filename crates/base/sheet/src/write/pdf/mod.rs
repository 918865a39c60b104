//! A report as PDF: laid out first, then drawn. It uses no clock and no randomness: the same report gives the same
//! bytes.

mod card;
mod chart;
mod head;
mod letters;
mod pages;
mod scripts;
mod table;
mod tiles;

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Size, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;

pub use self::card::{CardLetters, card};
use self::letters::Letters;
use self::pages::{Area, Mark, Pages};
use crate::brand::{Brand, Rgb};
use crate::fault::WriteFault;
use crate::report::Report;

/// Most rows of all tables of a report; more is for a spreadsheet.
pub const PDF_ROWS_MAX: usize = 10_000;
/// A4, in points.
const SHORT_SIDE: f32 = 595.28;
const LONG_SIDE: f32 = 841.89;
/// The corners of a frame.
const ROUND: f32 = 5.0;
/// Where the handles of a curve stand that comes closest to a quarter of a circle.
const QUARTER: f32 = 0.552;

/// The orientation of an A4 page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    /// Portrait.
    #[default]
    Portrait,
    /// Landscape.
    Landscape,
}

/// How a PDF is written.
#[derive(Clone, Copy, Debug)]
pub struct PdfOptions<'o> {
    /// The page.
    pub paper: Paper,
    /// The language of the words, as `en` or `hi`, for those who have it read aloud.
    pub language: &'o str,
    /// Whose paper it is.
    pub brand: &'o Brand,
}

/// Lays a report out and draws it.
pub fn report(report: &Report, options: &PdfOptions<'_>) -> Result<Vec<u8>, WriteFault> {
    if report.tables.iter().map(|table| table.rows.len()).sum::<usize>() > PDF_ROWS_MAX {
        return Err(WriteFault::TooManyRows { max: PDF_ROWS_MAX });
    }
    let letters = Letters::new();
    let size = match options.paper {
        Paper::Portrait => (SHORT_SIDE, LONG_SIDE),
        Paper::Landscape => (LONG_SIDE, SHORT_SIDE),
    };
    let mut pages = Pages::new(&letters, options.brand.color, size);
    head::head(&mut pages, report, options.brand);
    tiles::tiles(&mut pages, &report.figures);
    head::facts(&mut pages, report);
    // A paper for goods has no chart: it is read by whoever loads them.
    if let Some(picture) = report.bars.as_ref().filter(|_| report.slip.is_none()) {
        chart::chart(&mut pages, picture);
    }
    for table in &report.tables {
        table::table(&mut pages, table, &report.no_data, report.slip.is_some());
    }
    head::signatures(&mut pages, report);
    let foot = [&report.title, &report.made].map(String::as_str);
    let foot: Vec<&str> = foot.into_iter().filter(|part| !part.is_empty()).collect();
    pages.finish(&foot.join(" · "), &report.words);
    let pages = pages.filled;

    let mut document = Document::new();
    let about = Metadata::new().title(report.title.clone()).language(options.language.to_owned());
    document.set_metadata(about.creator("Tallyhouse".to_owned()));
    for marks in pages {
        let settings = PageSettings::from_wh(size.0, size.1).expect("A4 is a size");
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in &marks {
            draw(&mut surface, mark, &letters, options.brand);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| WriteFault::Pdf(format!("{error:?}")))
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, letters: &Letters, brand: &Brand) {
    match mark {
        Mark::Text { x, y, size, color, line } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*color)));
            let mut x = *x;
            for run in &line.runs {
                let font = letters.font(run.lettering, line.weight);
                surface.draw_glyphs(Point::from_xy(x, *y), &run.glyphs, font, &run.text, *size, false);
                x += run.width_em * size;
            }
        }
        Mark::Box { area, color } => {
            // A box without height is no path.
            if let Some(path) = outline(*area, 0.0) {
                surface.set_stroke(None);
                surface.set_fill(Some(fill(*color)));
                surface.draw_path(&path);
            }
        }
        Mark::Frame { area, color } => {
            if let Some(path) = outline(*area, ROUND) {
                surface.set_fill(None);
                surface.set_stroke(Some(Stroke { paint: paint(*color), width: 0.8, ..Stroke::default() }));
                surface.draw_path(&path);
            }
        }
        Mark::Logo { area } => {
            if let (Some(logo), Some(size)) = (&brand.logo, Size::from_wh(area.width, area.height)) {
                surface.push_transform(&Transform::from_translate(area.x, area.y));
                logo.draw(surface, size);
                surface.pop();
            }
        }
    }
}

/// The outline of a box, with round corners.
fn outline(area: Area, round: f32) -> Option<Path> {
    let Area { x, y, width, height } = area;
    let (right, bottom) = (x + width, y + height);
    let mut path = PathBuilder::new();
    if round <= 0.0 {
        path.move_to(x, y);
        path.line_to(right, y);
        path.line_to(right, bottom);
        path.line_to(x, bottom);
    } else {
        let (r, k) = (round, round * (1.0 - QUARTER));
        path.move_to(x + r, y);
        path.line_to(right - r, y);
        path.cubic_to(right - k, y, right, y + k, right, y + r);
        path.line_to(right, bottom - r);
        path.cubic_to(right, bottom - k, right - k, bottom, right - r, bottom);
        path.line_to(x + r, bottom);
        path.cubic_to(x + k, bottom, x, bottom - k, x, bottom - r);
        path.line_to(x, y + r);
        path.cubic_to(x, y + k, x + k, y, x + r, y);
    }
    path.close();
    path.finish()
}

fn paint([red, green, blue]: Rgb) -> krilla::paint::Paint {
    rgb::Color::new(red, green, blue).into()
}

fn fill(color: Rgb) -> Fill {
    Fill { paint: paint(color), opacity: NormalizedF32::ONE, ..Fill::default() }
}

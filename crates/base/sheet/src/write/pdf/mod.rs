//! A report as PDF: laid out first, then drawn. It uses no clock and no randomness: the same report gives the same
//! bytes.

mod figures;
mod letters;
mod pages;
mod table;

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;

use self::letters::{Letters, Room, Weight};
use self::pages::{Align, Color, GREY, INK, MARGIN, Mark, Pages, Place, Style};
use crate::fault::WriteFault;
use crate::report::Report;

/// Most rows of all tables of a report; more is for a spreadsheet.
pub const PDF_ROWS_MAX: usize = 10_000;
/// A4, in points.
const SHORT_SIDE: f32 = 595.28;
const LONG_SIDE: f32 = 841.89;
const TITLE: f32 = 18.0;
const LINE: f32 = 9.5;

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
}

/// Lays a report out and draws it.
pub fn report(report: &Report, options: &PdfOptions<'_>) -> Result<Vec<u8>, WriteFault> {
    if report.tables.iter().map(|table| table.rows.len()).sum::<usize>() > PDF_ROWS_MAX {
        return Err(WriteFault::TooManyRows { max: PDF_ROWS_MAX });
    }
    let letters = Letters::new();
    let (width, height) = match options.paper {
        Paper::Portrait => (SHORT_SIDE, LONG_SIDE),
        Paper::Landscape => (LONG_SIDE, SHORT_SIDE),
    };
    let mut pages = Pages::new(&letters, width, height);
    head(&mut pages, report);
    figures::tiles(&mut pages, &report.figures);
    if let Some(picture) = &report.bars {
        figures::bars(&mut pages, picture);
    }
    for table in &report.tables {
        table::table(&mut pages, table, &report.no_data);
    }
    pages.number(&report.title);
    let pages = pages.filled;

    let mut document = Document::new();
    let about = Metadata::new().title(report.title.clone()).language(options.language.to_owned());
    document.set_metadata(about.creator("Tallyhouse".to_owned()));
    for marks in pages {
        let settings = PageSettings::from_wh(width, height).expect("A4 is a size");
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in &marks {
            draw(&mut surface, mark, &letters);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| WriteFault::Pdf(format!("{error:?}")))
}

fn head(pages: &mut Pages<'_>, report: &Report) {
    let width = pages.usable_width();
    let style = |size, color| Style { size, color, align: Align::Left };
    let room = |size: f32| Room { width_em: width / size, lines_max: 3 };
    for line in pages.letters.wrap(&report.title, Weight::Bold, room(TITLE)) {
        pages.write(Place { x: MARGIN, y: pages.y + TITLE, width }, style(TITLE, INK), line);
        pages.y += TITLE * 1.3;
    }
    for text in &report.lines {
        for line in pages.letters.wrap(text, Weight::Regular, room(LINE)) {
            pages.need(LINE * 1.4);
            pages.write(Place { x: MARGIN, y: pages.y + LINE, width }, style(LINE, GREY), line);
            pages.y += LINE * 1.4;
        }
    }
    pages.y += 10.0;
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, letters: &Letters) {
    match mark {
        Mark::Text { x, y, size, color, line } => {
            surface.set_fill(Some(fill(*color)));
            let mut x = *x;
            for run in &line.runs {
                let font = letters.font(line.weight);
                surface.draw_glyphs(Point::from_xy(x, *y), &run.glyphs, font, &run.text, *size, false);
                x += run.width_em * size;
            }
        }
        Mark::Box { x, y, width, height, color } => {
            let mut path = PathBuilder::new();
            path.move_to(*x, *y);
            path.line_to(x + width, *y);
            path.line_to(x + width, y + height);
            path.line_to(*x, y + height);
            path.close();
            // A box without height is no path.
            if let Some(path) = path.finish() {
                surface.set_fill(Some(fill(*color)));
                surface.draw_path(&path);
            }
        }
    }
}

fn fill([red, green, blue]: Color) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

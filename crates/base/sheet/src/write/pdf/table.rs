//! A table over as many pages as it takes, with its headings on each.

use super::letters::{Line, Room, Weight};
use super::pages::{Align, Area, BLUE, Color, GREY, HAIR, INK, MARGIN, Pages, Place, Style, WHITE, length};
use crate::cell::Column;
use crate::report::Table;

const SIZE: f32 = 8.5;
const LEADING: f32 = 11.0;
const PAD: f32 = 4.0;
/// Most lines in one cell; a longer text ends with a mark.
const CELL_LINES_MAX: usize = 8;

/// Writes the table below what is there.
pub fn table(pages: &mut Pages<'_>, table: &Table, no_data: &str) {
    let widths = widths(&table.columns, pages.usable_width());
    let titles: Vec<String> = table.columns.iter().map(|column| column.title.to_string()).collect();
    let header = cells(pages, &titles, &widths, Weight::Bold);
    // A title is not left alone at the end of a page.
    pages.need(20.0 + 2.0 * height(&header) + LEADING);
    if !table.title.is_empty() {
        let title = pages.letters.line(&table.title, Weight::Bold);
        pages.write(Place { x: MARGIN, y: pages.y + 12.0, width: pages.usable_width() }, left(12.0, INK), title);
        pages.y += 20.0;
    }
    let aligns: Vec<Align> = table.columns.iter().map(align).collect();
    let look = Look { widths: &widths, aligns: &aligns };
    write_header(pages, &header, look);
    if table.rows.is_empty() {
        let line = pages.letters.line(no_data, Weight::Regular);
        pages.write(
            Place { x: MARGIN + PAD, y: pages.y + LEADING + 2.0, width: pages.usable_width() },
            left(SIZE, GREY),
            line,
        );
        pages.y += 2.0 * LEADING;
    }
    for row in &table.rows {
        let texts: Vec<String> = row.iter().map(ToString::to_string).collect();
        let row = cells(pages, &texts, &widths, Weight::Regular);
        if !pages.fits(height(&row)) {
            pages.next_page();
            write_header(pages, &header, look);
        }
        write_row(pages, &row, look, INK);
        let line = Area { x: MARGIN, y: pages.y - 0.4, width: pages.usable_width(), height: 0.4 };
        pages.fill(line, HAIR);
    }
    pages.y += 14.0;
}

#[derive(Clone, Copy)]
struct Look<'t> {
    widths: &'t [f32],
    aligns: &'t [Align],
}

fn left(size: f32, color: Color) -> Style {
    Style { size, color, align: Align::Left }
}

fn align(column: &Column) -> Align {
    if column.kind.is_number() { Align::Right } else { Align::Left }
}

/// The whole width, shared out as the columns ask.
fn widths(columns: &[Column], usable: f32) -> Vec<f32> {
    let asked = |column: &Column| f32::from(column.width.clamp(4, Column::WIDTH_MAX));
    let sum: f32 = columns.iter().map(asked).sum();
    columns.iter().map(|column| asked(column) / sum.max(1.0) * usable).collect()
}

fn cells(pages: &Pages<'_>, texts: &[String], widths: &[f32], weight: Weight) -> Vec<Vec<Line>> {
    let room = |width: &f32| Room { width_em: (width - 2.0 * PAD).max(SIZE) / SIZE, lines_max: CELL_LINES_MAX };
    texts.iter().zip(widths).map(|(text, width)| pages.letters.wrap(text, weight, room(width))).collect()
}

fn height(row: &[Vec<Line>]) -> f32 {
    let lines = row.iter().map(Vec::len).max().unwrap_or(1);
    length(lines) * LEADING + PAD
}

fn write_header(pages: &mut Pages<'_>, header: &[Vec<Line>], look: Look<'_>) {
    let area = Area { x: MARGIN, y: pages.y, width: pages.usable_width(), height: height(header) };
    pages.fill(area, BLUE);
    write_row(pages, header, look, WHITE);
}

fn write_row(pages: &mut Pages<'_>, row: &[Vec<Line>], look: Look<'_>, color: Color) {
    let mut x = MARGIN;
    for ((lines, width), align) in row.iter().zip(look.widths).zip(look.aligns) {
        let style = Style { size: SIZE, color, align: *align };
        for (at, line) in lines.iter().enumerate() {
            let y = pages.y + LEADING * length(at + 1) - 1.0;
            pages.write(Place { x: x + PAD, y, width: width - 2.0 * PAD }, style, line.clone());
        }
        x += width;
    }
    pages.y += height(row);
}

//! A table over as many pages as it takes, with its headings on each; below a row what belongs to it.

use super::letters::{Line, Room, Weight};
use super::pages::{Align, Area, GREY, HAIR, INK, MARGIN, Pages, Place, Style, length};
use crate::brand::Rgb;
use crate::cell::{Cell, Column, Kind};
use crate::report::Table;

const SIZE: f32 = 8.5;
const LEADING: f32 = 11.0;
const PAD: f32 = 4.0;
/// Codes below a row.
const BELOW: f32 = 7.5;
const BELOW_LEADING: f32 = 9.5;
const BELOW_GAP: f32 = 8.0;
/// Most lines in one cell; a longer text ends with a mark.
const CELL_LINES_MAX: usize = 8;

/// Writes the table below what is there. `is_numbered` puts the number of each row before it.
pub fn table(pages: &mut Pages<'_>, table: &Table, no_data: &str, is_numbered: bool) {
    let numbered;
    let table = if is_numbered {
        numbered = with_numbers(table);
        &numbered
    } else {
        table
    };
    let widths = widths(&table.columns, pages.usable_width());
    let titles: Vec<String> = table.columns.iter().map(|column| column.title.to_string()).collect();
    let header = cells(pages, &titles, &widths, Weight::Bold);
    // A title is not left alone at the end of a page.
    pages.need(20.0 + 2.0 * height(&header) + LEADING);
    if !table.title.is_empty() {
        let place = Place { x: MARGIN, y: pages.y + 12.0, width: pages.usable_width() };
        pages.write_one(place, Style::left(12.0, INK), (&table.title, Weight::Bold));
        pages.y += 18.0;
    }
    let aligns: Vec<Align> = table.columns.iter().map(align).collect();
    let look = Look { widths: &widths, aligns: &aligns, header: &header };
    look.write_header(pages);
    if table.rows.is_empty() {
        let place = Place { x: MARGIN + PAD, y: pages.y + LEADING + 2.0, width: pages.usable_width() };
        pages.write_one(place, Style::left(SIZE, GREY), (no_data, Weight::Regular));
        pages.y += 2.0 * LEADING;
    }
    for (at, row) in table.rows.iter().enumerate() {
        let texts: Vec<String> = row.iter().map(Cell::shown).collect();
        let mut row = cells(pages, &texts, &widths, Weight::Regular);
        if is_numbered && let (Some(cell), Some(text)) = (row.get_mut(1), texts.get(1)) {
            // What the codes below belong to.
            *cell = cells(pages, std::slice::from_ref(text), &widths[1..], Weight::Bold).swap_remove(0);
        }
        let below = table.below.get(at).map_or(&[][..], Vec::as_slice);
        // The first line of what is below stays with its row.
        let first = if below.is_empty() { 0.0 } else { BELOW_LEADING };
        look.make_room(pages, height(&row) + first);
        look.write_row(pages, &row, INK);
        look.write_below(pages, below, usize::from(is_numbered));
        pages.rule(pages.y - 0.4, 0.4, HAIR);
    }
    if !table.total.is_empty() {
        let texts: Vec<String> = table.total.iter().map(Cell::shown).collect();
        let row = cells(pages, &texts, &widths, Weight::Bold);
        look.make_room(pages, height(&row));
        pages.rule(pages.y - 0.8, 0.8, INK);
        look.write_row(pages, &row, INK);
    }
    pages.y += 14.0;
}

fn with_numbers(table: &Table) -> Table {
    let mut table = table.clone();
    table.columns.insert(0, Column::new("#", Kind::Int, 4));
    for (at, row) in (1_i64..).zip(&mut table.rows) {
        row.insert(0, Cell::Int(at));
    }
    if !table.total.is_empty() {
        table.total.insert(0, Cell::Empty);
    }
    table
}

#[derive(Clone, Copy)]
struct Look<'t> {
    widths: &'t [f32],
    aligns: &'t [Align],
    header: &'t [Vec<Line>],
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

impl Look<'_> {
    /// Goes on on the next page, under the headings, where something of this height does not fit.
    fn make_room(self, pages: &mut Pages<'_>, height: f32) {
        if !pages.fits(height) {
            pages.next_page();
            self.write_header(pages);
        }
    }

    fn write_header(self, pages: &mut Pages<'_>) {
        self.write_row(pages, self.header, INK);
        pages.rule(pages.y - 1.0, 0.9, INK);
        pages.y += 2.0;
    }

    fn write_row(self, pages: &mut Pages<'_>, row: &[Vec<Line>], color: Rgb) {
        let mut x = MARGIN;
        for ((lines, width), align) in row.iter().zip(self.widths).zip(self.aligns) {
            let style = Style { size: SIZE, color, align: *align };
            for (at, line) in lines.iter().enumerate() {
                let y = pages.y + LEADING * length(at + 1) - 1.0;
                pages.write(Place { x: x + PAD, y, width: width - 2.0 * PAD }, style, line.clone());
            }
            x += width;
        }
        pages.y += height(row);
    }

    /// Codes side by side, over as many lines and pages as they take, from the left edge of a column.
    fn write_below(self, pages: &mut Pages<'_>, codes: &[String], column: usize) {
        if codes.is_empty() {
            return;
        }
        let left = MARGIN + self.widths[..column.min(self.widths.len())].iter().sum::<f32>() + PAD;
        let right = MARGIN + pages.usable_width() - PAD;
        let mut x = left;
        pages.y -= 2.0;
        for code in codes {
            let room = Room { width_em: (right - left) / BELOW, lines_max: 1 };
            let line = pages.letters.wrap(code, Weight::Regular, room).swap_remove(0);
            let width = line.width_em * BELOW;
            if x > left && x + width > right {
                pages.y += BELOW_LEADING;
                x = left;
            }
            if x <= left {
                self.make_room(pages, BELOW_LEADING + PAD);
            }
            let area = Area { x, y: pages.y, width, height: BELOW_LEADING };
            let place = Place { x: area.x, y: area.y + BELOW, width: area.width };
            pages.write(place, Style::left(BELOW, GREY), line);
            x += width + BELOW_GAP;
        }
        pages.y += BELOW_LEADING + PAD;
    }
}

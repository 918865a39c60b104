//! Key figures as tiles, up to four in a row.

use super::letters::Weight;
use super::pages::{Area, GREY, HAIR, INK, MARGIN, Mark, Pages, Place, Style, length};
use crate::report::Figure;

const IN_A_ROW: usize = 4;
const HEIGHT: f32 = 50.0;
const GAP: f32 = 10.0;
const PAD: f32 = 9.0;
const LABEL: f32 = 8.0;
const VALUE: f32 = 15.0;
/// Smaller than this a figure would not be read: a longer one is cut, and says so.
const VALUE_MIN: f32 = 5.0;

/// Writes the tiles.
pub fn tiles(pages: &mut Pages<'_>, figures: &[Figure]) {
    for row in figures.chunks(IN_A_ROW) {
        pages.need(HEIGHT);
        let width = (pages.usable_width() - GAP * length(IN_A_ROW - 1)) / length(IN_A_ROW);
        for (at, figure) in row.iter().enumerate() {
            let area = Area { x: MARGIN + length(at) * (width + GAP), y: pages.y, width, height: HEIGHT };
            tile(pages, figure, area);
        }
        pages.y += HEIGHT + GAP;
    }
    if !figures.is_empty() {
        pages.y += GAP;
    }
}

fn tile(pages: &mut Pages<'_>, figure: &Figure, area: Area) {
    pages.mark(Mark::Frame { area, color: HAIR });
    let (x, inner) = (area.x + PAD, area.width - 2.0 * PAD);
    let label = Place { x, y: area.y + 15.0, width: inner };
    pages.write_one(label, Style::left(LABEL, GREY), (&figure.label, Weight::Regular));
    let value = pages.letters.line(&figure.value, Weight::Bold);
    let note = pages.letters.line(&figure.note, Weight::Regular);
    // The remark stands beside the figure where there is room, and a long figure is written smaller.
    let size = VALUE.min(inner / value.width_em.max(0.1)).max(VALUE_MIN);
    let own = value.width_em * size;
    let room = inner - own - 5.0;
    let is_beside = note.width_em * LABEL <= room;
    let y = area.y + if is_beside { 37.0 } else { 32.0 };
    pages.write_one(Place { x, y, width: inner }, Style::left(size, INK), (&figure.value, Weight::Bold));
    if is_beside {
        pages.write(Place { x: x + own + 5.0, y, width: room }, Style::left(LABEL, GREY), note);
    } else {
        let place = Place { x, y: area.y + 43.0, width: inner };
        pages.write_one(place, Style::left(LABEL, GREY), (&figure.note, Weight::Regular));
    }
}

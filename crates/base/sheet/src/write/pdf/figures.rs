//! Key figures as tiles, and the bar chart.

use super::letters::{Room, Weight};
use super::pages::{AMBER, Align, Area, BLUE, GREY, HAIR, INK, MARGIN, PALE, Pages, Place, Style, length};
use crate::report::{Bars, Figure};

const TILES_MAX: usize = 4;
const TILE_HEIGHT: f32 = 44.0;
const GAP: f32 = 8.0;
const PICTURE_HEIGHT: f32 = 130.0;
/// Room for the values over the bars, and for the names under them.
const OVER: f32 = 12.0;
const UNDER: f32 = 14.0;
const SMALL: f32 = 8.0;
const VALUE: f32 = 15.0;

/// Tiles side by side, up to four in a row.
pub fn tiles(pages: &mut Pages<'_>, figures: &[Figure]) {
    for row in figures.chunks(TILES_MAX) {
        pages.need(TILE_HEIGHT);
        let width = (pages.usable_width() - GAP * length(TILES_MAX - 1)) / length(TILES_MAX);
        for (at, figure) in row.iter().enumerate() {
            let (x, y) = (MARGIN + length(at) * (width + GAP), pages.y);
            let inner = width - 2.0 * GAP;
            pages.fill(Area { x, y, width, height: TILE_HEIGHT }, PALE);
            let room = Room { width_em: inner / SMALL, lines_max: 1 };
            let label = pages.letters.wrap(&figure.label, Weight::Regular, room).swap_remove(0);
            let left = |size, color| Style { size, color, align: Align::Left };
            pages.write(Place { x: x + GAP, y: y + 14.0, width: inner }, left(SMALL, GREY), label);
            let value = pages.letters.line(&figure.value, Weight::Bold);
            // A long figure is written smaller, never cut.
            let size = VALUE.min(inner / value.width_em.max(0.1));
            pages.write(Place { x: x + GAP, y: y + 34.0, width: inner }, left(size, INK), value);
        }
        pages.y += TILE_HEIGHT + GAP;
    }
    if !figures.is_empty() {
        pages.y += GAP;
    }
}

/// Bars from a common baseline, with a line for the target.
pub fn bars(pages: &mut Pages<'_>, picture: &Bars) {
    if picture.bars.is_empty() {
        return;
    }
    pages.need(PICTURE_HEIGHT + 24.0);
    let title = pages.letters.line(&picture.title, Weight::Bold);
    let width = pages.usable_width();
    pages.write(
        Place { x: MARGIN, y: pages.y + 11.0, width },
        Style { size: 11.0, color: INK, align: Align::Left },
        title,
    );
    let top = pages.y + 20.0 + OVER;
    let ground = pages.y + 20.0 + PICTURE_HEIGHT - UNDER;
    let slot = width / length(picture.bars.len());
    let values = picture.bars.iter().map(|bar| bar.value).chain(picture.target.iter().map(|target| target.value));
    let most = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
    let height = |value: f64| share(value, most) * (ground - top);

    let labels: Vec<&str> = picture.bars.iter().map(|bar| bar.label.as_str()).collect();
    let shown: Vec<&str> = picture.bars.iter().map(|bar| bar.shown.as_str()).collect();
    for (at, bar) in picture.bars.iter().enumerate() {
        let tall = height(bar.value);
        let x = MARGIN + length(at) * slot;
        pages.fill(Area { x: x + slot * 0.15, y: ground - tall, width: slot * 0.7, height: tall }, BLUE);
    }
    pages.fill(Area { x: MARGIN, y: ground, width, height: 0.8 }, GREY);
    if let Some(target) = &picture.target {
        pages.fill(Area { x: MARGIN, y: ground - height(target.value) - 0.5, width, height: 1.0 }, AMBER);
        let label = pages.letters.line(&target.label, Weight::Bold);
        // Beside the title, where there can be no bar.
        pages.write(
            Place { x: MARGIN, y: top - OVER - 9.0, width },
            Style { size: 9.0, color: AMBER, align: Align::Right },
            label,
        );
    }
    words(pages, slot, &labels, GREY, &|_| ground + UNDER - 4.0);
    words(pages, slot, &shown, INK, &|at| ground - height(picture.bars[at].value) - 3.0);
    pages.fill(Area { x: MARGIN, y: ground + UNDER + 2.0, width, height: 0.4 }, HAIR);
    pages.y = ground + UNDER + 14.0;
}

/// Words over or under the bars: of all of them, or of as many as fit side by side.
fn words(pages: &mut Pages<'_>, slot: f32, words: &[&str], color: super::pages::Color, y: &dyn Fn(usize) -> f32) {
    let lines: Vec<_> = words.iter().map(|word| pages.letters.line(word, Weight::Regular)).collect();
    let widest = lines.iter().map(|line| line.width_em * SMALL + 3.0).fold(0.0, f32::max);
    let step = (1..words.len()).find(|step| length(*step) * slot >= widest).unwrap_or(words.len());
    let style = Style { size: SMALL, color, align: Align::Middle };
    for (at, line) in lines.into_iter().enumerate().step_by(step) {
        pages.write(Place { x: MARGIN + length(at) * slot, y: y(at), width: slot }, style, line);
    }
}

/// A part of the whole, from 0 to 1.
fn share(value: f64, most: f64) -> f32 {
    if !value.is_finite() || most <= 0.0 {
        return 0.0;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a length on paper between 0 and 1")]
    let share = (value / most).clamp(0.0, 1.0) as f32;
    share
}

//! The chart: bars on a scale of few round numbers, with their values, and what there is to say about them in words.

use super::letters::{Line, Room, Weight};
use super::pages::{AMBER, Align, Area, GREY, HAIR, INK, MARGIN, Pages, Place, Style, length};
use crate::axis::Axis;
use crate::brand::Rgb;
use crate::report::Bars;

const HEIGHT: f32 = 120.0;
/// Room for a value over the highest bar, and for the names under the bars.
const OVER: f32 = 12.0;
const UNDER: f32 = 14.0;
const SMALL: f32 = 8.0;
const PAPER: Rgb = [0xff; 3];
/// Fewer bars are drawn as narrow as these many.
const SLOTS_MIN: usize = 6;

/// Where the bars stand.
#[derive(Clone, Copy)]
struct Plot {
    left: f32,
    top: f32,
    ground: f32,
    slot: f32,
}

/// Draws the chart, or says that there is nothing to draw.
pub fn chart(pages: &mut Pages<'_>, picture: &Bars) {
    let width = pages.usable_width();
    pages.need(HEIGHT + 40.0);
    let place = Place { x: MARGIN, y: pages.y + 11.0, width };
    pages.write_one(place, Style::left(11.0, INK), (&picture.title, Weight::Bold));
    let Some(axis) = picture.axis() else {
        pages.write_one(
            Place { y: pages.y + 26.0, ..place },
            Style::left(9.0, GREY),
            (&picture.empty, Weight::Regular),
        );
        pages.y += 42.0;
        return;
    };
    let top = pages.y + 20.0 + OVER;
    let ground = top + HEIGHT - OVER - UNDER;
    let numbers: Vec<Line> = axis.ticks.iter().map(|tick| pages.letters.line(&tick.shown, Weight::Regular)).collect();
    let gutter = numbers.iter().map(|line| line.width_em * SMALL).fold(0.0, f32::max) + 6.0;
    let left = MARGIN + gutter;
    let plot = Plot { left, top, ground, slot: (width - gutter) / length(picture.bars.len()) };
    for (tick, number) in axis.ticks.iter().zip(numbers) {
        let y = ground - plot.height(&axis, tick.value);
        let line = Area { x: left, y: y - 0.2, width: width - gutter, height: 0.4 };
        pages.fill(line, if tick.value > 0.0 { HAIR } else { GREY });
        let style = Style { size: SMALL, color: GREY, align: Align::Right };
        pages.write(Place { x: MARGIN, y: y + SMALL * 0.36, width: gutter - 6.0 }, style, number);
    }
    bars(pages, picture, plot, &axis);
    pages.y = ground + UNDER + 4.0;
    let words = picture.words.join(" · ");
    if !words.is_empty() {
        for line in pages.letters.wrap(&words, Weight::Regular, Room { width_em: width / SMALL, lines_max: 2 }) {
            pages.write(Place { x: MARGIN, y: pages.y + SMALL, width }, Style::left(SMALL, GREY), line);
            pages.y += SMALL * 1.4;
        }
    }
    pages.y += 14.0;
}

impl Plot {
    fn height(self, axis: &Axis, value: f64) -> f32 {
        #[expect(clippy::cast_possible_truncation, reason = "a share between 0 and 1")]
        let share = axis.share(value) as f32;
        share * (self.ground - self.top)
    }
}

fn bars(pages: &mut Pages<'_>, picture: &Bars, plot: Plot, axis: &Axis) {
    let Plot { left, ground, slot, .. } = plot;
    let tops: Vec<f32> = picture.bars.iter().map(|bar| plot.height(axis, bar.value)).collect();
    let highest = picture.top();
    let wide = slot * 0.7 * length(picture.bars.len().min(SLOTS_MIN)) / length(SLOTS_MIN);
    let color = pages.color;
    for (at, tall) in tops.iter().enumerate() {
        let x = left + length(at) * slot + (slot - wide) / 2.0;
        let color = if highest == Some(at) { color } else { paler(color) };
        pages.fill(Area { x, y: ground - tall, width: wide, height: *tall }, color);
    }
    if let Some(target) = &picture.target {
        let y = ground - plot.height(axis, target.value) - 0.5;
        let width = pages.usable_width() - (left - MARGIN);
        pages.fill(Area { x: left, y, width, height: 1.0 }, AMBER);
        // Beside the title, where there can be no bar.
        let place = Place { x: MARGIN, y: plot.top - OVER - 9.0, width: pages.usable_width() };
        let style = Style { size: 9.0, color: AMBER, align: Align::Right };
        let label = pages.letters.line(&target.label, Weight::Bold);
        pages.write(place, style, label);
    }
    let labels: Vec<&str> = picture.bars.iter().map(|bar| bar.label.as_str()).collect();
    words(pages, plot, &labels, Words { color: GREY, only: None, y: &|_| ground + UNDER - 4.0 });
    let shown: Vec<&str> = picture.bars.iter().map(|bar| bar.shown.as_str()).collect();
    words(pages, plot, &shown, Words { color: INK, only: highest, y: &|at| ground - tops[at] - 3.0 });
}

/// Less of a colour, as on pages.
fn paler(color: Rgb) -> Rgb {
    color.map(|part| {
        let mixed = u16::from(part) * 55 / 100 + 255 * 45 / 100;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    })
}

#[derive(Clone, Copy)]
struct Words<'w> {
    color: Rgb,
    /// Which one is written when not all fit.
    only: Option<usize>,
    y: &'w dyn Fn(usize) -> f32,
}

/// Words over or under the bars: of all of them, or of as many as fit side by side.
fn words(pages: &mut Pages<'_>, plot: Plot, words: &[&str], how: Words<'_>) {
    let Words { color, only, y } = how;
    let slot = plot.slot;
    let lines: Vec<_> = words.iter().map(|word| pages.letters.line(word, Weight::Regular)).collect();
    let widest = lines.iter().map(|line| line.width_em * SMALL + 3.0).fold(0.0, f32::max);
    let step = (1..words.len()).find(|step| length(*step) * slot >= widest).unwrap_or(words.len());
    let style = Style { size: SMALL, color, align: Align::Middle };
    for (at, line) in lines.into_iter().enumerate() {
        let is_written = if step > 1 && only.is_some() { only == Some(at) } else { at % step == 0 };
        if is_written {
            let place = Place { x: plot.left + length(at) * slot, y: y(at), width: slot };
            // No line of the scale goes through a word.
            let own = line.width_em * SMALL + 2.0;
            let area = Area { x: place.x + (slot - own) / 2.0, y: place.y - SMALL * 0.8, width: own, height: SMALL };
            pages.fill(area, PAPER);
            pages.write(place, style, line);
        }
    }
}

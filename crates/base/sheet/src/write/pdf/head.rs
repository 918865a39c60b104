//! The head of the paper: whose it is, what it is, and its number as a barcode where it has one.

use super::letters::{Room, Weight};
use super::pages::{Align, Area, GREY, INK, MARGIN, Mark, Pages, Place, Style};
use crate::barcode::{Barcode, QUIET_MODULES};
use crate::brand::Brand;
use crate::report::Report;

const LOGO_HEIGHT: f32 = 26.0;
const LOGO_WIDTH_MAX: f32 = 120.0;
const NAME: f32 = 10.5;
const TITLE: f32 = 18.0;
const NUMBER: f32 = 24.0;
const LINE: f32 = 9.5;
const GAP: f32 = 18.0;
/// A bar of one module: at this width a scanner reads it from an arm's length.
const MODULE: f32 = 1.0;
/// Thinner than this, printers run bars together (0.19 mm).
const MODULE_MIN: f32 = 0.54;
const BARS: f32 = 38.0;
/// The height of a row of facts, and how many are in one.
const FACTS: f32 = 34.0;
const FACTS_IN_A_ROW: usize = 3;
/// The height of the lines to sign on.
const SIGNATURES: f32 = 62.0;
/// The part of the width that a barcode beside the title may take.
const BARCODE_SHARE: f32 = 0.52;

/// Writes the head, with a line in the site's colour below it.
pub fn head(pages: &mut Pages<'_>, report: &Report, brand: &Brand) {
    let width = pages.usable_width();
    let top = pages.y;
    let number = report.slip.as_ref().map_or("", |slip| slip.number.as_str());
    let barcode = Barcode::of(number);
    let beside = barcode.as_ref().and_then(|code| module(code, width * BARCODE_SHARE));
    let mut right = 0.0;
    if let (Some(code), Some(module)) = (&barcode, beside) {
        right = own_width(code, module) + GAP;
        let area = Area { x: MARGIN + width - own_width(code, module), y: top, width: 0.0, height: BARS };
        bars(pages, (code, number), area, module);
    }
    let room = width - right;
    name(pages, brand, room);
    let (title, size) = match &report.slip {
        Some(slip) => (slip.number.as_str(), NUMBER),
        None => (report.title.as_str(), TITLE),
    };
    for line in pages.letters.wrap(title, Weight::Bold, Room { width_em: room / size, lines_max: 4 }) {
        pages.write(Place { x: MARGIN, y: pages.y + size, width: room }, Style::left(size, INK), line);
        pages.y += size * 1.25;
    }
    pages.y += 3.0;
    let lines: Vec<&str> = report.lines.iter().map(String::as_str).filter(|line| !line.is_empty()).collect();
    let lines = lines.join(" · ");
    if !lines.is_empty() {
        for line in pages.letters.wrap(&lines, Weight::Regular, Room { width_em: room / LINE, lines_max: 4 }) {
            pages.write(Place { x: MARGIN, y: pages.y + LINE, width: room }, Style::left(LINE, GREY), line);
            pages.y += LINE * 1.4;
        }
    }
    if right > 0.0 {
        pages.y = pages.y.max(top + BARS + 12.0);
    } else if let Some((code, module)) = barcode.as_ref().and_then(|code| Some((code, module(code, width)?))) {
        // A long number has its barcode in a row of its own.
        pages.y += 8.0;
        let area = Area { x: MARGIN, y: pages.y, width: 0.0, height: BARS };
        bars(pages, (code, number), area, module);
        pages.y += BARS + 12.0;
    }
    let color = pages.color;
    pages.rule(pages.y + 6.0, 1.4, color);
    pages.y += 20.0;
}

fn name(pages: &mut Pages<'_>, brand: &Brand, room: f32) {
    let (mut x, mut height) = (MARGIN, NAME * 1.4);
    if let Some(logo) = &brand.logo {
        let width = (LOGO_HEIGHT * logo.proportion()).min(LOGO_WIDTH_MAX);
        let area = Area { x, y: pages.y, width, height: width / logo.proportion() };
        pages.mark(Mark::Logo { area });
        x += width + 10.0;
        height = height.max(area.height);
    }
    let place = Place { x, y: pages.y + height / 2.0 + NAME * 0.36, width: room - (x - MARGIN) };
    let style = Style::left(NAME, pages.color);
    pages.write_one(place, style, (&brand.name, Weight::Bold));
    pages.y += height + NAME * 0.6;
}

/// How wide a module is so that the barcode fits; `None` when it would be too thin to be read.
fn module(code: &Barcode, width: f32) -> Option<f32> {
    let module = MODULE.min(width / own_width(code, 1.0));
    (module >= MODULE_MIN).then_some(module)
}

fn own_width(code: &Barcode, module: f32) -> f32 {
    super::pages::length(code.modules() as usize) * module
}

/// The bars, and below them what they say. The margin of the page, and the gap to the title, are wider than what must
/// stay empty beside them.
fn bars(pages: &mut Pages<'_>, (code, text): (&Barcode, &str), area: Area, module: f32) {
    debug_assert!(GAP >= f32::from(QUIET_MODULES) * MODULE);
    let mut x = area.x;
    for (at, width) in code.widths.iter().enumerate() {
        let width = f32::from(*width) * module;
        if at % 2 == 0 {
            pages.fill(Area { x, width, ..area }, [0, 0, 0]);
        }
        x += width;
    }
    let place = Place { x: area.x, y: area.y + area.height + 10.0, width: x - area.x };
    pages.write_one(place, Style { size: 8.0, color: INK, align: Align::Middle }, (text, Weight::Regular));
}

/// What stands below the figures: facts, and lines to write on.
pub fn facts(pages: &mut Pages<'_>, report: &Report) {
    let Some(slip) = report.slip.as_ref().filter(|slip| !slip.facts.is_empty()) else { return };
    for facts in slip.facts.chunks(FACTS_IN_A_ROW) {
        pages.need(FACTS);
        let width = (pages.usable_width() - 2.0 * GAP) / 3.0;
        let mut x = MARGIN;
        for fact in facts {
            let y = pages.y;
            pages.write_one(Place { x, y: y + 8.0, width }, Style::left(8.0, GREY), (&fact.label, Weight::Regular));
            if fact.value.is_empty() {
                pages.fill(Area { x, y: y + 26.0, width, height: 0.6 }, INK);
            } else {
                let place = Place { x, y: y + 22.0, width };
                pages.write_one(place, Style::left(11.0, INK), (&fact.value, Weight::Bold));
            }
            x += width + GAP;
        }
        pages.y += FACTS;
    }
    pages.y += 8.0;
}

/// Lines to sign on, together on one page.
pub fn signatures(pages: &mut Pages<'_>, report: &Report) {
    let Some(slip) = report.slip.as_ref().filter(|slip| !slip.signatures.is_empty()) else { return };
    pages.need(SIGNATURES);
    pages.y += 40.0;
    let count = super::pages::length(slip.signatures.len());
    let width = (pages.usable_width() - (count - 1.0) * GAP) / count;
    let mut x = MARGIN;
    for name in &slip.signatures {
        pages.fill(Area { x, y: pages.y, width, height: 0.6 }, INK);
        let style = Style { size: 8.5, color: GREY, align: Align::Left };
        pages.write_one(Place { x, y: pages.y + 12.0, width }, style, (name, Weight::Regular));
        x += width + GAP;
    }
    pages.y += SIGNATURES - 40.0;
}

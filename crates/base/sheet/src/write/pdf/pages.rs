//! Pages that are filled from top to bottom. Nothing is drawn before the last page is known, because every page says how
//! many there are.

use super::letters::{Letters, Line, MISSING, Room, Weight};
use crate::brand::Rgb;
use crate::report::Words;

/// The margin on all sides, in points.
pub const MARGIN: f32 = 36.0;
/// What is kept free for the foot of the page, in points.
const FOOT: f32 = 30.0;
const FOOT_SIZE: f32 = 8.0;

/// Text.
pub const INK: Rgb = [0x1d, 0x20, 0x19];
/// Text of less weight.
pub const GREY: Rgb = [0x57, 0x5c, 0x50];
/// Lines between rows, and around tiles.
pub const HAIR: Rgb = [0xc9, 0xce, 0xbc];
/// The target.
pub const AMBER: Rgb = [0xa8, 0x4a, 0x00];

/// Something on a page. Places are points from the upper left corner.
#[derive(Clone, Debug)]
pub enum Mark {
    /// A line of text; `y` is its baseline.
    Text { x: f32, y: f32, size: f32, color: Rgb, line: Line },
    /// A filled box.
    Box { area: Area, color: Rgb },
    /// A line around a box with round corners.
    Frame { area: Area, color: Rgb },
    /// The site's logo.
    Logo { area: Area },
}

/// A rectangle on a page.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    /// Its left edge.
    pub x: f32,
    /// Its top edge.
    pub y: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
}

/// Where a line of text goes.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The left edge of the room for it.
    pub x: f32,
    /// Its baseline.
    pub y: f32,
    /// The width of the room for it.
    pub width: f32,
}

/// How a text is aligned in its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the left edge.
    Left,
    /// At the right edge.
    Right,
    /// In the middle.
    Middle,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// In points.
    pub size: f32,
    /// Its colour.
    pub color: Rgb,
    /// Its alignment.
    pub align: Align,
}

impl Style {
    /// At the left edge.
    pub fn left(size: f32, color: Rgb) -> Self {
        Self { size, color, align: Align::Left }
    }
}

/// The pages so far.
pub struct Pages<'l> {
    /// The font.
    pub letters: &'l Letters,
    /// The colour of the site.
    pub color: Rgb,
    /// What is on each page.
    pub filled: Vec<Vec<Mark>>,
    /// Where the next part begins, in points from the top.
    pub y: f32,
    width: f32,
    height: f32,
}

impl<'l> Pages<'l> {
    /// One empty page of a size in points.
    pub fn new(letters: &'l Letters, color: Rgb, (width, height): (f32, f32)) -> Self {
        Self { letters, color, filled: vec![Vec::new()], y: MARGIN, width, height }
    }

    /// The width between the margins.
    pub fn usable_width(&self) -> f32 {
        self.width - 2.0 * MARGIN
    }

    /// True when something of this height fits below what is there.
    pub fn fits(&self, height: f32) -> bool {
        self.y + height <= self.height - MARGIN - FOOT
    }

    /// Begins a new page unless something of this height fits on the current one.
    pub fn need(&mut self, height: f32) {
        if !self.fits(height) {
            self.next_page();
        }
    }

    /// Begins a new page.
    pub fn next_page(&mut self) {
        self.filled.push(Vec::new());
        self.y = MARGIN;
    }

    /// Fills a box.
    pub fn fill(&mut self, area: Area, color: Rgb) {
        self.mark(Mark::Box { area, color });
    }

    /// A line across the page, at `y`.
    pub fn rule(&mut self, y: f32, height: f32, color: Rgb) {
        let width = self.usable_width();
        self.fill(Area { x: MARGIN, y, width, height }, color);
    }

    /// Writes a line.
    pub fn write(&mut self, place: Place, style: Style, line: Line) {
        let Place { x, y, width } = place;
        let own = line.width_em * style.size;
        let x = match style.align {
            Align::Left => x,
            Align::Right => x + width - own,
            Align::Middle => x + (width - own) / 2.0,
        };
        self.mark(Mark::Text { x, y, size: style.size, color: style.color, line });
    }

    /// Writes as much of a text as fits in one line.
    pub fn write_one(&mut self, place: Place, style: Style, (text, weight): (&str, Weight)) {
        let room = Room { width_em: place.width / style.size, lines_max: 1 };
        let line = self.letters.wrap(text, weight, room).swap_remove(0);
        self.write(place, style, line);
    }

    /// Puts something on the current page.
    pub fn mark(&mut self, mark: Mark) {
        let page = self.filled.last_mut().expect("there is always a page");
        page.push(mark);
    }

    /// Writes name and number at the foot of every page, and that letters are missing where some are.
    pub fn finish(&mut self, name: &str, words: &Words) {
        let (count, y) = (self.filled.len(), self.height - MARGIN + 4.0);
        let width = self.usable_width();
        for at in 0..count {
            let number = words.page.replace("{page}", &(at + 1).to_string()).replace("{pages}", &count.to_string());
            let number = self.letters.line(&number, Weight::Regular);
            let room = width - number.width_em * FOOT_SIZE - 12.0;
            let room = Room { width_em: room.max(FOOT_SIZE) / FOOT_SIZE, lines_max: 1 };
            let name = self.letters.wrap(name, Weight::Regular, room).swap_remove(0);
            let right = self.width - MARGIN - number.width_em * FOOT_SIZE;
            let is_incomplete = |mark: &Mark| matches!(mark, Mark::Text { line, .. } if line.is_incomplete);
            let lacks = name.is_incomplete || self.filled[at].iter().any(is_incomplete);
            let mut text = |x: f32, y: f32, line: Line| {
                self.filled[at].push(Mark::Text { x, y, size: FOOT_SIZE, color: GREY, line });
            };
            if lacks {
                let missing = words.unprintable.replace("{mark}", &MISSING.to_string());
                text(MARGIN, y - 11.0, self.letters.line(&missing, Weight::Regular));
            }
            text(MARGIN, y, name);
            text(right, y, number);
        }
    }
}

/// A small count as a length.
pub fn length(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

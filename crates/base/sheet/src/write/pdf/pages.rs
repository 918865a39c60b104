//! Pages that are filled from top to bottom. Nothing is drawn before the last page is known, because every page says how
//! many there are.

use super::letters::{Letters, Line, Weight};

/// The margin on all sides, in points.
pub const MARGIN: f32 = 36.0;
/// What is kept free for the number of the page, in points.
const FOOT: f32 = 22.0;

/// Red, green, blue.
pub type Color = [u8; 3];
/// Text.
pub const INK: Color = [0x20, 0x24, 0x2c];
/// Text of less weight.
pub const GREY: Color = [0x5c, 0x66, 0x74];
/// Lines between rows.
pub const HAIR: Color = [0xd6, 0xdb, 0xe3];
/// Background of tiles.
pub const PALE: Color = [0xf1, 0xf4, 0xf9];
/// Background of headings, and bars.
pub const BLUE: Color = [0x44, 0x72, 0xc4];
/// Text on blue.
pub const WHITE: Color = [0xff, 0xff, 0xff];
/// The target.
pub const AMBER: Color = [0xc4, 0x5a, 0x00];

/// Something on a page. Places are points from the upper left corner.
#[derive(Clone, Debug)]
pub enum Mark {
    /// A line of text; `y` is its baseline.
    Text { x: f32, y: f32, size: f32, color: Color, line: Line },
    /// A filled box.
    Box { x: f32, y: f32, width: f32, height: f32, color: Color },
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
    pub color: Color,
    /// Its alignment.
    pub align: Align,
}

/// The pages so far.
pub struct Pages<'l> {
    /// The font.
    pub letters: &'l Letters,
    /// What is on each page.
    pub filled: Vec<Vec<Mark>>,
    /// Where the next part begins, in points from the top.
    pub y: f32,
    width: f32,
    height: f32,
}

impl<'l> Pages<'l> {
    /// One empty page of a size in points.
    pub fn new(letters: &'l Letters, width: f32, height: f32) -> Self {
        Self { letters, filled: vec![Vec::new()], y: MARGIN, width, height }
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
    pub fn fill(&mut self, area: Area, color: Color) {
        let Area { x, y, width, height } = area;
        self.mark(Mark::Box { x, y, width, height, color });
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

    fn mark(&mut self, mark: Mark) {
        let page = self.filled.last_mut().expect("there is always a page");
        page.push(mark);
    }

    /// Writes name and number at the foot of every page.
    pub fn number(&mut self, title: &str) {
        let count = self.filled.len();
        let (size, y) = (8.0, self.height - MARGIN + 4.0);
        for at in 0..count {
            let number = self.letters.line(&format!("{} / {count}", at + 1), Weight::Regular);
            let room = super::letters::Room { width_em: self.usable_width() * 0.8 / size, lines_max: 1 };
            let name = self.letters.wrap(title, Weight::Regular, room).swap_remove(0);
            let right = self.width - MARGIN - number.width_em * size;
            self.filled[at].push(Mark::Text { x: MARGIN, y, size, color: GREY, line: name });
            self.filled[at].push(Mark::Text { x: right, y, size, color: GREY, line: number });
        }
    }
}

/// A small count as a length.
pub fn length(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

//! How cells of a workbook look, and how its sheets are printed.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet};

use crate::brand::Rgb;
use crate::cell::Cell;

/// Lakhs and crores, whatever the system of the reader groups by. A format has no room for more conditions: what is below
/// minus 99,999 is grouped as the reader's system does.
const WHOLE: &str = r"[>=10000000]##\,##\,##\,##0;[>=100000]##\,##\,##0;#,##0";
const DECIMALS: &str = r"[>=10000000]##\,##\,##\,##0.0##;[>=100000]##\,##\,##0.0##;#,##0.0##";
/// A4, as the format numbers papers.
const A4: u8 = 9;

/// The formats of cells.
pub struct Shapes {
    /// Headings.
    pub header: Format,
    /// Names of parts.
    pub bold: Format,
    /// Whole numbers.
    pub int: Format,
    /// Weights with decimals.
    pub decimals: Format,
    /// Shares.
    pub percent: Format,
    /// Date and time.
    pub time: Format,
    /// Amounts.
    pub amount: Format,
    /// Days, as the reader's system writes them: number 14 of the format.
    pub day: Format,
    total: Format,
    total_int: Format,
    total_decimals: Format,
}

impl Shapes {
    /// The formats, with headings on a colour.
    pub fn new(color: Rgb) -> Self {
        let header = Format::new().set_bold().set_font_color(Color::White);
        let total = Format::new().set_bold().set_border_top(FormatBorder::Thin);
        Self {
            header: header.set_background_color(color_of(color)).set_align(FormatAlign::Left),
            bold: Format::new().set_bold(),
            int: Format::new().set_num_format(WHOLE),
            decimals: Format::new().set_num_format(DECIMALS),
            percent: Format::new().set_num_format("0%"),
            time: Format::new().set_num_format("dd/mm/yy hh:mm"),
            amount: Format::new().set_num_format("#,##0.00####"),
            day: Format::new().set_num_format_index(14),
            total_int: total.clone().set_num_format(WHOLE),
            total_decimals: total.clone().set_num_format(DECIMALS),
            total,
        }
    }

    /// The format of a weight: without a dot when it is whole.
    pub fn of_weight(&self, weight: f64) -> &Format {
        if weight.fract() == 0.0 { &self.int } else { &self.decimals }
    }

    /// The format of a cell in the row at the foot of a table.
    pub fn total_of(&self, cell: &Cell<'_>) -> &Format {
        match cell {
            Cell::Int(_) => &self.total_int,
            Cell::Kilograms(weight) if weight.fract() == 0.0 => &self.total_int,
            Cell::Kilograms(_) => &self.total_decimals,
            _ => &self.total,
        }
    }

    /// The format of a number with a unit behind it.
    pub fn with_unit(value: f64, unit: &str) -> Format {
        let format = Format::new().set_align(FormatAlign::Left);
        let shape = if value.fract() == 0.0 { WHOLE } else { DECIMALS };
        if unit.is_empty() {
            return format.set_num_format(shape);
        }
        // In quotation marks everything but a quotation mark stands for itself.
        let unit = format!("\" {}\"", unit.replace('"', ""));
        let parts: Vec<String> = shape.split(';').map(|part| format!("{part}{unit}")).collect();
        format.set_num_format(parts.join(";"))
    }
}

/// A colour as the format writes it.
pub fn color_of([red, green, blue]: Rgb) -> Color {
    Color::RGB(u32::from_be_bytes([0, red, green, blue]))
}

/// Prints a sheet across A4, all columns on one page.
pub fn print_in_width(sheet: &mut Worksheet, foot: &str) {
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_footer(foot);
}

/// A text in a foot, where `&` begins a sign. The format takes at most 255 characters.
pub fn escaped(text: &str) -> String {
    const CHARS_MAX: usize = 80;
    let short: String = text.chars().filter(|character| !character.is_control()).take(CHARS_MAX).collect();
    short.replace('&', "&&")
}

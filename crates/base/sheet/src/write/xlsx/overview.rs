//! The first sheet of a report: what it is, its key figures, and its chart with the numbers that are drawn.

use rust_xlsxwriter::{
    Chart, ChartDataLabel, ChartFormat, ChartLegendPosition, ChartLine, ChartSolidFill, ChartType, Worksheet, XlsxError,
};

use super::shapes::{Shapes, color_of, print_in_width};
use super::{Book, write_finite, write_text};
use crate::brand::{Brand, Rgb};
use crate::fault::WriteFault;
use crate::report::{Bars, Figure, Report};

const WORDS_WIDTH: f64 = 34.0;
const VALUE_WIDTH: f64 = 16.0;
/// More bars than these have no values over them: they would run into each other.
const VALUES_MAX: usize = 14;
/// The column in which the chart begins, beside the numbers.
const CHART_COLUMN: u16 = 4;
const TARGET_COLOR: Rgb = [0xc4, 0x5a, 0x00];

impl Book {
    /// Writes the overview.
    pub(super) fn overview(&mut self, report: &Report, brand: &Brand) -> Result<(), WriteFault> {
        let name = self.name(&report.title, 1);
        let color = self.color;
        let Self { workbook, shapes, foot, .. } = self;
        // In memory, unlike tables: a chart keeps a copy of its numbers for programs that only show it.
        let sheet = workbook.add_worksheet();
        sheet.set_name(&name)?;
        print_in_width(sheet, foot);
        sheet.set_column_width(0, WORDS_WIDTH)?.set_column_width(1, VALUE_WIDTH)?;
        sheet.write_string_with_format(0, 0, &brand.name, &shapes.bold)?;
        sheet.write_string_with_format(1, 0, &report.title, &shapes.bold)?;
        let mut row = 2;
        for line in report.lines.iter().chain([&report.made]).filter(|line| !line.is_empty()) {
            sheet.write_string(row, 0, line)?;
            row += 1;
        }
        row += 1;
        for figure in &report.figures {
            write_figure(sheet, row, figure)?;
            row += 1;
        }
        if let Some(picture) = &report.bars {
            chart(sheet, row + 1, picture, Look { name: &name, color, shapes })?;
        }
        Ok(())
    }
}

fn write_figure(sheet: &mut Worksheet, row: u32, figure: &Figure) -> Result<(), XlsxError> {
    write_text(sheet, (row, 0), &figure.label)?;
    match &figure.number {
        Some(number) => write_finite(sheet, (row, 1), number.value, &Shapes::with_unit(number.value, &number.unit))?,
        None => write_text(sheet, (row, 1), &figure.value)?,
    }
    write_text(sheet, (row, 2), &figure.note)
}

#[derive(Clone, Copy)]
struct Look<'l> {
    /// The name of the sheet.
    name: &'l str,
    color: Rgb,
    shapes: &'l Shapes,
}

/// Writes the numbers, and beside them the chart of them on the scale that page and paper have.
fn chart(sheet: &mut Worksheet, mut row: u32, picture: &Bars, look: Look<'_>) -> Result<(), XlsxError> {
    sheet.write_string_with_format(row, 0, &picture.title, &look.shapes.bold)?;
    let Some(axis) = picture.axis() else { return write_text(sheet, (row + 1, 0), &picture.empty) };
    for words in picture.words.iter().filter(|words| !words.is_empty()) {
        row += 1;
        write_text(sheet, (row, 0), words)?;
    }
    if let Some(target) = &picture.target {
        row += 1;
        write_text(sheet, (row, 2), &target.label)?;
    }
    let first = row + 1;
    for bar in &picture.bars {
        row += 1;
        write_text(sheet, (row, 0), &bar.label)?;
        write_finite(sheet, (row, 1), bar.value, look.shapes.of_weight(bar.value))?;
        if let Some(target) = &picture.target {
            write_finite(sheet, (row, 2), target.value, look.shapes.of_weight(target.value))?;
        }
    }
    let mut chart = Chart::new(ChartType::Column);
    let series = chart.add_series();
    series.set_categories((look.name, first, 0, row, 0)).set_values((look.name, first, 1, row, 1));
    series.set_name(&picture.title).set_gap(45);
    series.set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(color_of(look.color))));
    if picture.bars.len() <= VALUES_MAX {
        series.set_data_label(ChartDataLabel::new().show_value());
    }
    chart.title().set_name(&picture.title);
    chart.y_axis().set_min(0).set_max(axis.top).set_major_unit(axis.step);
    if let Some(target) = &picture.target {
        let mut line = Chart::new(ChartType::Line);
        let series = line.add_series();
        series.set_categories((look.name, first, 0, row, 0)).set_values((look.name, first, 2, row, 2));
        series.set_name(&target.label);
        series
            .set_format(ChartFormat::new().set_line(ChartLine::new().set_color(color_of(TARGET_COLOR)).set_width(1.5)));
        chart.combine(&line);
        chart.legend().set_position(ChartLegendPosition::Bottom);
    } else {
        chart.legend().set_hidden();
    }
    chart.set_width(760).set_height(320).set_alt_text(&picture.title);
    sheet.insert_chart(2, CHART_COLUMN, &chart).map(drop)
}

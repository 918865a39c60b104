//! A hundred thousand rows as a workbook. To be run optimised and alone:
//! `cargo test --release -p portal-work --test large -- --ignored --nocapture`.

use std::io::Write;
use std::time::Instant;

use jiff::civil::date;
use portal_rules::column::Column;
use portal_rules::customer::Customer;
use portal_rules::format::Format;
use portal_rules::quantity::Quantity;
use portal_rules::status::Status;
use portal_rules::stock::Stock;
use portal_rules::view::View;
use portal_work::sheet::{Form, Sheet};

/// Counts what is written and keeps nothing, as a reader does who takes it away.
struct Counted(usize);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn row(n: usize) -> Stock {
    let day = date(2026, 11, 30);
    Stock {
        customer: Some(Customer::keyed(&(n % 12).to_string(), &format!("Customer {}", n % 12))),
        part: format!("{:05}", n % 4_000),
        customer_part: None,
        description: format!("Product {}, boxed", n % 900),
        on_hand: Quantity(i64::try_from(n).expect("few") * 1_250_000),
        unit: ["EA", "CS", "LB"][n % 3].into(),
        bin: format!("A-{:03}", n % 300),
        lot: Some(format!("{n}E4")),
        expires: Some(day),
        reference: n.is_multiple_of(3).then(|| format!("REF-{n}")),
        order: Some(format!("PO-{}", n % 30_000)),
        status: Status::ALL[n % 8],
        received: Some(day),
        moved: Some(day),
    }
}

/// The most memory that this process ever had, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default() / 1024
}

#[test]
#[ignore = "a measurement of an optimised build"]
fn a_hundred_thousand_rows_are_a_workbook_in_two_seconds_and_150_mib() {
    let rows: Vec<Stock> = (0..100_000).map(row).collect();
    let columns = Column::ALL.into_iter().map(|column| (column, column.title().to_owned())).collect();
    let sheet = Sheet { title: "Stock".into(), columns, made_at: date(2026, 11, 30).at(12, 0, 0, 0) };
    let began = Instant::now();
    let shown = View::default().apply(&rows, Format::default());
    let mut out = Counted(0);
    sheet.write(Form::Xlsx, &shown, &mut out).expect("a workbook");
    let took = began.elapsed();
    println!("{} rows, {} bytes, {took:?}, {} MiB at most", shown.len(), out.0, peak_mib());
    assert!(took.as_secs_f64() < 2.0 && peak_mib() < 150);
}

//! What the measurements share: a line of the result, and a number of connections on the command line.

use crate::bench::Measured;
use crate::commands::answer;

/// A number of connections, at least 1.
pub fn some(text: &str) -> Result<usize, String> {
    let number = text.parse::<std::num::NonZeroUsize>();
    number.map(std::num::NonZeroUsize::get).map_err(|_| "give a whole number from 1".to_owned())
}

/// Prints one measurement, beside that of a route that does nothing.
pub fn line(name: &str, measured: &Measured, nothing: &Measured) -> anyhow::Result<()> {
    answer(&format!(
        "  {name:22} {:>9.0}/s  p50 {:>6.2} ms  p99 {:>6.2} ms  max {:>7.2} ms  ratio {:.3}",
        measured.per_second,
        measured.latency_ms(0.5),
        measured.latency_ms(0.99),
        measured.latency_ms(1.0),
        measured.per_second / nothing.per_second
    ))
}

//! Parent labels by number, for example files and example sites.

use bags_rules::code::{LabelFormat, Labels};

/// How many labels a format has.
pub fn capacity(format: &LabelFormat) -> u64 {
    10_u64.saturating_pow(u32::try_from(format.digits).unwrap_or(u32::MAX))
}

/// How many labels there are in all.
pub fn capacity_of_all(labels: &Labels) -> u64 {
    labels.formats().iter().map(capacity).fold(0, u64::saturating_add)
}

/// A label by its number: those of the first format, from 1 on and with 0 at the end, then those of the next. After the
/// last it starts again at the first.
pub fn parent_code(index: u64, labels: &Labels) -> String {
    let mut index = index % capacity_of_all(labels);
    for format in labels.formats() {
        let room = capacity(format);
        if index < room {
            let number = (index + 1) % room;
            return format!("{}{number:0digits$}", format.prefix, digits = format.digits);
        }
        index -= room;
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_format_follows_when_the_first_is_used_up() {
        let labels = Labels::of_source();
        assert_eq!(parent_code(0, &labels), "SB00001");
        assert_eq!(parent_code(99_999, &labels), "SB00000");
        assert_eq!(parent_code(100_000, &labels), "M444-00001");
        assert_eq!(parent_code(199_999, &labels), "M444-00000");
        assert_eq!(capacity_of_all(&labels), 200_000);
    }
}

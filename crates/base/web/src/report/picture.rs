//! A report's bars, laid out for a page: rectangles with attributes, because a page holds no styles of its own.
//!
//! Invariant: the tallest bar is the largest value; a value that is not zero is always visible.

use base_sheet::report::Bars;

const WIDTH: f64 = 608.0;
const BASE_Y: f64 = 150.0;
const TALLEST: f64 = 137.0;
const HEIGHT_MIN: f64 = 3.0;
/// Labels that fit under the bars.
const LABELS_MAX: usize = 12;
/// One letter of a label.
const LETTER_WIDTH: f64 = 7.5;

/// The picture of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// What it shows.
    pub title: String,
    /// Its bars, from left to right.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it counts.
    pub label: String,
    /// The text under it: as much of the label as fits before the next one.
    pub under: String,
    /// Its value as people read it.
    pub shown: String,
    /// True for bars whose label is written under them.
    pub is_labelled: bool,
    /// True for the tallest.
    pub is_top: bool,
    /// Its left edge.
    pub x: String,
    /// Its upper edge.
    pub y: String,
    /// Its width.
    pub width: String,
    /// Its height.
    pub height: String,
    /// Its middle, where the label stands.
    pub middle: String,
}

impl Picture {
    /// Lays bars out.
    pub fn of(bars: &Bars) -> Self {
        let most = bars.bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
        let count = u32::try_from(bars.bars.len().max(1)).unwrap_or(u32::MAX);
        let step = WIDTH / f64::from(count);
        let longest = bars.bars.iter().map(|bar| width_of(&bar.label)).fold(0.0, f64::max);
        let every = match bars.bars.len().div_ceil(LABELS_MAX) {
            // Each has its name, or the beginning of it.
            0 | 1 => 1,
            // In a long row fewer labels, but complete ones: the reader counts on from the last one.
            every => every.max(steps(longest / step)),
        };
        let letters_max = letters_within(step * f64::from(u32::try_from(every).unwrap_or(u32::MAX)));
        // Bars at the edge have no label: it would stick out of the picture.
        let first = steps(longest / 2.0 / step - 0.5).min(every - 1);
        let mut left = 0.0;
        let mut laid = Vec::with_capacity(bars.bars.len());
        for (at, bar) in bars.bars.iter().enumerate() {
            let height = if bar.value > 0.0 { (bar.value / most * TALLEST).round().max(HEIGHT_MIN) } else { 0.0 };
            let (under, middle) = (shortened(&bar.label, letters_max), left + step / 2.0);
            laid.push(Bar {
                label: bar.label.clone(),
                is_labelled: at % every == first && middle + width_of(&under) / 2.0 <= WIDTH,
                middle: format!("{middle:.1}"),
                under,
                shown: bar.shown.clone(),
                is_top: bar.value > 0.0 && bar.value >= most,
                x: format!("{:.1}", left + step * 0.16),
                y: format!("{:.0}", BASE_Y - height),
                width: format!("{:.1}", step * 0.68),
                height: format!("{height:.0}"),
            });
            left += step;
        }
        Self { title: bars.title.clone(), bars: laid }
    }
}

/// A whole number of steps, rounded up; at most as many as a picture may have bars.
fn steps(exact: f64) -> usize {
    (0..1000_u32).take_while(|count| f64::from(*count) < exact).count()
}

fn width_of(label: &str) -> f64 {
    f64::from(u32::try_from(label.chars().count()).unwrap_or(u32::MAX)) * LETTER_WIDTH
}

fn letters_within(width: f64) -> usize {
    (1..60_u32).take_while(|count| f64::from(*count) * LETTER_WIDTH <= width).count()
}

fn shortened(label: &str, letters_max: usize) -> String {
    if label.chars().count() <= letters_max {
        return label.to_owned();
    }
    let kept: String = label.chars().take(letters_max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use base_sheet::report::Bar as Given;

    use super::*;

    fn picture(values: &[f64]) -> Picture {
        let bar = |value: &f64| Given { label: "x".into(), value: *value, shown: value.to_string() };
        Picture::of(&Bars { title: "t".into(), bars: values.iter().map(bar).collect(), target: None })
    }

    #[test]
    fn the_tallest_bar_is_the_largest_and_a_small_one_is_seen() {
        let picture = picture(&[0.0, 1.0, 10_000.0]);
        let heights: Vec<&str> = picture.bars.iter().map(|bar| bar.height.as_str()).collect();
        assert_eq!(heights, ["0", "3", "137"]);
        assert_eq!(picture.bars[2].y, "13");
        assert!(picture.bars[2].is_top && !picture.bars[0].is_top);
    }

    #[test]
    fn at_most_twelve_labels_stand_under_the_bars() {
        for count in [0, 1, 12, 13, 31, 62] {
            let labels = picture(&vec![1.0; count]).bars.iter().filter(|bar| bar.is_labelled).count();
            assert!(labels <= 12 && (labels > 0 || count == 0), "{count}: {labels}");
        }
    }

    #[test]
    fn a_label_never_runs_into_the_next_one() {
        let bar = |label: &str| Given { label: label.to_owned(), value: 1.0, shown: "1".to_owned() };
        let of = |labels: &[&str]| {
            Picture::of(&Bars { title: "t".into(), bars: labels.iter().copied().map(bar).collect(), target: None })
        };
        assert_eq!(of(&["Sri Ganganagar", "Hisar"]).bars[0].under, "Sri Ganganagar");
        let crowded = of(&["Sri Ganganagar", "b", "c", "d", "e", "f", "g", "h", "i", "j"]);
        assert_eq!((crowded.bars[0].under.as_str(), crowded.bars[1].under.as_str()), ("Sri Gan…", "b"));
        assert_eq!(crowded.bars[0].label, "Sri Ganganagar", "the table beside it has all of it");
    }

    #[test]
    fn a_label_never_sticks_out_of_the_picture() {
        let labelled = |label: &str, count: usize| {
            let bar = |_| Given { label: label.to_owned(), value: 1.0, shown: "1".to_owned() };
            let picture = Picture::of(&Bars { title: "t".into(), bars: (0..count).map(bar).collect(), target: None });
            let at = |(at, bar): (usize, &Bar)| bar.is_labelled.then_some(at);
            picture.bars.iter().enumerate().filter_map(at).collect::<Vec<_>>()
        };
        assert_eq!(labelled("24/10/26", 30), [1, 4, 7, 10, 13, 16, 19, 22, 25, 28]);
        assert_eq!(labelled("24/10/26", 90), [4, 13, 22, 31, 40, 49, 58, 67, 76, 85]);
        assert_eq!(labelled("24/10/26", 58).last(), Some(&51), "57 would stick out on the right");
        assert_eq!(labelled("00", 24), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22]);
    }
}

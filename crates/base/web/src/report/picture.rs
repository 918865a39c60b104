//! A report's bars, laid out for a page. Places across are shares of the width and texts have a size of their own, so that
//! labels are as large on a phone as on a desk; which of them fit is known for a narrow and for a wide chart.
//!
//! The script of the home page draws by the same rule; `ui/tests/chart.json` holds figures for both.
//!
//! Invariant: a value that is not zero is always visible, and the largest is always written out.

use base_sheet::report::Bars;

/// The line that bars stand on, and the height of the whole scale.
const BASE_Y: f64 = 172.0;
const TALL: f64 = 148.0;
const HEIGHT_MIN: f64 = 2.0;
const LABEL_Y: f64 = 190.0;
/// The least width of the bars in a wide chart and in a narrow one, as `ui/styles/kit/pages.css` tells them apart.
const WIDE: f64 = 536.0;
const NARROW: f64 = 240.0;
/// One letter, and what stays free between two labels.
const LETTER: f64 = 7.0;
const GAP: f64 = 6.0;
/// How far a label may stick out over the edge of the bars.
const EDGE: f64 = 16.0;
/// Labels up to this long are days and the like, and mean something else when they are cut; longer ones are names, cut no
/// shorter than that. Rather are there fewer.
const LETTERS_WHOLE: usize = 8;
const LETTERS_MIN: usize = 6;
/// Fewer bars are drawn as narrow as these many.
const SLOTS_MIN: usize = 6;

/// The picture of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// What it shows.
    pub title: String,
    /// The numbers of its scale, from zero up; empty when there is nothing to draw.
    pub ticks: Vec<Tick>,
    /// Its bars, from left to right.
    pub bars: Vec<Bar>,
    /// What is written under and over the bars.
    pub texts: Vec<Text>,
    /// The line to compare the bars with.
    pub target: Option<Tick>,
    /// What there is to say about it.
    pub words: Vec<String>,
    /// What stands there instead when there is nothing to draw.
    pub empty: String,
    /// How much room the numbers of the scale take: `near`, `middle` or `far`.
    pub gutter: &'static str,
    /// For a chart that a script goes on with: how it says which bar is the highest, with `{label}` and `{value}`.
    pub most: String,
    /// And how it says what the last bar has, with `{value}`; empty for not at all.
    pub latest: String,
}

/// A number of the scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Its place from the top.
    pub y: String,
    /// As people read it.
    pub shown: String,
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it counts.
    pub label: String,
    /// Its value as people read it.
    pub shown: String,
    /// True for the highest.
    pub is_top: bool,
    /// Its left edge, in percent.
    pub x: String,
    /// Its upper edge.
    pub y: String,
    /// Its width, in percent.
    pub width: String,
    /// Its height.
    pub height: String,
}

/// A text at a bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// What it says.
    pub text: String,
    /// `bar-label` or `bar-value`, with `wide` or `narrow` where it is written only then.
    pub class: String,
    /// Where, in percent.
    pub x: String,
    /// Its baseline.
    pub y: String,
    /// `start`, `middle` or `end`.
    pub anchor: &'static str,
}

impl Picture {
    /// Lays bars out.
    pub fn of(bars: &Bars) -> Self {
        let mut picture = Self {
            title: bars.title.clone(),
            words: bars.words.clone(),
            empty: bars.empty.clone(),
            gutter: "near",
            ..Self::default()
        };
        let axis = bars.axis();
        let tall = |value: f64| axis.as_ref().map_or(0.0, |axis| height(value, axis.top));
        let count = bars.bars.len().max(1);
        let slot = 100.0 / float(count);
        let wide = slot * 0.68 * float(count.min(SLOTS_MIN)) / float(SLOTS_MIN);
        let top = bars.top();
        for (at, bar) in bars.bars.iter().enumerate() {
            let tall = tall(bar.value);
            picture.bars.push(Bar {
                label: bar.label.clone(),
                shown: bar.shown.clone(),
                is_top: top == Some(at),
                x: format!("{:.2}", float(at) * slot + (slot - wide) / 2.0),
                y: format!("{:.0}", BASE_Y - tall),
                width: format!("{wide:.2}"),
                height: format!("{tall:.0}"),
            });
        }
        let Some(axis) = &axis else { return picture };
        let at = |value: f64| format!("{:.1}", BASE_Y - axis.share(value) * TALL);
        picture.ticks = axis.ticks.iter().map(|tick| Tick { y: at(tick.value), shown: tick.shown.clone() }).collect();
        picture.gutter = gutter(picture.ticks.iter().map(|tick| tick.shown.len()).max().unwrap_or_default());
        picture.target = bars.target.as_ref().map(|target| Tick { y: at(target.value), shown: target.label.clone() });
        picture.write_labels();
        picture.write_values(top);
        picture
    }

    fn write_labels(&mut self) {
        let labels: Vec<&str> = self.bars.iter().map(|bar| bar.label.as_str()).collect();
        let (wide, narrow) = (Labelled::of(&labels, WIDE), Labelled::of(&labels, NARROW));
        let slot = 100.0 / float(labels.len().max(1));
        let y = format!("{LABEL_Y:.0}");
        let mut texts = Vec::new();
        for (at, label) in labels.iter().enumerate() {
            let [in_wide, in_narrow] = [&wide, &narrow].map(|labelled| labelled.text(at, label));
            let x = format!("{:.2}", (float(at) + 0.5) * slot);
            let mut add = |text: Option<String>, width: &str| {
                if let Some(text) = text {
                    let class = format!("bar-label{width}");
                    texts.push(Text { text, class, x: x.clone(), y: y.clone(), anchor: "middle" });
                }
            };
            if in_wide == in_narrow {
                add(in_wide, "");
            } else {
                add(in_wide, " wide");
                add(in_narrow, " narrow");
            }
        }
        self.texts.extend(texts);
    }

    /// All values where there is room for each, otherwise the highest.
    fn write_values(&mut self, top: Option<usize>) {
        let count = self.bars.len().max(1);
        let widest = self.bars.iter().map(|bar| width_of(&bar.shown)).fold(0.0, f64::max);
        let [in_wide, in_narrow] = [WIDE, NARROW].map(|width| widest + GAP <= width / float(count));
        let slot = 100.0 / float(count);
        for (at, bar) in self.bars.iter().enumerate() {
            let is_top = top == Some(at);
            let class = match (in_wide || is_top, in_narrow || is_top) {
                (true, true) => "bar-value",
                (true, false) => "bar-value wide",
                _ => continue,
            };
            let middle = (float(at) + 0.5) / float(count);
            let (anchor, x) = match middle {
                _ if in_narrow => ("middle", middle * 100.0),
                _ if middle < 0.12 => ("start", float(at) * slot),
                _ if middle > 0.88 => ("end", (float(at) + 1.0) * slot),
                _ => ("middle", middle * 100.0),
            };
            let above: f64 = bar.y.parse().unwrap_or(BASE_Y);
            self.texts.push(Text {
                text: bar.shown.clone(),
                class: class.to_owned(),
                x: format!("{x:.2}"),
                y: format!("{:.0}", above - 5.0),
                anchor,
            });
        }
    }

    /// True when there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.ticks.is_empty()
    }

    /// All that there is to say about it.
    pub fn said(&self) -> String {
        self.words.join(" · ")
    }
}

/// The height of a bar on a scale.
fn height(value: f64, top: f64) -> f64 {
    if value > 0.0 { (value / top * TALL).round().clamp(HEIGHT_MIN, TALL) } else { 0.0 }
}

fn gutter(letters: usize) -> &'static str {
    match letters {
        0..=3 => "near",
        4..=6 => "middle",
        _ => "far",
    }
}

/// Which bars have a label, and how much of it.
struct Labelled {
    count: usize,
    width: f64,
    /// Every so many has one,
    every: usize,
    /// beginning with this.
    first: usize,
    letters_max: usize,
    /// Half the width of the longest that is written.
    half: f64,
}

impl Labelled {
    fn of(labels: &[&str], width: f64) -> Self {
        let count = labels.len().max(1);
        let step = width / float(count);
        let letters = labels.iter().map(|label| label.chars().count()).max().unwrap_or_default();
        let needed = if letters <= LETTERS_WHOLE { letters } else { LETTERS_MIN };
        let needed = float(needed) * LETTER + GAP;
        let every = steps(needed / step).max(1);
        let letters_max = whole((step * float(every) - GAP) / LETTER).max(1);
        let half = float(letters.min(letters_max)) * LETTER / 2.0;
        let first = steps((half - EDGE) / step - 0.5).min(every - 1);
        Self { count, width, every, first, letters_max, half }
    }

    fn text(&self, at: usize, label: &str) -> Option<String> {
        let middle = (float(at) + 0.5) * self.width / float(self.count);
        let is_written = at % self.every == self.first && middle + self.half <= self.width + EDGE;
        is_written.then(|| shortened(label, self.letters_max))
    }
}

/// A whole number of steps, rounded up; at most as many as a picture may have bars.
fn steps(exact: f64) -> usize {
    (0..1000_u32).take_while(|count| f64::from(*count) < exact).count()
}

/// A whole number, rounded down.
fn whole(exact: f64) -> usize {
    (1..1000_u32).take_while(|count| f64::from(*count) <= exact).count()
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn width_of(text: &str) -> f64 {
    float(text.chars().count()) * LETTER
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
    use base_core::number::grouped;
    use base_sheet::report::{Bar as Given, Target};
    use serde::Deserialize;

    use super::*;

    /// What the page and the script draw alike: `ui/tests/home.test.ts` reads it, too.
    const SHARED: &str = include_str!("../../../../../ui/tests/chart.json");

    #[derive(Deserialize)]
    struct Drawn {
        labels: Vec<String>,
        values: Vec<i64>,
        ticks: Vec<String>,
        heights: Vec<String>,
        texts: Vec<String>,
    }

    fn bars(labels: &[String], values: &[i64]) -> Bars {
        let bar = |(label, n): (&String, &i64)| Given {
            label: label.clone(),
            value: f64::from(i32::try_from(*n).expect("small")),
            shown: grouped(*n),
        };
        Bars { title: "t".into(), bars: labels.iter().zip(values).map(bar).collect(), ..Bars::default() }
    }

    #[test]
    fn a_chart_is_drawn_as_the_script_draws_it() {
        let all: Vec<Drawn> = serde_json::from_str(SHARED).expect("charts");
        assert!(all.len() >= 5);
        for drawn in all {
            let picture = Picture::of(&bars(&drawn.labels, &drawn.values));
            let ticks: Vec<_> = picture.ticks.iter().map(|tick| tick.shown.clone()).collect();
            let heights: Vec<_> = picture.bars.iter().map(|bar| bar.height.clone()).collect();
            let text = |text: &Text| format!("{} {} {} {} {}", text.class, text.text, text.x, text.y, text.anchor);
            let texts: Vec<_> = picture.texts.iter().map(text).collect();
            if std::env::var_os("TALLYHOUSE_PRINT_CHARTS").is_some() {
                println!(
                    "{}",
                    serde_json::json!({ "labels": drawn.labels, "values": drawn.values, "ticks": ticks,
                    "heights": heights, "texts": texts })
                );
                continue;
            }
            assert_eq!((ticks, heights, texts), (drawn.ticks, drawn.heights, drawn.texts), "{:?}", drawn.labels);
        }
    }

    #[test]
    fn the_largest_value_is_written_out_and_a_small_one_is_seen() {
        let labels = ["a", "b", "c"].map(str::to_owned);
        let picture = Picture::of(&bars(&labels, &[0, 1, 100_000]));
        let heights: Vec<&str> = picture.bars.iter().map(|bar| bar.height.as_str()).collect();
        assert_eq!(heights, ["0", "2", "148"]);
        assert!(picture.bars[2].is_top && !picture.bars[0].is_top);
        assert!(picture.texts.iter().any(|text| text.text == "1,00,000" && text.class == "bar-value"));
        assert!(Picture::of(&bars(&labels, &[0, 0, 0])).is_empty());
    }

    #[test]
    fn labels_neither_run_into_each_other_nor_leave_the_picture() {
        for (label, count) in [("24/10/26", 7), ("24/10/26", 30), ("24/10/26", 90), ("00", 24), ("SB00042-1234", 31)] {
            let labels = vec![label.to_owned(); count];
            let names: Vec<&str> = labels.iter().map(String::as_str).collect();
            for width in [WIDE, NARROW] {
                let labelled = Labelled::of(&names, width);
                let written: Vec<usize> = (0..count).filter(|at| labelled.text(*at, label).is_some()).collect();
                assert!(!written.is_empty(), "{label} {count} {width}");
                let step = width / float(count);
                let own = width_of(&labelled.text(written[0], label).expect("written"));
                assert!(
                    written.windows(2).all(|pair| float(pair[1] - pair[0]) * step >= own),
                    "{label} {count} {width}"
                );
                let last = written[written.len() - 1];
                assert!((float(last) + 0.5) * step + own / 2.0 <= width + EDGE, "{label} {count} {width}");
                assert!((float(written[0]) + 0.5) * step - own / 2.0 >= -EDGE, "{label} {count} {width}");
            }
        }
    }

    #[test]
    fn a_long_name_is_cut_and_a_target_stands_on_the_same_scale() {
        let labels: Vec<String> = ["Sri Ganganagar", "Hisar"].map(str::to_owned).to_vec();
        let many: Vec<String> = labels.iter().cloned().cycle().take(12).collect();
        let mut given = bars(&many, &[20; 12]);
        given.target = Some(Target { label: "Full".into(), value: 30.0 });
        let picture = Picture::of(&given);
        assert!(picture.texts.iter().any(|text| text.text.ends_with('…')), "{:?}", picture.texts);
        assert_eq!(picture.target.expect("a target").y, "24.0");
        assert_eq!(picture.bars[0].label, "Sri Ganganagar", "the table beside it has all of it");
    }
}

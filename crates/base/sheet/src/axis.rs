//! The scale of a chart: zero, and up to four round numbers above it. Page, PDF and workbook draw on the same one, and
//! the script of the home page follows the same rule (`ui/tests/chart.json` holds figures for both).

use base_core::number::grouped;

/// Most steps above zero.
const STEPS_MAX: f64 = 4.0;

/// A scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// The numbers on it, from zero up.
    pub ticks: Vec<Tick>,
    /// The last of them: as high as the chart goes.
    pub top: f64,
    /// From one number to the next.
    pub step: f64,
}

/// A number on a scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where it stands.
    pub value: f64,
    /// As people read it.
    pub shown: String,
}

impl Axis {
    /// The scale on which the largest value fits; `None` when there is nothing above zero to draw.
    pub fn of(most: f64) -> Option<Self> {
        if !most.is_finite() || most <= 0.0 {
            return None;
        }
        let mut step = 1.0;
        // 1, 2, 5, 10, 20, 50, …: the smallest with which few steps are enough. Floats end after 309 decades.
        for factor in [2.0, 2.5, 2.0].into_iter().cycle().take(927) {
            if (most / step).ceil() <= STEPS_MAX {
                break;
            }
            step *= factor;
        }
        let top = (most / step).ceil() * step;
        if !top.is_finite() {
            return None;
        }
        let mut ticks = Vec::new();
        let mut value = 0.0;
        while value <= top + step / 2.0 {
            #[expect(clippy::cast_possible_truncation, reason = "larger values are shown as the largest")]
            ticks.push(Tick { value, shown: grouped(value as i64) });
            value += step;
        }
        Some(Self { ticks, top, step })
    }

    /// How high a value is, as a share of the whole.
    pub fn share(&self, value: f64) -> f64 {
        if value.is_finite() { (value / self.top).clamp(0.0, 1.0) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_has_few_round_numbers_and_room_for_the_largest_value() {
        let shown = |most: f64| {
            let axis = Axis::of(most).unwrap();
            axis.ticks.into_iter().map(|tick| tick.shown).collect::<Vec<_>>().join(" ")
        };
        let known = [
            (1.0, "0 1"),
            (4.0, "0 1 2 3 4"),
            (5.0, "0 2 4 6"),
            (30.0, "0 10 20 30"),
            (137.0, "0 50 100 150"),
            (3127.0, "0 1,000 2,000 3,000 4,000"),
            (123_456.0, "0 50,000 1,00,000 1,50,000"),
        ];
        for (most, ticks) in known {
            assert_eq!(shown(most), ticks, "{most}");
        }
        for most in [0.0, -3.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Axis::of(most), None);
        }
        for most in [f64::MAX, 1e300] {
            if let Some(axis) = Axis::of(most) {
                assert!(axis.ticks.len() <= 6);
            }
        }
    }
}

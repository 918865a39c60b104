//! Codes that a camera reads, drawn by the server: nothing is sent to anybody else to be drawn.

use qrcode::{Color, EcLevel, QrCode};

/// The white border that readers need, in squares.
const BORDER: usize = 4;

/// A drawing.
pub struct Qr {
    /// How many squares it is wide and high, its border included.
    pub side: usize,
    /// Its black squares, as a path.
    pub path: String,
    /// The same, as rows of squares.
    pub runs: Vec<Run>,
}

/// Black squares beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The place of the first one, from the left.
    pub x: usize,
    /// Its row.
    pub y: usize,
    /// How many they are.
    pub length: usize,
}

impl Qr {
    /// The drawing of a text; `None` if it is too long for one.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        let mut runs = Vec::new();
        for (row, squares) in code.to_colors().chunks(width).enumerate() {
            let mut at = 0;
            while at < width {
                let run = squares[at..].iter().take_while(|color| **color == Color::Dark).count();
                if run > 0 {
                    path.push_str(&format!("M{} {}h{run}v1h-{run}z", at + BORDER, row + BORDER));
                    runs.push(Run { x: at + BORDER, y: row + BORDER, length: run });
                }
                at += run.max(1);
            }
        }
        Some(Self { side: width + 2 * BORDER, path, runs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_squares_with_a_border_and_one_that_is_too_long_none() {
        let drawing = Qr::of("otpauth://totp/Tallyhouse:meera?secret=GEZDGNBVGY3TQOJQ").expect("it fits");
        // The first row begins with the upper edge of the pattern that readers look for: seven squares.
        assert!(drawing.path.starts_with("M4 4h7v1h-7z"), "{}", drawing.path);
        assert_eq!((drawing.side - 2 * BORDER - 17) % 4, 0, "{}", drawing.side);
        assert!(Qr::of(&"x".repeat(5000)).is_none());
    }
}

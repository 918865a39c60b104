//! Codes of passes, drawn by the server: nothing is sent to anybody else to be drawn.

use qrcode::{Color, EcLevel, QrCode};

/// The white border that readers need, in squares.
const BORDER: usize = 4;

/// A drawing.
pub struct Qr {
    /// How many squares it is wide and high, its border included.
    pub side: usize,
    /// Its black squares, as a path.
    pub path: String,
}

impl Qr {
    /// The drawing of a text; `None` if it is too long for one.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (row, squares) in code.to_colors().chunks(width).enumerate() {
            let mut at = 0;
            while at < width {
                let run = squares[at..].iter().take_while(|color| **color == Color::Dark).count();
                if run > 0 {
                    path.push_str(&format!("M{} {}h{run}v1h-{run}z", at + BORDER, row + BORDER));
                }
                at += run.max(1);
            }
        }
        Some(Self { side: width + 2 * BORDER, path })
    }
}

#[cfg(test)]
mod tests {
    use passes_rules::payload::epass::EpassSecret;

    use super::*;

    #[test]
    fn a_code_of_e_pass_needs_53_squares_and_its_border() {
        let code = EpassSecret::new("test-secret").code("11111111-2222-4333-8444-555555555555");
        let drawing = Qr::of(&code).expect("it fits");
        assert_eq!(drawing.side, 53 + 2 * BORDER);
        assert!(drawing.path.starts_with("M4 4h7v1h-7z"), "{}", drawing.path);
    }
}

//! Code 128, the barcode of paper that is scanned: any text of ASCII, digits packed in pairs.
//!
//! A symbol is a start, the characters, a check character and a stop; each is 11 modules wide, in six widths of bar and
//! space, the stop has seven in 13 modules (ISO/IEC 15417). No crate that is kept up does only this.

/// The widths of each symbol character: bar, space, bar, space, bar, space, in modules.
const WIDTHS: [&[u8; 6]; 106] = [
    b"212222", b"222122", b"222221", b"121223", b"121322", b"131222", b"122213", b"122312", b"132212", b"221213",
    b"221312", b"231212", b"112232", b"122132", b"122231", b"113222", b"123122", b"123221", b"223211", b"221132",
    b"221231", b"213212", b"223112", b"312131", b"311222", b"321122", b"321221", b"312212", b"322112", b"322211",
    b"212123", b"212321", b"232121", b"111323", b"131123", b"131321", b"112313", b"132113", b"132311", b"211313",
    b"231113", b"231311", b"112133", b"112331", b"132131", b"113123", b"113321", b"133121", b"313121", b"211331",
    b"231131", b"213113", b"213311", b"213131", b"311123", b"311321", b"331121", b"312113", b"312311", b"332111",
    b"314111", b"221411", b"431111", b"111224", b"111422", b"121124", b"121421", b"141122", b"141221", b"112214",
    b"112412", b"122114", b"122411", b"142112", b"142211", b"241211", b"221114", b"413111", b"241112", b"134111",
    b"111242", b"121142", b"121241", b"114212", b"124112", b"124211", b"411212", b"421112", b"421211", b"212141",
    b"214121", b"412121", b"111143", b"111341", b"131141", b"114113", b"114311", b"411113", b"411311", b"113141",
    b"114131", b"311141", b"411131", b"211412", b"211214", b"211232",
];
const STOP: &[u8; 7] = b"2331112";
const START_B: u8 = 104;
const START_C: u8 = 105;
const TO_C: u8 = 99;
const TO_B: u8 = 100;
/// Digits in a row for which a change to pairs saves room: four at an end, six between other letters.
const DIGITS_AT_END: usize = 4;
const DIGITS_BETWEEN: usize = 6;

/// What must stay empty on both sides, in modules.
pub const QUIET_MODULES: u8 = 10;

/// A barcode: the widths of its bars and spaces in modules, beginning and ending with a bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Barcode {
    /// The widths, bar and space in turn.
    pub widths: Vec<u8>,
}

impl Barcode {
    /// The barcode of a text; `None` for an empty one and for letters that no scanner would type.
    pub fn of(text: &str) -> Option<Self> {
        let is_plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if text.is_empty() || !is_plain {
            return None;
        }
        let values = values(text.as_bytes());
        let check = (0_u32..).zip(&values).fold(0, |sum, (at, value)| (sum + at.max(1) * u32::from(*value)) % 103);
        let check = usize::try_from(check).expect("below 103");
        let letters = values.iter().map(|value| WIDTHS[usize::from(*value)]).chain([WIDTHS[check]]);
        let widths = letters.flatten().chain(STOP).map(|digit| digit - b'0').collect();
        Some(Self { widths })
    }

    /// How wide it is, in modules.
    pub fn modules(&self) -> u32 {
        self.widths.iter().map(|width| u32::from(*width)).sum()
    }
}

/// The values of the start and of all characters.
fn values(text: &[u8]) -> Vec<u8> {
    let mut values = Vec::with_capacity(text.len() + 2);
    let (mut at, mut is_pairs) = (0, false);
    while at < text.len() {
        let digits = text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let is_at_end = at == 0 || at + digits == text.len();
        let needed = if is_at_end { DIGITS_AT_END } else { DIGITS_BETWEEN };
        let wants_pairs = if is_pairs { digits >= 2 } else { digits >= needed };
        if values.is_empty() {
            values.push(if wants_pairs { START_C } else { START_B });
        } else if wants_pairs != is_pairs {
            // The odd one of the digits is written before the pairs.
            if wants_pairs && digits % 2 == 1 {
                values.push(text[at] - b' ');
                at += 1;
            }
            values.push(if wants_pairs { TO_C } else { TO_B });
        }
        is_pairs = wants_pairs;
        if is_pairs {
            values.push((text[at] - b'0') * 10 + text[at + 1] - b'0');
            at += 2;
        } else {
            values.push(text[at] - b' ');
            at += 1;
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let bar = |(at, width): (usize, &u8)| if at % 2 == 0 { "#" } else { "." }.repeat((*width).into());
        Barcode::of(text).unwrap().widths.iter().enumerate().map(bar).collect()
    }

    #[test]
    fn each_character_is_eleven_modules_of_three_bars_and_no_two_are_alike() {
        for widths in WIDTHS {
            assert_eq!(widths.iter().map(|digit| u32::from(digit - b'0')).sum::<u32>(), 11);
            // Bars add up to an even number of modules: the parity of the standard.
            assert_eq!(widths.iter().step_by(2).map(|digit| u32::from(digit - b'0')).sum::<u32>() % 2, 0);
        }
        let distinct: std::collections::BTreeSet<_> = WIDTHS.into_iter().collect();
        assert_eq!(distinct.len(), WIDTHS.len());
    }

    #[test]
    fn known_texts_give_the_known_values() {
        // The examples that encoders are compared by.
        assert_eq!(values(b"PJJ123C"), [104, 48, 42, 42, 17, 18, 19, 35]);
        assert_eq!(values(b"RI476394652CH"), [104, 50, 41, 20, 99, 76, 39, 46, 52, 100, 35, 40]);
        assert_eq!(values(b"123456"), [105, 12, 34, 56]);
        assert_eq!(values(b"12345"), [105, 12, 34, 100, 21]);
        assert_eq!(values(b"AB1234"), [104, 33, 34, 99, 12, 34]);
        assert_eq!(values(b"INV/26-0160"), [104, 41, 46, 54, 15, 18, 22, 13, 99, 1, 60]);
    }

    #[test]
    fn a_known_text_gives_the_known_bars() {
        let p = "###.###.##.";
        let j = "#.##.###...";
        let one = "#..###..##.";
        let expected =
            ["##.#..#....", p, j, j, one, "##..###..#.", "##..#.###..", "#...#...##.", "###.#...##.", "##...###.#.##"];
        assert_eq!(shown("PJJ123C"), expected.concat(), "the check character is 55");
        assert_eq!(Barcode::of("PJJ123C").unwrap().modules(), 9 * 11 + 13);
    }

    #[test]
    fn what_no_scanner_would_type_has_no_barcode() {
        assert_eq!(["", "बिल", "a\n", "é"].map(Barcode::of), [None, None, None, None]);
        assert!(Barcode::of(" ~").is_some());
    }
}

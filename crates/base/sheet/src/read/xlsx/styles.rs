//! How a workbook shows its numbers: which style of a cell has which number format.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::super::format::Format;
use super::super::xml::{Part, attribute, broken};
use crate::fault::SheetFault;

/// Most styles that a workbook may have. Excel allows 65,490.
const STYLES_MAX: usize = 100_000;

/// See the module's head.
#[derive(Debug, Default)]
pub struct Styles {
    formats: Vec<Format>,
    /// For each style, which of the formats it has.
    of_styles: Vec<u32>,
}

impl Styles {
    /// Reads them.
    pub fn read(mut part: Part<'_>) -> Result<Self, SheetFault> {
        let mut styles = Self::default();
        // By the ids that the workbook gives them.
        let mut codes: HashMap<u32, String> = HashMap::new();
        let mut known: HashMap<u32, u32> = HashMap::new();
        let mut is_in_cells = false;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match part.read_event_into(&mut buffer).map_err(broken)? {
                Event::Eof => return Ok(styles),
                Event::Start(element) => match element.local_name().as_ref() {
                    "numFmt" => {
                        let code = attribute(&element, "formatCode").unwrap_or_default();
                        codes.insert(id_of(&element), code);
                    }
                    "cellXfs" => is_in_cells = true,
                    "xf" if is_in_cells => {
                        let id = id_of(&element);
                        let place = *known.entry(id).or_insert_with(|| {
                            let format = codes.get(&id).map_or_else(|| Format::built_in(id), |code| Format::of(code));
                            styles.formats.push(format);
                            u32::try_from(styles.formats.len() - 1).unwrap_or_default()
                        });
                        styles.of_styles.push(place);
                    }
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == "cellXfs" => is_in_cells = false,
                _ => {}
            }
            if styles.of_styles.len() > STYLES_MAX || codes.len() > STYLES_MAX {
                return Err(broken(format!("it has more than {STYLES_MAX} styles")));
            }
        }
    }

    /// The format of a style; of none, where there is no such style.
    pub fn format(&self, style: usize) -> Option<&Format> {
        self.formats.get(*self.of_styles.get(style)? as usize)
    }
}

fn id_of(element: &BytesStart<'_>) -> u32 {
    attribute(element, "numFmtId").and_then(|id| id.trim().parse().ok()).unwrap_or_default()
}

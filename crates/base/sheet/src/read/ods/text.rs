//! The text of a cell of OpenDocument: paragraphs, with blanks and line ends as elements; notes and pictures are no part of
//! it.

use quick_xml::events::{BytesStart, Event};

use super::super::row::CELL_BYTES_MAX;
use super::super::xml::{Part, add_text, attribute, broken};
use crate::fault::SheetFault;

/// See the module's head.
#[derive(Debug, Default)]
pub struct CellText {
    /// What was read of the last cell.
    pub text: String,
}

impl CellText {
    /// Reads up to the end of the cell whose element was begun.
    pub fn read(&mut self, part: &mut Part<'_>, buffer: &mut Vec<u8>) -> Result<(), SheetFault> {
        self.text.clear();
        let (mut paragraphs, mut depth, mut is_in_paragraph) = (0, 0_usize, false);
        // Elements inside notes and pictures, which are passed over.
        let mut passed = 0_usize;
        loop {
            buffer.clear();
            match part.read_event_into(buffer).map_err(broken)? {
                Event::Start(element) => {
                    depth += 1;
                    let name = element.local_name();
                    let name = name.as_ref();
                    if passed > 0 || matches!(name, "annotation" | "frame" | "table" | "custom-shape" | "object") {
                        passed += 1;
                        continue;
                    }
                    match name {
                        "p" => {
                            if paragraphs > 0 {
                                self.text.push('\n');
                            }
                            (paragraphs, is_in_paragraph) = (paragraphs + 1, true);
                        }
                        _ if is_in_paragraph => self.add_element(name, &element),
                        _ => {}
                    }
                }
                Event::End(element) => {
                    if depth == 0 {
                        return Ok(());
                    }
                    depth -= 1;
                    if passed > 0 {
                        passed -= 1;
                    } else if element.local_name().as_ref() == "p" {
                        is_in_paragraph = false;
                    }
                }
                Event::Eof => return Err(broken("a sheet ends within a cell")),
                event if is_in_paragraph && passed == 0 => add_text(&event, &mut self.text),
                _ => {}
            }
        }
    }

    fn add_element(&mut self, name: &str, element: &BytesStart<'_>) {
        match name {
            "s" => {
                let count = attribute(element, "c").and_then(|count| count.parse().ok()).unwrap_or(1_usize);
                // One more than a cell may hold is enough to have it refused.
                self.text.extend(std::iter::repeat_n(' ', count.min(CELL_BYTES_MAX + 1)));
            }
            "tab" => self.text.push('\t'),
            "line-break" => self.text.push('\n'),
            _ => {}
        }
    }
}

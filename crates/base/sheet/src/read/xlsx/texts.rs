//! The texts that the sheets of a workbook share, in one piece of memory.

use quick_xml::events::Event;

use super::super::xml::{Part, add_text, broken};
use crate::fault::SheetFault;

/// See the module's head.
#[derive(Debug, Default)]
pub struct Texts {
    all: String,
    ends: Vec<u32>,
}

impl Texts {
    /// Reads them.
    pub fn read(mut part: Part<'_>) -> Result<Self, SheetFault> {
        let mut texts = Self::default();
        let mut reading = InText::default();
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match part.read_event_into(&mut buffer).map_err(broken)? {
                Event::Eof => return Ok(texts),
                Event::End(element) if element.local_name().as_ref() == "si" => {
                    texts.all += &without_escapes(&reading.text);
                    reading.text.clear();
                    texts.ends.push(u32::try_from(texts.all.len()).map_err(|_| broken("its texts are too long"))?);
                }
                event => reading.take(&event),
            }
        }
    }

    /// The text with a number.
    pub fn get(&self, at: usize) -> Option<&str> {
        let end = *self.ends.get(at)? as usize;
        let begin = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        self.all.get(begin..end)
    }
}

/// The text of a cell, which may be in pieces; how it is pronounced is no part of it.
#[derive(Debug, Default)]
pub struct InText {
    /// What was read so far.
    pub text: String,
    is_within: bool,
    is_pronounced: bool,
}

impl InText {
    /// Takes an event inside it.
    pub fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(element) => match element.local_name().as_ref() {
                "t" => self.is_within = true,
                "rPh" => self.is_pronounced = true,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "t" => self.is_within = false,
                "rPh" => self.is_pronounced = false,
                _ => {}
            },
            event if self.is_within && !self.is_pronounced => add_text(event, &mut self.text),
            _ => {}
        }
    }
}

/// Characters that XML cannot hold are written as `_x000D_`.
pub fn without_escapes(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("_x") {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let escaped = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        let one = escaped.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        let (put, next) = match one {
            Some(one) => (one, at + 7),
            None => ('_', at + 1),
        };
        plain.push_str(&rest[..at]);
        plain.push(put);
        rest = &rest[next..];
    }
    plain.push_str(rest);
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_characters_are_read_and_what_only_looks_like_one_stays() {
        for (text, plain) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x00G0_", "_x00G0_"),
            ("my_xls", "my_xls"),
            ("_x", "_x"),
            ("\u{928}_x0041_", "\u{928}A"),
            ("_x\u{928}\u{928}\u{928}", "_x\u{928}\u{928}\u{928}"),
        ] {
            assert_eq!(without_escapes(text), plain);
        }
    }
}

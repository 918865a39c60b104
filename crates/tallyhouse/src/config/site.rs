//! `[site]`: whose name, colour and logo are on its paper.

use std::io::Read as _;

use base_sheet::{Brand, LOGO_BYTES_MAX, Logo};

use super::reader::Reader;

/// A longer name would not fit into the head of a page.
const NAME_CHARS_MAX: usize = 60;

/// The section.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// What is on every PDF and workbook.
    pub brand: Brand,
}

impl Site {
    /// Reads the section. The logo is read and tried here, so that no paper is made without it later.
    pub fn read(reader: &mut Reader) -> Self {
        let standard = Brand::default();
        let name = reader.parsed("site.name", standard.name, |text| match text.chars().count() {
            1..=NAME_CHARS_MAX if !text.contains(char::is_control) => Ok(text.to_owned()),
            _ => Err(format!("must have 1 to {NAME_CHARS_MAX} letters, in one line")),
        });
        let color = reader.parsed("site.colour", standard.color, Brand::color_of);
        let logo = reader.parsed("site.logo", None, |path| logo(path).map(Some));
        Self { brand: Brand { name, color, logo } }
    }
}

fn logo(path: &str) -> Result<Logo, String> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(LOGO_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    let read = std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    read.map_err(|error| format!("{path} cannot be read: {error}"))?;
    Logo::read(bytes).map_err(|fault| format!("{path} {fault}"))
}

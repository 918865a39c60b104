//! `[portal]`: how customers see the site, and where they reach it.

use std::io::Read as _;

use base_sheet::{Brand, LOGO_BYTES_MAX, Logo};
use base_web::look::Look;

use super::reader::Reader;
use super::server::public_url;

/// A longer name would not fit above a page.
const NAME_CHARS_MAX: usize = 60;

/// Reads the section. The logo is read and tried here.
pub fn read(reader: &mut Reader) -> Look {
    let standard = Look::default();
    let name = reader.parsed("portal.name", standard.name, |text| match text.chars().count() {
        1..=NAME_CHARS_MAX if !text.contains(char::is_control) => Ok(text.to_owned()),
        _ => Err(format!("must have 1 to {NAME_CHARS_MAX} letters, in one line")),
    });
    let colour = reader.parsed("portal.colour", None, |text| Brand::color_of(text).map(Some));
    let logo = reader.parsed("portal.logo", None, |path| logo(path).map(|bytes| Some(bytes.into())));
    let public_url = reader.parsed("portal.public_url", None, |text| public_url(text).map(Some));
    Look { name, colour, logo, public_url }
}

fn logo(path: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(LOGO_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    let read = std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    read.map_err(|error| format!("{path} cannot be read: {error}"))?;
    if !bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Err(format!("{path} is no PNG"));
    }
    Logo::read(bytes.clone()).map_err(|fault| format!("{path} {fault}"))?;
    Ok(bytes)
}

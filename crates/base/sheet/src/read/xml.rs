//! Parts of an archive that hold XML, read event by event.

use std::borrow::Cow;
use std::io::BufReader;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::content::{Content, Stream};
use crate::fault::SheetFault;

/// Most characters of the parser's own message that are shown.
const DETAIL_CHARS_MAX: usize = 120;

/// An archive that is open.
pub type Archive = ZipArchive<BufReader<Stream>>;
/// A part of it.
pub type Part<'a> = quick_xml::Reader<BufReader<ZipFile<'a, BufReader<Stream>>>>;

/// A workbook that cannot be read, in the words of a parser.
#[expect(clippy::needless_pass_by_value, reason = "errors are handed on as they come")]
pub fn broken(detail: impl ToString) -> SheetFault {
    let detail = detail.to_string();
    let shown = detail.chars().filter(|character| !character.is_control()).take(DETAIL_CHARS_MAX).collect();
    SheetFault::BrokenWorkbook { detail: shown }
}

/// Opens an archive.
pub fn archive(content: &Content) -> Result<Archive, SheetFault> {
    ZipArchive::new(BufReader::new(content.open()?)).map_err(broken)
}

/// The place of a part in an archive; some programs write names in other case, or with backslashes.
pub fn find(archive: &Archive, name: &str) -> Option<usize> {
    let plain = |name: &str| name.trim_start_matches('/').to_ascii_lowercase().replace('\\', "/");
    let wanted = plain(name);
    let name = |at: usize| archive.name_for_index(at).and_then(Result::ok);
    (0..archive.len()).find(|at| name(*at).is_some_and(|name| plain(&name) == wanted))
}

/// Opens a part.
pub fn part(archive: &mut Archive, at: usize) -> Result<Part<'_>, SheetFault> {
    let part = archive.by_index(at).map_err(broken)?;
    let mut reader = quick_xml::Reader::from_reader(BufReader::with_capacity(65_536, part));
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.check_end_names = false;
    config.check_comments = false;
    config.trim_text(false);
    Ok(reader)
}

/// The attributes of an element, by their names without a prefix.
pub fn attributes<'e>(element: &'e BytesStart<'_>) -> impl Iterator<Item = (&'e str, Cow<'e, str>)> {
    let pair = |attribute: Attribute<'e>| {
        let name = attribute.key.into_inner();
        let name = name.rsplit(':').next().unwrap_or(name);
        (name, attribute.value)
    };
    let mut all = element.attributes();
    all.with_checks(false);
    all.flatten().map(pair)
}

/// One attribute, its entities resolved.
pub fn attribute(element: &BytesStart<'_>, wanted: &str) -> Option<String> {
    let (_, value) = attributes(element).find(|(name, _)| *name == wanted)?;
    Some(quick_xml::escape::unescape(&value).map_or_else(|_| value.to_string(), Cow::into_owned))
}

/// True for the ways in which XML says yes.
pub fn is_yes(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}

/// Adds what an event says to a text.
pub fn add_text(event: &Event<'_>, text: &mut String) {
    match event {
        Event::Text(part) => text.push_str(&part.xml10_content()),
        Event::CData(part) => text.push_str(&part.xml10_content()),
        Event::GeneralRef(entity) => add_entity(entity, text),
        _ => {}
    }
}

fn add_entity(entity: &BytesRef<'_>, text: &mut String) {
    match entity.resolve_char_ref() {
        Ok(Some(one)) => text.push(one),
        _ => {
            if let Some(known) = resolve_predefined_entity(entity) {
                text.push_str(known);
            }
        }
    }
}

//! What a workbook consists of: its sheets with their names, and where each is in the archive.

use std::collections::{HashMap, HashSet};

use quick_xml::events::Event;

use super::super::content::Content;
use super::super::xml::{Archive, archive, attribute, broken, find, is_yes, part};
use super::styles::Styles;
use super::texts::Texts;
use crate::fault::SheetFault;

/// A sheet and its part.
#[derive(Clone, Debug)]
pub struct SheetPart {
    /// Its name.
    pub name: String,
    /// The place of its part in the archive.
    pub part: usize,
    /// Nobody who opens the file sees it.
    pub is_hidden: bool,
}

/// What belongs to all sheets.
#[derive(Debug)]
pub struct Parts {
    /// The worksheets, in order.
    pub sheets: Vec<SheetPart>,
    /// The texts that they share.
    pub(super) texts: Texts,
    /// How numbers are shown.
    pub(super) styles: Styles,
    /// Days are counted from 1904 on.
    pub(super) is_1904: bool,
}

/// A relationship of a part to another.
struct Relation {
    kind: String,
    target: String,
}

impl Parts {
    /// Reads them.
    pub fn read(content: &Content) -> Result<Self, SheetFault> {
        let mut archive = archive(content)?;
        let book = workbook_name(&mut archive)?;
        let at = find(&archive, &book).ok_or_else(|| broken("it has no workbook.xml"))?;
        let relations = relations_of(&mut archive, &book)?;
        let of_kind = |end: &str| relations.values().find(|relation| relation.kind.ends_with(end));
        let texts = match of_kind("/sharedStrings").and_then(|relation| find(&archive, &relation.target)) {
            Some(at) => Texts::read(part(&mut archive, at)?)?,
            None => match find(&archive, "xl/sharedStrings.xml") {
                Some(at) => Texts::read(part(&mut archive, at)?)?,
                None => Texts::default(),
            },
        };
        let styles = match of_kind("/styles").and_then(|relation| find(&archive, &relation.target)) {
            Some(at) => Styles::read(part(&mut archive, at)?)?,
            None => Styles::default(),
        };
        let mut parts = Self { sheets: Vec::new(), texts, styles, is_1904: false };
        parts.read_book(&mut archive, at, &relations)?;
        Ok(parts)
    }

    fn read_book(
        &mut self,
        archive: &mut Archive,
        at: usize,
        relations: &HashMap<String, Relation>,
    ) -> Result<(), SheetFault> {
        let mut wanted = Vec::new();
        let mut book = part(archive, at)?;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match book.read_event_into(&mut buffer).map_err(broken)? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "workbookPr" => {
                        self.is_1904 = attribute(&element, "date1904").is_some_and(|value| is_yes(&value));
                    }
                    "sheet" => {
                        let name = attribute(&element, "name").unwrap_or_default();
                        let state = attribute(&element, "state").unwrap_or_default();
                        // Of the attributes named `id`, the one of the sheet itself has no such name.
                        let id = attribute(&element, "id").unwrap_or_default();
                        wanted.push((name, state, id));
                    }
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == "sheets" => break,
                Event::Eof => return Err(broken("its list of sheets does not end")),
                _ => {}
            }
        }
        drop(book);
        // Each has a part of its own: otherwise a small file could have one large part read thousands of times.
        let mut parts = HashSet::new();
        for (name, state, id) in wanted {
            let Some(relation) = relations.get(&id) else { continue };
            if !relation.kind.ends_with("/worksheet") {
                continue;
            }
            let part = find(archive, &relation.target).ok_or_else(|| broken(format!("sheet {name} is missing")))?;
            if !parts.insert(part) {
                return Err(broken("two of its sheets are the same part"));
            }
            self.sheets.push(SheetPart { name, part, is_hidden: matches!(state.as_str(), "hidden" | "veryHidden") });
        }
        Ok(())
    }
}

/// Where the workbook itself is.
fn workbook_name(archive: &mut Archive) -> Result<String, SheetFault> {
    let relations = relations_of(archive, "")?;
    let found = relations.into_values().find(|relation| relation.kind.ends_with("/officeDocument"));
    Ok(found.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target))
}

/// The relationships of a part, with their targets as names in the archive.
fn relations_of(archive: &mut Archive, name: &str) -> Result<HashMap<String, Relation>, SheetFault> {
    let (folder, file) = name.rsplit_once('/').map_or(("", name), |(folder, file)| (folder, file));
    let list = if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
    let mut found = HashMap::new();
    let Some(at) = find(archive, &list) else { return Ok(found) };
    let mut reader = part(archive, at)?;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                let of = |name| attribute(&element, name).unwrap_or_default();
                let target = in_folder(folder, &of("Target"));
                found.insert(of("Id"), Relation { kind: of("Type"), target });
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// A name that is told relative to a folder.
fn in_folder(folder: &str, target: &str) -> String {
    if let Some(whole) = target.strip_prefix('/') {
        return whole.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split(['/', '\\']) {
        match step {
            "." | "" => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

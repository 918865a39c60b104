//! Files whose rows stand in blocks: parts, and beside them a row that names what they are in, before them or after. Each
//! part is handed on as a row of its own.
//!
//! Invariants: no row is passed over without a word; memory is bounded by [`WAITING_MAX`].

use std::ops::ControlFlow;

use base_core::file::Blocks;

/// Most parts that wait for the row that names the whole; a block of more has no such row.
const WAITING_MAX: usize = 10_000;

/// Where a block's columns stand, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockColumns {
    /// The marks.
    pub mark: usize,
    /// The codes.
    pub code: usize,
}

/// Looks for the columns by their headings.
pub fn block_columns(blocks: &Blocks, header: &[String]) -> Option<BlockColumns> {
    let fold = |name: &str| -> String {
        name.chars().filter(|one| one.is_alphanumeric() || *one == '#').flat_map(char::to_lowercase).collect()
    };
    let place = |names: &[&str]| header.iter().position(|one| names.iter().any(|name| fold(name) == fold(one)));
    let (mark, code) = (place(blocks.marks)?, place(blocks.codes)?);
    (mark != code).then_some(BlockColumns { mark, code })
}

/// A part, with what it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'p> {
    /// The number of its row.
    pub number: i64,
    /// Its code; empty for a whole without parts.
    pub code: &'p str,
    /// What it is in; empty where no row names it.
    pub whole: &'p str,
}

/// What is called with each part.
pub type EachPart<'e> = dyn FnMut(Part<'_>) -> ControlFlow<()> + 'e;

/// Gathers blocks.
pub struct Gathering<'b> {
    blocks: &'b Blocks,
    /// Parts whose whole was not read yet.
    waiting: Vec<(i64, String)>,
    /// The whole that was read before its parts, where the first row of the sheet named one.
    before: Option<Whole>,
    is_begun: bool,
}

struct Whole {
    number: i64,
    code: String,
    has_parts: bool,
}

impl<'b> Gathering<'b> {
    /// Of a sheet that begins.
    pub fn new(blocks: &'b Blocks) -> Self {
        Self { blocks, waiting: Vec::new(), before: None, is_begun: false }
    }

    /// True for a row that names the whole.
    fn is_whole(&self, mark: &str, code: &str) -> bool {
        let mark = mark.trim().to_lowercase();
        let is_marked = self.blocks.whole_marks.iter().any(|known| mark.contains(known));
        is_marked || self.blocks.part_text.is_some_and(|text| !code.to_uppercase().contains(text))
    }

    /// Takes a row.
    pub fn take(&mut self, number: i64, (mark, code): (&str, &str), each: &mut EachPart<'_>) -> ControlFlow<()> {
        let is_whole = self.is_whole(mark, code);
        let is_first = !std::mem::replace(&mut self.is_begun, true);
        if is_whole && (is_first || self.before.is_some()) {
            let flow = self.end_whole(each);
            self.before = Some(Whole { number, code: code.trim().to_owned(), has_parts: false });
            return flow;
        }
        if let Some(whole) = &mut self.before {
            whole.has_parts = true;
            return each(Part { number, code, whole: &whole.code });
        }
        if !is_whole {
            self.waiting.push((number, code.to_owned()));
            return if self.waiting.len() < WAITING_MAX { ControlFlow::Continue(()) } else { self.hand_on("", each) };
        }
        if self.waiting.is_empty() {
            return each(Part { number, code: "", whole: code.trim() });
        }
        self.hand_on(code.trim(), each)
    }

    /// Ends a sheet: parts without a whole are told, and a whole without parts.
    pub fn end(&mut self, each: &mut EachPart<'_>) -> ControlFlow<()> {
        let flow = self.hand_on("", each);
        if flow.is_break() { flow } else { self.end_whole(each) }
    }

    fn end_whole(&mut self, each: &mut EachPart<'_>) -> ControlFlow<()> {
        match self.before.take() {
            Some(whole) if !whole.has_parts => each(Part { number: whole.number, code: "", whole: &whole.code }),
            _ => ControlFlow::Continue(()),
        }
    }

    fn hand_on(&mut self, whole: &str, each: &mut EachPart<'_>) -> ControlFlow<()> {
        for (number, code) in self.waiting.drain(..) {
            each(Part { number, code: &code, whole })?;
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHILDREN: Blocks =
        Blocks { marks: &["sr. no."], codes: &["qr_code"], whole_marks: &["parent code"], part_text: Some("LABEL NO") };
    const BILLS: Blocks =
        Blocks { marks: &["sr. no."], codes: &["parent_bag"], whole_marks: &["bill"], part_text: None };

    fn parts(blocks: &Blocks, rows: &[(&str, &str)]) -> Vec<String> {
        let mut found = Vec::new();
        let mut each = |part: Part<'_>| {
            found.push(format!("{} {}>{}", part.number, part.code, part.whole));
            ControlFlow::Continue(())
        };
        let mut gathering = Gathering::new(blocks);
        for (number, row) in (2..).zip(rows) {
            assert!(gathering.take(number, *row, &mut each).is_continue());
        }
        assert!(gathering.end(&mut each).is_continue());
        found
    }

    #[test]
    fn children_are_in_the_parent_below_them() {
        let rows = [
            ("1", "LABEL NO.1"),
            ("2", "Label No.2"),
            ("16", "SB00001"),
            ("1", "LABEL NO.3"),
            ("Parent Code", "SB00002"),
        ];
        assert_eq!(parts(&CHILDREN, &rows), ["2 LABEL NO.1>SB00001", "3 Label No.2>SB00001", "5 LABEL NO.3>SB00002"]);
        let odd = [("1", "LABEL NO.1"), ("16", "SB00001"), ("16", "SB00002"), ("1", "LABEL NO.9")];
        assert_eq!(parts(&CHILDREN, &odd), ["2 LABEL NO.1>SB00001", "4 >SB00002", "5 LABEL NO.9>"]);
    }

    #[test]
    fn parents_are_on_the_bill_above_or_below_them() {
        let above = [
            ("Bill No", "B-1"),
            ("1", "SB00001"),
            ("2", "SB00002"),
            ("Bill No", "B-2"),
            ("1", "SB00003"),
            ("Bill", "B-3"),
        ];
        assert_eq!(parts(&BILLS, &above), ["3 SB00001>B-1", "4 SB00002>B-1", "6 SB00003>B-2", "7 >B-3"]);
        let below = [("1", "SB00001"), ("2", "SB00002"), ("Bill No", "B-1"), ("1", "SB00003"), ("Bill No.", "B-2")];
        assert_eq!(parts(&BILLS, &below), ["2 SB00001>B-1", "3 SB00002>B-1", "5 SB00003>B-2"]);
    }

    #[test]
    fn columns_are_known_by_their_headings() {
        let header = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let found = block_columns(&CHILDREN, &header(&["Sr. No.", "QR Code", "Description"]));
        assert_eq!(found, Some(BlockColumns { mark: 0, code: 1 }));
        assert_eq!(block_columns(&CHILDREN, &header(&["child", "parent"])), None);
    }
}

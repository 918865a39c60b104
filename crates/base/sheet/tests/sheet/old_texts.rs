//! Texts that the sheets of an old workbook share, in one record that is continued in others.

use std::ops::ControlFlow;

use base_sheet::read::Book;

use crate::made::xls::{begin, container, record};

/// An old workbook with one sheet, whose column A has these shared texts one below the other; `shared` is the record of the
/// texts in the pieces in which it stands.
fn old_workbook(shared: &[Vec<u8>], rows: u16) -> Vec<u8> {
    let globals = |sheet_begin: usize| {
        let mut out = Vec::new();
        begin(&mut out, 5);
        let mut bytes = u32::try_from(sheet_begin).expect("small").to_le_bytes().to_vec();
        bytes.extend([0, 0, 5, 0]);
        bytes.extend(b"Texts");
        record(&mut out, 0x85, &bytes);
        for (at, piece) in shared.iter().enumerate() {
            record(&mut out, if at == 0 { 0xfc } else { 0x3c }, piece);
        }
        record(&mut out, 0x0a, &[]);
        out
    };
    let mut sheet = Vec::new();
    begin(&mut sheet, 0x10);
    for row in 0..rows {
        let bytes = [row.to_le_bytes(), [0; 2], [0; 2], row.to_le_bytes(), [0; 2]].concat();
        record(&mut sheet, 0xfd, &bytes);
    }
    record(&mut sheet, 0x0a, &[]);
    let mut stream = globals(globals(0).len());
    stream.extend(sheet);
    container(stream)
}

/// A text of the shared ones in an old workbook: its length, whether its characters are wide, and they.
fn shared(text: &str, is_wide: bool) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = u16::try_from(units.len()).unwrap().to_le_bytes().to_vec();
    bytes.push(u8::from(is_wide));
    bytes.extend(characters(text, is_wide));
    bytes
}

fn characters(text: &str, is_wide: bool) -> Vec<u8> {
    let units = text.encode_utf16();
    units.flat_map(|unit| unit.to_le_bytes().into_iter().take(if is_wide { 2 } else { 1 })).collect()
}

#[test]
fn texts_of_old_workbooks_go_on_in_the_next_record_wherever_they_are_cut() {
    let first = [7_u32.to_le_bytes(), 7_u32.to_le_bytes()].concat();
    // A text with two runs of type and five bytes of how it is pronounced, all behind its characters.
    let mut rich = 3_u16.to_le_bytes().to_vec();
    rich.push(0b1100);
    rich.extend([2, 0, 5, 0, 0, 0]);
    rich.extend(b"RIC");
    let pieces = [
        // Narrow characters go on as wide ones, and wide ones as narrow ones.
        [&first[..], &shared("code", false), &[7, 0, 0], b"SB0"].concat(),
        [&[1][..], &characters("0001", true), &[4, 0, 1], &characters("बै", true)].concat(),
        [&[0][..], b"gX", &rich, &[1, 2, 3]].concat(),
        // Runs go on without a mark.
        [&[4, 5, 6, 7, 8][..], &[9; 5], &shared("last", false)].concat(),
        // Cut between two texts, and within the head of one.
        [&shared("चावल", true)[..], &[4]].concat(),
        [&[0, 0][..], b"END!"].concat(),
    ];
    let book = Book::of_bytes(old_workbook(&pieces, 8)).unwrap();
    assert_eq!(book.header(0).unwrap(), ["code"]);
    let mut found = Vec::new();
    let walked = book.each_row(0, &mut |row| {
        found.push(row.cell(0).to_owned());
        ControlFlow::Continue(())
    });
    // A cell may name no text that is not there.
    assert!(walked.is_err());
    assert_eq!(found, ["SB00001", "बैgX", "RIC", "last", "चावल", "END!"]);
    let pieces = [pieces[0].clone(), b"\x01\x30".to_vec()];
    assert!(Book::of_bytes(old_workbook(&pieces, 1)).is_err(), "a text that ends too early");
}

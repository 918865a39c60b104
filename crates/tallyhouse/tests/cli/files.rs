//! Files that are brought in from the shell.

use std::fs;

use crate::{Shell, text};

#[test]
fn an_import_that_brings_nothing_is_a_refusal_with_a_result_file() {
    let shell = Shell::new();
    let file = shell.folder.path().join("bags.csv");
    fs::write(&file, "qr_id,type,parent_qr_id\n=1+1,parent,\nKID1,child,SB00001\n").unwrap();
    assert!(shell.refusal("import bags bags.csv").contains("nothing could be imported"));
    let result = fs::read_to_string(shell.folder.path().join("bags.result.csv")).unwrap();
    // What is written as a formula is named as one, and stays a text in the file that tells of it.
    assert!(result.contains("\n2,A2 (=1+1),cell_formula,") && result.contains(",'=1+1,parent,"), "{result}");
    assert!(result.contains("\n3,KID1,unknown_parent,"), "{result}");
    fs::write(&file, "colour,shape\nred,round\n").unwrap();
    assert!(shell.refusal("import bags bags.csv").contains("column"));
    shell.answer("user add farida --role biller");
    assert!(shell.refusal("import bags bags.csv --user farida").contains("no right to import"));
}

#[test]
fn of_a_workbook_the_sheet_with_the_rows_is_read_or_the_one_that_is_asked_for() {
    let shell = Shell::new();
    fs::write(shell.folder.path().join("hidden.xlsx"), include_bytes!("../web/odd/hidden.xlsx")).unwrap();
    let output = shell.run("import bills hidden.xlsx --dry-run");
    let (told, said) = (text(&output.stdout), text(&output.stderr));
    assert!(told.contains("\"created\":1") && told.contains("\"refused\":0"), "{told}");
    assert!(
        said.contains("1 hidden rows are left out") && said.contains("these hidden sheets are left out: old"),
        "{said}"
    );
    let other = shell.run("import bills hidden.xlsx --dry-run --sheet OLD");
    assert!(text(&other.stderr).contains("these sheets are not read; --sheet names another: now"), "{other:?}");
    let refusal = shell.refusal("import bills hidden.xlsx --sheet July");
    assert!(refusal.contains("has no sheet July; its sheets are: 1 old, 2 now"), "{refusal}");
    fs::write(shell.folder.path().join("beyond.csv"), "Bill\n\nBill No.,Description\nB-001,x,late\n").unwrap();
    let output = shell.run("import bills beyond.csv --dry-run");
    assert!(text(&output.stdout).contains("\"created\":1"), "{output:?}");
    assert!(text(&output.stderr).contains("1 rows have such cells, the first is C4"), "{output:?}");
}

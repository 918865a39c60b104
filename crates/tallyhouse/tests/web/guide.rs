//! The table of tasks in `docs/admin-tasks.md` names pages and commands that there are.

use std::collections::BTreeSet;
use std::process::Command;

use crate::common::each_site;
use crate::matrix::routes::routes;

const GUIDE: &str = include_str!("../../../../docs/admin-tasks.md");

/// The words in back-ticks of the rows of the table.
fn words() -> BTreeSet<&'static str> {
    let rows = GUIDE.lines().filter(|line| line.starts_with('|'));
    rows.flat_map(|row| row.split('`').skip(1).step_by(2)).collect()
}

#[tokio::test]
async fn every_page_of_the_guide_is_a_route() {
    let site = each_site().await.remove(0);
    let there: BTreeSet<String> = routes(&site.router).into_iter().map(|route| route.path).collect();
    let pages: Vec<&str> = words().into_iter().filter(|word| word.starts_with('/')).collect();
    assert!(pages.len() > 20, "{pages:?}");
    for page in pages {
        assert!(there.contains(page), "there is no page {page}");
    }
}

#[test]
fn every_command_of_the_guide_is_understood() {
    let commands: Vec<&str> = words().into_iter().filter(|word| word.starts_with("tallyhouse ")).collect();
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        let parts = command.split(' ').skip(1).chain(["--help"]);
        let ran = Command::new(env!("CARGO_BIN_EXE_tallyhouse")).args(parts).output().expect("it runs");
        let told = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(ran.status.success() && told.contains(&format!("Usage: {command}")), "{command}: {told}");
    }
}

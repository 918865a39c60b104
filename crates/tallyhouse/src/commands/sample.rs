//! `tallyhouse sample bags`: a file of bags to import, the same one each time.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, ensure};
use bags_rules::code::{Code, Labels};

use crate::config::Config;
use crate::labels;
use crate::progress::Progress;

const BUFFER_BYTES: usize = 1 << 20;
const PROGRESS_EVERY: u64 = 65_536;

/// What to write.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Bags: a parent, its children, the next parent, …
    Bags(Bags),
}

/// A file of bags.
#[derive(Debug, clap::Args)]
pub struct Bags {
    /// Number of bags, parents and children together
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    count: u64,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Children in each parent
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=1000))]
    per_parent: u64,
}

/// Runs the command.
pub fn run(command: &Command, config: &Config) -> anyhow::Result<()> {
    let Command::Bags(bags) = command;
    let name = || format!("{} cannot be written", bags.out.display());
    check_room(bags, &config.bags.labels)?;
    let file = File::create(&bags.out).with_context(name)?;
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, file);
    let mut progress = Progress::new("writing", bags.count);
    write(&mut out, bags, &config.bags.labels, &mut |done| progress.set(done)).with_context(name)?;
    out.flush().with_context(name)?;
    progress.finish();
    eprintln!("wrote {} bags to {}", bags.count, bags.out.display());
    Ok(())
}

/// The labels must be enough for the parents, and leave room for the children's codes.
fn check_room(bags: &Bags, labels: &Labels) -> anyhow::Result<()> {
    let parents = bags.count.div_ceil(bags.per_parent + 1);
    let room = labels::capacity_of_all(labels);
    ensure!(
        parents <= room,
        "{} bags need {parents} parents, but the labels ({labels}) end at {room}; add a format to bags.parent_labels",
        bags.count
    );
    let child = Code::parse(&child_code(bags.count)).is_ok_and(|code| labels.is_child(&code));
    ensure!(child, "no child may be called {} with these labels: {labels}", child_code(1));
    Ok(())
}

fn write(out: &mut impl Write, bags: &Bags, labels: &Labels, progress: &mut dyn FnMut(u64)) -> std::io::Result<()> {
    writeln!(out, "qr_id,type,parent_qr_id")?;
    let mut parent = String::new();
    let (mut parents, mut children) = (0, 0);
    for index in 0..bags.count {
        if index % (bags.per_parent + 1) == 0 {
            parent = labels::parent_code(parents, labels);
            parents += 1;
            writeln!(out, "{parent},parent,")?;
        } else {
            children += 1;
            writeln!(out, "{},child,{parent}", child_code(children))?;
        }
        if index % PROGRESS_EVERY == 0 {
            progress(index);
        }
    }
    Ok(())
}

fn child_code(number: u64) -> String {
    format!("KID{number:07}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(count: u64, per_parent: u64) -> String {
        let bags = Bags { count, out: PathBuf::new(), per_parent };
        let mut out = Vec::new();
        write(&mut out, &bags, &Labels::of_source(), &mut |_| ()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_parent_is_followed_by_its_children() {
        assert_eq!(
            text(4, 2),
            "qr_id,type,parent_qr_id\nSB00001,parent,\nKID0000001,child,SB00001\nKID0000002,child,SB00001\n\
             SB00002,parent,\n"
        );
        assert_eq!(text(1000, 30), text(1000, 30));
    }

    #[test]
    fn more_parents_than_labels_are_refused() {
        let bags = |count| Bags { count, out: PathBuf::new(), per_parent: 30 };
        assert!(check_room(&bags(6_200_000), &Labels::of_source()).is_ok());
        let refusal = check_room(&bags(6_200_001), &Labels::of_source()).unwrap_err().to_string();
        assert!(refusal.contains("200001 parents") && refusal.contains("end at 200000"), "{refusal}");
    }
}

//! Takes the fonts of the scripts of India in, as the package `fonts-noto-core` has them (`scripts/need fonts`). A build
//! without them works: their letters are then printed as marks, and the page says so.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Where `scripts/need fonts` puts them, and where they are installed. The first is named here and not by the scripts alone:
/// a program that is built by `cargo` itself must not lack them.
const FOLDERS: &[&str] = &[
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../.tools/fonts"),
    "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts/noto",
    "/usr/share/fonts/google-noto",
];
const SCRIPTS: &[&str] = &["Gujarati", "Gurmukhi", "Bengali", "Tamil", "Telugu", "Kannada", "Arabic"];
/// Names another folder.
const FOLDER: &str = "TALLYHOUSE_FONTS";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={FOLDER}");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let named = env::var(FOLDER).ok();
    let folders: Vec<&Path> = named.as_deref().into_iter().chain(FOLDERS.iter().copied()).map(Path::new).collect();
    let mut missing = Vec::new();
    for script in SCRIPTS {
        for weight in ["Regular", "Bold"] {
            let name = format!("NotoSans{script}-{weight}.ttf");
            let found = folders.iter().map(|folder| folder.join(&name)).find(|path| path.is_file());
            let bytes = found.as_deref().and_then(|path| {
                println!("cargo::rerun-if-changed={}", path.display());
                fs::read(path).ok()
            });
            if bytes.is_none() {
                missing.push(*script);
            }
            fs::write(out.join(&name), bytes.unwrap_or_default()).expect("the folder of the build can be written to");
        }
    }
    missing.dedup();
    if !missing.is_empty() {
        println!("cargo::warning=no fonts for {}; scripts/need fonts installs them", missing.join(", "));
    }
}

//! Tells cargo that the embedded user interface belongs to this crate, so that a new build of it is taken in.

fn main() {
    println!("cargo:rerun-if-changed=../../../ui/dist");
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed=locales");
}

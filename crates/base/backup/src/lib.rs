//! Backups: a whole database as it was at one moment, in one file that is known to be whole.
//!
//! A backup is a ZIP archive, encrypted with a passphrase where the site has one, so that it can be read without this
//! program: `age --decrypt` and `unzip` are enough. [`Manifest`] says what is in it. Beside it stands a line that
//! `sha256sum --check` reads. Invariants: a file under its final name is complete and on the disk; a backup with one
//! wrong byte is refused and nothing of it is taken in; nothing is restored into a database that holds rows.

mod archive;
mod error;
mod make;
mod manifest;
mod name;
mod prove;
mod restore;
mod shelf;
mod sum;

pub use error::BackupError;
pub use make::{Made, Wanted, make};
pub use manifest::{Entry, Manifest};
pub use name::Name;
pub use prove::{Proof, Trial, prove};
pub use restore::{Restored, open, restore_file, restore_rows};
pub use shelf::{Keep, Shelf, Stored};
pub use sum::check_sum;

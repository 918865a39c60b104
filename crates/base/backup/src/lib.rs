//! Backups: a whole database as it was at one moment, in one file that is known to be whole.
//!
//! A backup is a ZIP archive, encrypted with a passphrase where the site has one, so that it can be read without this
//! program: `age --decrypt` and `unzip` are enough. [`Manifest`] says what is in it. Beside it stands a line that
//! `sha256sum --check` reads. Invariants: a file under its final name is complete and on the disk; a backup with one
//! wrong byte is refused and nothing of it is taken in; nothing is restored into a database that holds rows.

mod archive;
mod csv;
mod dump;
mod error;
mod make;
mod manifest;
mod name;
mod place;
mod prove;
mod restore;
mod s3;
mod shelf;
mod sum;

pub use csv::Csv;
pub use dump::{Method, dump_fits};
pub use error::BackupError;
pub use make::{Made, Wanted, make};
pub use manifest::{Entry, Manifest};
pub use name::Name;
pub use place::{Copied, Place};
pub use prove::{Proof, Trial, prove};
pub use restore::{Into, Restored, open, restore_file, restore_rows};
pub use s3::{Object, S3, S3Settings};
pub use shelf::{Keep, Shelf, Stored, kept};
pub use sum::{check_sum, known_sum, sum_of};

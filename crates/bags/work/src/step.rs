//! Larger work on bags that goes through the desk step by step.

use crate::import::ImportStep;
use crate::take_back::TakeBackStep;

/// A step of larger work.
#[derive(Clone, Debug)]
pub enum Step {
    /// Apply some rows of an import.
    Import(Box<ImportStep>),
    /// Remove some of what an import made.
    TakeBack(TakeBackStep),
}

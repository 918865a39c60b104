//! Tables in files, both ways, with real bytes.

#[cfg(test)]
mod common;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod large;
#[cfg(test)]
mod made;
#[cfg(test)]
mod old_texts;
#[cfg(test)]
mod pdf;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod stopping;
#[cfg(test)]
mod writing;

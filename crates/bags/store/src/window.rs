//! Which rows of an ordered statement are wanted.

use base_db::query::Value;

/// Up to `limit` rows after the first `offset` ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub limit: u32,
    pub offset: u32,
}

impl Window {
    /// The first rows.
    pub fn first(limit: u32) -> Self {
        Self { limit, offset: 0 }
    }

    /// One row alone, after so many.
    pub fn one_after(offset: u32) -> Self {
        Self { limit: 1, offset }
    }

    /// The values of ` limit ? offset ?`.
    pub fn values(self) -> [Value; 2] {
        [i64::from(self.limit).into(), i64::from(self.offset).into()]
    }
}

//! Checks what is stored about the tree as a whole: its size, how far it has come, and that all of it is under a checkpoint.

use base_db::{Conn, StoreError};

use super::{Fault, Run};
use crate::audit::tree::{Gap, count};

impl Run {
    /// Compares what is stored with the leaves; gives the numbers that may still come.
    pub(super) async fn check_head(&mut self, mut conn: Conn<'_>, size: u64) -> Result<Vec<Gap>, StoreError> {
        const HEAD: &str = "select size, seen, gaps from audit_tree where id = 1";
        self.check_newest(size);
        let head: Option<(i64, i64, String)> = on!(conn, c => sqlx::query_as(HEAD).fetch_optional(&mut **c).await?);
        let Some((stored, seen, gaps)) = head else {
            self.of_all(size, "the row that says how far the tree has come is missing".to_owned());
            return Ok(Vec::new());
        };
        if count(stored) != size {
            self.of_all(size, format!("the tree is said to have {stored} leaves, and {size} are stored"));
        }
        if seen != self.last_seq {
            let last = self.last_seq;
            self.of_all(
                size,
                format!("entries are said to have leaves up to {seen}, and the last that has one is {last}"),
            );
        }
        Ok(serde_json::from_str(&gaps).unwrap_or_else(|_| {
            self.of_all(size, "the numbers that were passed over cannot be read".to_owned());
            Vec::new()
        }))
    }

    /// All leaves are under the newest checkpoint; where more were signed than there are, another check says so.
    fn check_newest(&mut self, size: u64) {
        match self.report.checkpoint {
            None if size > 0 => self.of_all(0, format!("no good checkpoint of the {size} leaves is stored")),
            Some((signed, _)) if signed < size => {
                self.of_all(signed, format!("the newest checkpoint is over {signed} of {size} leaves"));
            }
            _ => {}
        }
    }

    fn of_all(&mut self, leaf: u64, what: String) {
        self.all.faults.push(Fault { leaf: Some(leaf), seq: None, what });
    }
}

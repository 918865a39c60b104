//! Loading and writing the floor: the rows that a group of scans touches.
//!
//! Lock order: bills before bags is kept by whoever changes bills; here parents by code, then children by code, then
//! new rows by code. What another node did between our look and our write shows as [`StoreError::Conflict`]: nothing is
//! written, and the group is decided again on what is there now.

use std::collections::BTreeSet;

use tallyhouse_core::code::Code;
use tallyhouse_core::floor::Floor;
use tallyhouse_core::scan::Intent;
use tallyhouse_core::time::Moment;

use crate::db::Conn;
use crate::error::StoreError;
use crate::{bag, link};

/// Loads and locks everything that these intents need.
pub async fn load<'i>(
    mut conn: Conn<'_>,
    intents: impl Iterator<Item = &'i Intent> + Clone,
) -> Result<Floor, StoreError> {
    let mut codes: BTreeSet<&Code> = intents.clone().flat_map(Intent::codes).collect();
    let movers: Vec<&str> = intents.clone().filter_map(Intent::moves_child).map(Code::as_str).collect();
    let whole: Vec<&str> = intents.filter_map(Intent::needs_children_of).map(Code::as_str).collect();

    // Rare: links that lead to rows nobody named. Looked at before locking, so that all can be locked in one order.
    let led_to = led_to(conn.again(), &movers, &whole).await?;
    codes.extend(&led_to);

    let mut floor = Floor::default();
    let texts: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    for (found, link) in bag::lock(conn.again(), &texts).await? {
        let code = found.code.clone();
        floor.load_bag(code.clone(), Some(found));
        if !conn.dialect().locks_rows() {
            floor.load_link(code, link);
        }
    }
    // While we waited for a row, its link may have changed; the rows are ours now, so this second look is the true one.
    if conn.dialect().locks_rows() {
        for (child, row) in link::of_children(conn.again(), &texts).await? {
            // Linked between the two looks: the bag is there now, but was not when we looked for it.
            if !floor.has_loaded(&child) {
                return Err(StoreError::Conflict);
            }
            floor.load_link(child, Some(row));
        }
    }
    for code in codes {
        floor.load_bag(code.clone(), None);
        floor.load_link(code.clone(), None);
    }
    if !whole.is_empty() {
        for (child, row) in link::of_parents(conn.again(), &whole).await? {
            if !floor.has_loaded(&child) {
                return Err(StoreError::Conflict);
            }
            floor.load_link(child, Some(row));
        }
    }
    // A child that moved between the look and the lock would leave its parent's count to be guessed.
    let strayed = movers.iter().any(|child| {
        let parent = floor.link(&Code::stored(child)).map(|link| &link.parent);
        parent.is_some_and(|parent| !floor.has_loaded(parent))
    });
    if strayed { Err(StoreError::Conflict) } else { Ok(floor) }
}

async fn led_to(mut conn: Conn<'_>, movers: &[&str], whole: &[&str]) -> Result<Vec<Code>, StoreError> {
    let mut codes = Vec::new();
    if !movers.is_empty() {
        codes.extend(link::of_children(conn.again(), movers).await?.into_iter().map(|(_, link)| link.parent));
    }
    if !whole.is_empty() {
        codes.extend(link::of_parents(conn, whole).await?.into_iter().map(|(child, _)| child));
    }
    Ok(codes)
}

/// Writes everything that changed on the floor, at one time. `import_id` marks rows that came with an import.
pub async fn write(mut conn: Conn<'_>, floor: &Floor, at: Moment, import_id: Option<&str>) -> Result<(), StoreError> {
    bag::write(conn.again(), floor, at, import_id).await?;
    link::write(conn.again(), floor, import_id).await?;
    bag::delete(conn, floor).await
}

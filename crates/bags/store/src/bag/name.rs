//! The free label of a bag. The earlier system's clients give one; nothing is found by it.

use bags_rules::code::Code;
use base_db::{Conn, StoreError};

/// The label of a bag.
pub async fn name_of(mut conn: Conn<'_>, code: &Code) -> Result<Option<String>, StoreError> {
    const NAME: &str = "select name from bags where code = $1";
    let found: Option<Option<String>> =
        on!(conn, c => sqlx::query_scalar(NAME).bind(code.as_str()).fetch_optional(&mut **c).await?);
    Ok(found.flatten())
}

/// Gives a bag a label; false when there is no such bag.
pub async fn give_name(mut conn: Conn<'_>, code: &Code, name: &str) -> Result<bool, StoreError> {
    const GIVE: &str = "update bags set name = $2 where code = $1";
    Ok(execute!(conn, GIVE, code.as_str(), name) > 0)
}

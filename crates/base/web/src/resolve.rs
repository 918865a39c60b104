//! What the search box opens: the page of the thing that is called exactly as was typed, in whichever wing it is.

use crate::App;
use crate::error::Problem;
use crate::session::Caller;

/// The address of the thing that is called so, if the caller may see it. Wings are asked in the order of their list.
pub async fn address(app: &App, caller: &Caller, code: &str) -> Result<Option<String>, Problem> {
    let mut reader = app.db.read().await?;
    for wing in app.resolvers.iter() {
        if let Some(found) = wing.resolve(reader.conn(), &caller.person, code).await? {
            return Ok(Some(found.address));
        }
    }
    Ok(None)
}

//! The figures of the home page in the live feed.
//!
//! Invariant: figures are computed once for each scope, not once for each open page.

use std::sync::Arc;

use async_trait::async_trait;
use base_core::area::Scope;
use base_core::time::SECOND_US;
use base_web::error::Problem;
use base_web::live::LiveSource;
use base_web::session::Caller;
use serde::Serialize;
use tokio::sync::watch;

use crate::home::board::{Dashboard, Own};
use crate::home::work;
use crate::state::Bags;

/// See the head of this module.
pub struct Figures(pub Bags);

/// The figures of the scope with those of the person.
#[derive(Serialize)]
struct Told<'f> {
    #[serde(flatten)]
    board: &'f Dashboard,
    #[serde(flatten)]
    own: Own,
}

#[async_trait]
impl LiveSource for Figures {
    fn event(&self) -> &'static str {
        "stats"
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.0.desk.committed()
    }

    async fn figures(&self, caller: &Caller) -> Result<String, Problem> {
        let board = of_scope(&self.0, &caller.scope()).await?;
        let told = Told { board: &board, own: work::own(&self.0, caller).await? };
        Ok(serde_json::to_string(&told).expect("figures are plain"))
    }
}

async fn of_scope(app: &Bags, scope: &Scope) -> Result<Arc<Dashboard>, Problem> {
    let mut computed = app.memory.live.lock().await;
    let now = app.clock.now();
    computed.retain(|(_, at, _)| now.since_us(*at) < SECOND_US / 2);
    if let Some((_, _, board)) = computed.iter().find(|(of, ..)| of == scope) {
        return Ok(board.clone());
    }
    let board = work::dashboard(app, scope).await?;
    computed.push((scope.clone(), now, board.clone()));
    Ok(board)
}

//! Counting what fails, and the pauses that follow.
//!
//! Invariant: an attempt that a pause refuses costs a look and, at most, one count of its address: no password is checked.

use base_core::account::AccountId;
use base_core::time::{Moment, SECOND_US};
use base_db::{Conn, StoreError};
use base_records::sign_in::{self, Counted, Failure};
use base_secret as secret;
use base_web::app::App;
use base_web::error::Problem;
use people_rules::sign_in::{
    Attempt, Figures, Judged, Outside, Pause, Subject, code_judged_by, judged_by, outside_judged_by,
};

/// What an attempt is judged by, with the hashes under which it is counted.
pub struct Judge {
    judged: Vec<(String, Judged)>,
    account: Option<AccountId>,
}

/// A pause that has just begun.
pub struct Begun {
    /// What is paused.
    pub judged: Judged,
    /// Until when.
    pub until: Moment,
}

impl Judge {
    /// The judge of a sign-in.
    pub fn of(app: &App, attempt: Attempt<'_>) -> Self {
        let figures = Figures { lock_out: app.lock_out(), failures_a_minute: app.failures_a_minute() };
        let account = match attempt.subject {
            Subject::Known(account) => Some(account),
            Subject::Unknown(_) => None,
        };
        Self::with(account, judged_by(attempt, figures))
    }

    /// The judge of a password that is asked for again in a session: it is judged by that session alone.
    pub fn of_session(app: &App, account: AccountId, session_hash: &str) -> Self {
        let device = format!("session {session_hash}");
        Self::of(app, Attempt { subject: Subject::Known(account), address: "", device: Some(&device) })
    }

    /// The judge of what people do before they sign in.
    pub fn of_outside(what: Outside<'_>, address: &str) -> Self {
        Self::with(None, outside_judged_by(what, address))
    }

    /// The judge of a code of a second factor.
    pub fn of_codes(app: &App, account: AccountId) -> Self {
        Self::with(Some(account), code_judged_by(account, app.lock_out()))
    }

    fn with(account: Option<AccountId>, judged: Vec<Judged>) -> Self {
        Self { judged: judged.into_iter().map(|one| (secret::hash_token(&one.key), one)).collect(), account }
    }

    /// The pause that there is now, if there is one, and for how many seconds. That somebody tries too often comes first.
    pub async fn paused(&self, app: &App) -> Result<Option<(Pause, u32)>, Problem> {
        let mut reader = app.db.read().await?;
        Ok(self.paused_in(reader.conn(), app.clock.now()).await?)
    }

    /// The same on a connection of the caller's.
    pub async fn paused_in(&self, conn: Conn<'_>, now: Moment) -> Result<Option<(Pause, u32)>, StoreError> {
        let key = |at: usize| self.judged.get(at).map_or("", |(key, _)| key.as_str());
        let found = sign_in::paused(conn, [key(0), key(1), key(2), key(3)], now).await?;
        let paused = self.judged.iter().filter_map(|(key, judged)| {
            let (_, until) = found.iter().find(|(found, _)| found == key)?;
            Some((judged.pause, u32::try_from((until - now.0) / SECOND_US + 1).unwrap_or(u32::MAX)))
        });
        let paused: Vec<_> = paused.collect();
        let too_often = paused.iter().find(|(pause, _)| *pause == Pause::TooOften);
        Ok(too_often.or(paused.first()).copied())
    }

    /// Counts a failure, and gives the pauses that begin with it.
    pub async fn failed(&self, mut conn: Conn<'_>, now: Moment) -> Result<Vec<Begun>, StoreError> {
        let mut begun = Vec::new();
        for (key, judged) in &self.judged {
            let failure = Failure { key, account: self.account, limit: judged.limit };
            let Counted { failures, paused_until } = sign_in::failed(conn.reborrow(), failure, now).await?;
            if failures == 0 && paused_until > now.0 {
                begun.push(Begun { judged: judged.clone(), until: Moment(paused_until) });
            }
        }
        Ok(begun)
    }

    /// Counts one of what is limited whether it succeeds or not, in a transaction of its own. Gives for how many seconds
    /// there is a pause where there was one before it. Those who come at once wait for each other at the rows.
    pub async fn admits(&self, app: &App) -> Result<Result<(), u32>, Problem> {
        if let Some((_, seconds)) = self.paused(app).await? {
            return Ok(Err(seconds));
        }
        let now = app.clock.now();
        let mut tx = app.db.write().await?;
        let mut until = i64::MIN;
        for (key, judged) in &self.judged {
            let failure = Failure { key, account: self.account, limit: judged.limit };
            let Counted { failures, paused_until } = sign_in::failed(tx.conn(), failure, now).await?;
            // The one with which a pause begins is the last of those before it. What one key refuses is not counted by those
            // after it: an address that asks too often spends nothing of the whole site's.
            if failures > 0 && paused_until > now.0 {
                until = paused_until;
                break;
            }
        }
        tx.commit().await?;
        if until <= now.0 {
            return Ok(Ok(()));
        }
        Ok(Err(u32::try_from((until - now.0) / SECOND_US + 1).unwrap_or(u32::MAX)))
    }

    /// Counts an attempt that a pause refused, so that whoever goes on is told to wait.
    pub async fn refused(&self, app: &App) -> Result<(), Problem> {
        let now = app.clock.now();
        for (key, judged) in self.judged.iter().filter(|(_, judged)| judged.counts_refused) {
            let mut tx = app.db.write().await?;
            sign_in::failed(tx.conn(), Failure { key, account: None, limit: judged.limit }, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Forgets the failures of whoever has succeeded.
    pub async fn succeeded(&self, mut conn: Conn<'_>) -> Result<(), StoreError> {
        for (key, _) in self.judged.iter().filter(|(_, judged)| judged.forgotten) {
            sign_in::forget(conn.reborrow(), key).await?;
        }
        Ok(())
    }
}

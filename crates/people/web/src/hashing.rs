//! Password hashes, made and checked beside the threads that serve: each keeps a core busy for 20 ms, and only a few run at
//! once.

use base_core::area::Area;
use base_secret as secret;
use base_web::App;
use base_web::error::Problem;
use people_rules::password::Rule;
use people_rules::setting::PASSWORD_MIN;

/// The hash of a new password that somebody sets who is not signed in.
///
/// # Errors
/// Too many are waiting already.
pub async fn hash_for_stranger(app: &App, password: &str) -> Result<String, Problem> {
    let turn = app.password_turns.take(false).await;
    let _turn = turn.ok_or_else(|| Problem::busy("Too many people are signing in at once. Try again in a moment."))?;
    Ok(made(app, password).await)
}

/// The hash of a new password that somebody sets who is signed in.
pub async fn hash(app: &App, password: &str) -> String {
    let _turn = app.password_turns.wait().await;
    made(app, password).await
}

async fn made(app: &App, password: &str) -> String {
    let (entropy, password) = (app.entropy.clone(), password.to_owned());
    let made = tokio::task::spawn_blocking(move || secret::hash_password(&password, &*entropy)).await;
    // `!` is the hash of no password: if it cannot be made, nobody gets in by it.
    made.unwrap_or_else(|_| "!".to_owned())
}

/// True when a hash is that of a password.
pub async fn verify(app: &App, password: &str, hash: &str) -> bool {
    let _turn = app.password_turns.wait().await;
    let (password, hash) = (password.to_owned(), hash.to_owned());
    tokio::task::spawn_blocking(move || secret::verify_password(&password, Some(&hash))).await.unwrap_or_default()
}

/// The password rule of the site for somebody with these names.
pub fn rule<'n>(app: &'n App, names: impl IntoIterator<Item = &'n str>) -> Rule {
    let min = usize::try_from(app.stored.number(&PASSWORD_MIN)).unwrap_or_default();
    Rule::default().with_min(min).with_names(app.settings.areas.iter().map(Area::as_str).chain(names))
}

/// A random password that passes the rule.
pub fn random(app: &App, rule: &Rule) -> String {
    loop {
        let password = secret::random_password(&*app.entropy);
        if rule.check(&password).is_ok() {
            return password;
        }
    }
}

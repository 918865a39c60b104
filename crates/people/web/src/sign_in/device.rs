//! What a browser keeps to show that somebody signed in on it before: a number of its own, and a signature for each of
//! the accounts.
//!
//! Invariant: it opens nothing. Whoever has it is judged by their own failures instead of those of strangers.

use axum::http::HeaderMap;
use base_core::account::AccountId;
use base_core::entropy;
use base_web::app::App;
use base_web::session::{cookie, own_cookie, set_lasting_cookie};

const PURPOSE: &str = "known device";
const DEVICE_CHARS: usize = 32;
/// Most accounts that one browser remembers: those that signed in last.
const ACCOUNTS_MAX: usize = 20;
const DAYS: u32 = 400;

fn name(app: &App) -> &'static str {
    own_cookie(app, "tallyhouse-device", "__Host-tallyhouse-device")
}

/// The device, and the accounts with their signatures.
fn read<'h>(app: &App, headers: &'h HeaderMap) -> Option<(&'h str, Vec<(AccountId, &'h str)>)> {
    let mut parts = cookie(headers, name(app))?.split('.');
    let device = parts.next().filter(|device| device.len() == DEVICE_CHARS)?;
    let account = |part: &'h str| {
        let (account, signature) = part.split_once('-')?;
        Some((account.parse().ok()?, signature))
    };
    Some((device, parts.take(ACCOUNTS_MAX).filter_map(account).collect()))
}

fn is_signed(app: &App, device: &str, account: AccountId, signature: &str) -> bool {
    app.settings.sign_in.device_key.is_signed(PURPOSE, &format!("{device} {account}"), signature)
}

/// The device, if somebody signed in to this account on it before.
pub fn known<'h>(app: &App, headers: &'h HeaderMap, account: AccountId) -> Option<&'h str> {
    let (device, accounts) = read(app, headers)?;
    let (_, signature) = accounts.into_iter().find(|(of, _)| *of == account)?;
    is_signed(app, device, account, signature).then_some(device)
}

/// The `Set-Cookie` text that has a device remember this account, too.
pub fn remember(app: &App, headers: &HeaderMap, account: AccountId) -> String {
    let (device, before) = match read(app, headers) {
        Some((device, accounts)) => (device.to_owned(), accounts),
        None => (hex_of(entropy::bytes::<16>(&*app.entropy)), Vec::new()),
    };
    let signature = app.settings.sign_in.device_key.sign(PURPOSE, &format!("{device} {account}"));
    let mut value = format!("{device}.{account}-{signature}");
    let others = before.into_iter().filter(|(of, _)| *of != account).take(ACCOUNTS_MAX - 1);
    for (of, signature) in others.filter(|(of, signature)| is_signed(app, &device, *of, signature)) {
        value.push_str(&format!(".{of}-{signature}"));
    }
    set_lasting_cookie(app, name(app), &value, DAYS)
}

fn hex_of(bytes: [u8; 16]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

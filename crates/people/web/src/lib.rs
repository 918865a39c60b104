//! Who is who: signing in and out, second factors, sessions, tokens, devices; accounts, passwords, registration, requests,
//! notices, one's own profile.

mod accounts;
mod agent;
mod devices;
mod gone;
mod hashing;
mod home;
mod jobs;
mod language;
mod lock;
mod mail;
pub mod mails;
mod notices;
mod outside;
mod passkeys;
mod portal;
mod profile;
mod promotions;
mod refused;
mod routes;
mod said;
mod second_factor;
mod sessions;
mod settings;
mod sign_in;
mod sign_out;
mod state;
mod tokens;
pub mod told;
mod trail;
pub mod wing;

pub use gone::GONE;

//! Who is who: signing in and out, sessions; accounts, passwords, registration, requests, notices, one's own profile.

mod accounts;
mod hashing;
mod home;
mod jobs;
mod mail;
mod mails;
mod notices;
mod outside;
mod profile;
mod promotions;
mod refused;
mod routes;
mod sessions;
mod settings;
mod state;
pub mod wing;

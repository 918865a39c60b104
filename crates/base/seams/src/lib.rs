//! What the base asks of every wing, and each answers with what it keeps: whether its figures are right, what a code is, what
//! it keeps of a person. Also what the site may ask a directory outside.
//!
//! Invariant: nothing here knows the web, so that commands ask the same questions without opening it.

mod check;
mod customers;
pub mod directory;
mod keepers;
mod outside;
mod person_data;
mod resolve;

pub use check::{Check, Finding};
pub use customers::{
    CustomerAccounts, CustomerChange, CustomerFault, CustomerSettings, Doing, GivenPassword, KnownCustomer,
    NewCustomer, PasswordRule,
};
pub use keepers::{Keeper, Keepers};
pub use outside::Outside;
pub use person_data::{Kept, Page, PersonData};
pub use resolve::{Found, Resolve};

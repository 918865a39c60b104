//! Devices: stations and gates that a site knows by name.

pub mod api;
pub mod enrol;
pub mod pages;
pub mod work;

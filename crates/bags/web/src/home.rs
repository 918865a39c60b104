//! The home page: its figures, in the API, on the page and in the live feed.

pub mod api;
pub mod board;
pub mod live;
pub mod pages;
pub mod work;

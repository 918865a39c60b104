//! How a site is: what is measured, what counts as healthy, and what people are told of.

pub mod alert;
pub mod component;
pub mod pool;
pub mod tell;

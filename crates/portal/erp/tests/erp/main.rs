//! The ERP: the rules of Deacom, what a source promises, and SQL Server over the wire.

mod deacom;
mod source;
mod sql_server;
mod support;
mod tds;

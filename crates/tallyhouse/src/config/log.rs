//! `[log]`: what is logged, and how it looks. Everything goes to standard error.

use std::io::IsTerminal;

use tracing_subscriber::prelude::*;
use tracing_subscriber::{EnvFilter, fmt};

use super::reader::Reader;

/// What is logged by default.
pub fn default_filter() -> String {
    format!("info,{}", base_db::QUIET_LOG)
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// The section.
#[derive(Clone, Debug)]
pub struct Log {
    /// How a line looks.
    pub format: LogFormat,
    /// What is logged, such as `info` or `info,base_desk=debug`.
    pub filter: String,
    /// True for a line about each request.
    pub requests: bool,
}

impl Log {
    /// Reads the section.
    pub fn read(reader: &mut Reader) -> Self {
        let format = reader.parsed("log.format", LogFormat::Text, |name| match name {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err(format!("{name:?} must be text or json")),
        });
        let filter = reader.parsed("log.filter", default_filter(), |text| {
            let readable = EnvFilter::try_new(text).map(|_| text.to_owned());
            readable.map_err(|error| format!("{text:?} is no filter: {error}"))
        });
        Self { format, filter, requests: reader.flag("log.requests", false) }
    }

    /// Begins to log. Called once; a second call changes nothing.
    pub fn start(&self) {
        let mut filter = EnvFilter::try_new(&self.filter).unwrap_or_else(|_| EnvFilter::new(default_filter()));
        if self.requests {
            filter = filter.add_directive(format!("{}=debug", base_web::request::LOG).parse().expect("a directive"));
        }
        let lines = fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
        let begun = tracing_subscriber::registry().with(crate::slow::layer());
        // In tests a logger may already be set.
        let _started = match self.format {
            LogFormat::Text => begun.with(lines.with_filter(filter)).try_init(),
            LogFormat::Json => begun.with(lines.json().flatten_event(true).with_filter(filter)).try_init(),
        };
    }
}

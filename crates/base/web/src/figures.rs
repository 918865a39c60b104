//! Figures of the running program: what is counted where it happens, kept in memory until somebody asks for it.
//!
//! Invariants: what a figure is split by has few values, so that there is an upper bound for what is kept: requests are split
//! by the route of the table of routes, never by their address. Nothing here is written to the database.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock, PoisonError, RwLock};

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use base_core::figure::{Figure, Kind};
use metrics::{Histogram, describe_counter, describe_gauge, describe_histogram, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// The upper ends of what times are sorted into, in seconds.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// What a request without a route is counted as.
const NO_ROUTE: &str = "none";
/// The methods that are told apart.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "DELETE", "other"];
/// The statuses that are told apart, by their first digit.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

const REQUEST_SECONDS: &str = "tallyhouse_http_request_seconds";
const REFUSALS: &str = "tallyhouse_refusals_total";

/// What the base counts of requests.
pub const FIGURES: &[Figure] = &[
    Figure::times(
        REQUEST_SECONDS,
        &["route", "method", "status"],
        "Time until a request was answered, by route of the table of routes, method and first digit of the status.",
    ),
    Figure::counter(
        REFUSALS,
        &["reason"],
        "Requests and sign-ins that were refused to anybody, by the action under which the trail counts them and its code.",
    ),
];

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
static REQUESTS: LazyLock<RwLock<HashMap<Box<str>, Times>>> = LazyLock::new(RwLock::default);

/// The times of one route, made when they are first needed.
type Times = [OnceLock<Histogram>; METHODS.len() * CLASSES.len()];

/// Begins to keep figures, once in a program. A counter that was used before counts nothing for good, so this comes before
/// anything is decided.
pub fn keep() {
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS);
        let recorder = builder.expect("there are buckets").build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("figures are kept by something else in this program; /metrics shows none of them");
        }
        handle
    });
}

/// Begins to keep figures and describes these.
pub fn begin<'f>(figures: impl IntoIterator<Item = &'f Figure>) {
    keep();
    for Figure { name, kind, help, .. } in figures {
        match kind {
            Kind::Counter => describe_counter!(*name, *help),
            Kind::Gauge => describe_gauge!(*name, *help),
            Kind::Histogram => describe_histogram!(*name, *help),
        }
    }
}

/// Sorts the times that were measured since the last call, which frees their memory. Called every few seconds.
pub fn tidy() {
    if let Some(handle) = HANDLE.get() {
        handle.run_upkeep();
    }
}

/// All figures, as Prometheus reads them.
pub fn rendered() -> String {
    HANDLE.get().map(PrometheusHandle::render).unwrap_or_default()
}

/// What is known of a request before it is handled.
pub(crate) struct Asked {
    route: Option<MatchedPath>,
    method: usize,
}

impl Asked {
    pub(crate) fn of(request: &Request) -> Self {
        Self { route: request.extensions().get().cloned(), method: method_of(request.method()) }
    }

    /// The route, such as `/bags/{code}`.
    pub(crate) fn route(&self) -> &str {
        self.route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str)
    }

    /// Counts the answer, which took so many microseconds.
    pub(crate) fn answered(&self, status: StatusCode, took_us: i64) {
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len()) - 1;
        let seconds = std::time::Duration::from_micros(took_us.max(0).unsigned_abs()).as_secs_f64();
        let (route, at) = (self.route(), self.method * CLASSES.len() + class);
        let known = REQUESTS.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = known.get(route) {
            return times[at].get_or_init(|| self.times(class)).record(seconds);
        }
        drop(known);
        let mut known = REQUESTS.write().unwrap_or_else(PoisonError::into_inner);
        let times = known.entry(route.into()).or_insert_with(|| std::array::from_fn(|_| OnceLock::new()));
        times[at].get_or_init(|| self.times(class)).record(seconds);
    }

    fn times(&self, class: usize) -> Histogram {
        let route = self.route().to_owned();
        histogram!(REQUEST_SECONDS, "route" => route, "method" => METHODS[self.method], "status" => CLASSES[class])
    }
}

fn method_of(method: &Method) -> usize {
    let known = METHODS.iter().position(|known| *known == method.as_str());
    known.unwrap_or(METHODS.len() - 1)
}

/// Counts a refusal by the action of the trail and the code of the problem.
pub(crate) fn refused(action: &'static str, code: &'static str) {
    let reason = if code.is_empty() { action } else { code };
    metrics::counter!(REFUSALS, "reason" => reason).increment(1);
}

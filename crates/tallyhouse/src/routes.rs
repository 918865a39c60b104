//! All routes of the web server, put together from the base and the wings.

use std::sync::Arc;

use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get};
use axum::{Extension, Router};
use base_web::home::Home;
use base_web::live::LiveFeed;
use base_web::{
    App, alerts, api, assets, docs, exports, health, help, home, imports, jobs, kit, list, live, look, metrics, names,
    openapi, pages, request, text,
};
use base_wing::Open;
use utoipa_axum::router::OpenApiRouter;

/// Every address of the site, and the feed that has to be closed before the site closes.
pub fn router(app: &App, wings: Vec<Open>) -> (Router, LiveFeed) {
    let (mut cards, mut figures) = (Vec::new(), Vec::new());
    let mut calls = OpenApiRouter::new()
        .merge(jobs::api::router().merge(alerts::api::router()).with_state(app.clone()))
        .merge(health::router().merge(metrics::router()).merge(names::router()).with_state(app.clone()));
    let (mut shown, mut files) =
        (Router::new(), assets::router().merge(look::served::router().with_state(app.clone())));
    if !app.imports.kinds().is_empty() {
        calls = calls.merge(imports::api::router().with_state(app.clone()));
        shown = shown.merge(imports::routes().with_state(app.clone()));
    }
    if !app.exports.is_empty() {
        calls = calls.merge(exports::api::router().with_state(app.clone()));
        shown = shown.merge(exports::routes().with_state(app.clone()));
    }
    for wing in wings {
        cards.extend(wing.home);
        figures.extend(wing.live);
        calls = calls.merge(wing.api);
        shown = shown.merge(wing.pages);
        files = files.merge(wing.files);
    }
    let feed = LiveFeed::new(figures);
    let home = Home { app: app.clone(), cards: Arc::from(cards), live: feed.clone() };
    let (calls, document) = openapi::describe(calls.merge(live::router::<Home>().with_state(home.clone())));
    let people = home::router()
        .with_state(home)
        .route("/api/docs", get(docs::show).with_state(app.clone()).layer(Extension(document)))
        .merge(alerts::routes().with_state(app.clone()))
        .merge(health::routes().with_state(app.clone()))
        .merge(help::routes().with_state(app.clone()))
        .merge(kit::routes().with_state(app.clone()))
        .merge(jobs::routes().with_state(app.clone()))
        .merge(list::pages::routes().with_state(app.clone()))
        .merge(shown)
        .fallback(pages::nothing_here)
        .layer(from_fn(text::plain_addresses_of_pages))
        .layer(from_fn_with_state(app.clone(), pages::problems_as_pages));
    let programs =
        calls.route("/api/{*rest}", any(api::nothing_here)).method_not_allowed_fallback(api::method_not_allowed);
    let all = programs.merge(files).merge(people).layer(from_fn_with_state(app.clone(), request::wrap));
    (all, feed)
}

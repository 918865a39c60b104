//! All routes of this wing but those of signing in, in one table.

use axum::Router;
use axum::routing::{get, post};
use base_web::pages::moved;
use utoipa_axum::router::OpenApiRouter;

use crate::gone::GONE;
use crate::state::People;
use crate::{accounts, mail, notices, outside, portal, profile, promotions, second_factor, sessions, settings, trail};

/// The calls of the API.
pub fn api() -> OpenApiRouter<People> {
    OpenApiRouter::new()
        .merge(accounts::api::router())
        .merge(profile::api::router())
        .merge(promotions::api::router())
        .merge(notices::api::router())
        .merge(mail::api::router())
        .merge(settings::api::router())
        .merge(base_web::earlier::gone_routes(GONE).into())
}

/// The pages.
pub fn pages() -> Router<People> {
    Router::new()
        .merge(account_pages())
        .merge(own_pages())
        .merge(outside_pages())
        .merge(site_pages())
        .merge(customer_pages())
        .merge(earlier_addresses())
}

/// Looking after accounts.
fn account_pages() -> Router<People> {
    use accounts::pages::{form, list, remove, show};
    Router::new()
        .route("/admin/users", get(list::list))
        .route("/lists/users/selected", post(list::selected))
        .route("/admin/users/new", get(form::ask_new).post(form::create))
        .route("/admin/users/{id}", get(show::show))
        .route("/admin/users/{id}/edit", get(form::ask_edit).post(form::edit))
        .route("/admin/users/{id}/delete", get(remove::ask).post(remove::remove))
        .route("/admin/users/{id}/password", post(show::give_password))
        .route("/admin/users/{id}/data", post(show::data))
        .route("/admin/users/{id}/{action}", post(show::act))
        .route("/admin/second-factors", get(second_factor::admin::show))
        .route("/admin/second-factors/off", post(second_factor::admin::turn_off))
        .route("/admin/promotions", get(promotions::pages::list))
        .route("/admin/promotions/{id}", post(promotions::pages::decide))
}

/// One's own account.
fn own_pages() -> Router<People> {
    Router::new()
        .route("/profile", get(profile::pages::show).post(profile::pages::change))
        .route("/profile/password", get(profile::pages::ask_password).post(profile::pages::change_password))
        .route("/profile/data", post(profile::pages::data))
        .route("/promotion", get(promotions::pages::own).post(promotions::pages::ask))
        .route("/notifications", get(notices::pages::list))
        .route("/notifications/read", post(notices::pages::read))
}

/// Before signing in.
fn outside_pages() -> Router<People> {
    Router::new()
        .route("/register", get(outside::register::ask).post(outside::register::register))
        .route("/forgot", get(outside::forgot::ask).post(outside::forgot::send))
        .route("/reset/{token}", get(outside::reset::ask).post(outside::reset::set))
}

/// A customer's own account, and how they get a new password.
fn customer_pages() -> Router<People> {
    Router::new()
        .route("/portal", get(portal::show).post(portal::change))
        .route("/portal/password", get(portal::ask_password).post(portal::change_password))
        .route("/portal/forgot", get(outside::forgot::ask).post(outside::forgot::send))
        .route("/portal/reset/{token}", get(outside::reset::ask).post(outside::reset::set))
}

/// What concerns the whole site.
fn site_pages() -> Router<People> {
    Router::new()
        .route("/admin/sessions/set-autokick", post(sessions::pages::list::set_kick))
        .route("/admin/mail", get(mail::pages::list))
        .route("/admin/mail/{id}/again", post(mail::pages::again))
        .route("/lists/mails/selected", post(mail::pages::selected))
        .route("/admin/audit", get(trail::pages::list))
        .route("/admin/audit/file", get(trail::pages::file))
        .route("/admin/audit/incidents", get(trail::incidents::show))
        .route("/admin/audit/proof", get(trail::proof::page))
        .route("/admin/audit/checkpoint", get(trail::proof::checkpoint))
        .route("/admin/audit/{seq}", get(trail::show))
        .route("/admin/audit/{seq}/proof", get(trail::proof::file))
        .route("/admin/settings", get(settings::pages::list))
        .route("/admin/settings/{name}", post(settings::pages::put))
}

/// Addresses of the earlier system.
fn earlier_addresses() -> Router<People> {
    Router::new()
        .route("/audit_logs", get(async || moved("/admin/audit")))
        .route("/user_management", get(async || moved("/admin/users")))
        .route("/create_user", get(async || moved("/admin/users/new")))
        .route("/admin/users/{id}/profile", get(accounts::pages::show::moved_here))
        .route("/admin/promote_user", get(async || moved("/admin/promotions")))
        .route("/request_promotion", get(async || moved("/promotion")))
        .route("/profile/edit", get(async || moved("/profile")))
        .route("/forgot_password", get(async || moved("/forgot")))
        // The page there says that a link of the earlier system opens nothing any more, and where to ask for a new one.
        .route("/reset_password/{token}", get(outside::reset::moved_here))
        .route("/2fa/setup", get(async || moved("/profile/second-factor")))
        .route("/2fa/enable", get(async || moved("/profile/second-factor")))
        .route("/2fa/disable", get(async || moved("/profile/second-factor")))
        .route("/2fa/verify", get(async || moved("/login/second-factor")))
        .route("/edit_user/{id}", get(accounts::pages::show::moved_to_edit))
        .route("/delete_user/{id}", get(accounts::pages::show::moved_to_delete))
        .route("/promotions", get(async || moved("/admin/promotions")))
        .route("/admin/promotion_request/{id}", get(async || moved("/admin/promotions")))
        .route("/admin/comprehensive-user-deletion", get(async || moved("/admin/users")))
        .route("/admin/dashboard", get(async || moved("/")))
        .route("/admin-login", get(async || moved("/login")))
        .route("/admin-logout", get(async || moved("/logout")))
        .route("/force-change-password", get(async || moved("/portal/password")))
        .route("/api/users", get(async || moved("/api/v1/accounts?limit=100")))
}

//! The addresses to which clients of the earlier system sent changes of people, and where these go now.
//! `docs/earlier-addresses.md` has the same table.

use base_web::earlier::{Gone, gone};

/// Every one of them.
pub const GONE: &[Gone] = &[
    gone("/create_user", "POST /api/v1/accounts", "`username`, `roles`, `email`, and for dispatchers `area`"),
    gone("/admin/promote_user", "PATCH /api/v1/accounts/{id}", "`roles`"),
    gone("/request_promotion", "POST /api/v1/promotions", "`reason`"),
    gone("/admin/promotion_request/{id}", "POST /api/v1/promotions/{id}", "the decision"),
    gone(
        "/admin/preview-user-deletion",
        "GET /api/v1/accounts/{id}/data",
        "nothing; it counts what is kept of the person",
    ),
    gone("/admin/execute-comprehensive-deletion", "DELETE /api/v1/accounts/{id}", "the name of the person, to confirm"),
    gone("/profile/edit", "PATCH /api/v1/profile", "what is to change"),
    gone("/2fa/enable", "the page /profile/second-factor", "the code of the app"),
    gone("/2fa/disable", "the page /profile/second-factor", "the password"),
    gone("/2fa/verify", "the page /login/second-factor", "the code of the app"),
    gone("/admin-login", "the page /login", "the user name and the password"),
    gone("/force-change-password", "the page /portal/password", "the new password, twice"),
    gone("/admin/sessions/kick", "the page /admin/sessions?realm=customer", "the session that ends"),
    gone("/forgot_password", "the page /forgot", "the name or the e-mail"),
];

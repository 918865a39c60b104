//! The addresses to which pages of the earlier portal sent changes, and where these go now. `docs/earlier-addresses.md` has
//! the same table.

use base_web::earlier::{Gone, gone};

/// Every one of them.
pub const GONE: &[Gone] = &[
    gone("/admin/customers/add", "the page /admin/customers/new", "the name, the e-mail and the customers of the ERP"),
    gone("/admin/customers/edit/{id}", "the page /admin/customers/{id}/edit", "the name, the e-mail and the customers"),
    gone("/admin/customers/deactivate/{id}", "the page /admin/customers/{id}", "nothing; a button there does it"),
    gone("/admin/customers/reactivate/{id}", "the page /admin/customers/{id}", "nothing; a button there does it"),
    gone("/admin/customers/admin-reset-password/{id}", "the page /admin/customers/{id}", "how the password goes out"),
];

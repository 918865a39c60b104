//! The kinds of files of this wing.

use base_core::file::{FileColumn, FileKind};
use base_core::permission::CUSTOMER_MANAGE;

const EMAIL_SYNONYMS: &[&str] = &["e-mail", "e_mail", "mail", "email_address", "login", "username"];
const FIRST_SYNONYMS: &[&str] = &["name", "display_name", "first", "given_name", "contact"];
const LAST_SYNONYMS: &[&str] = &["surname", "last", "family_name"];
const CUSTOMERS_SYNONYMS: &[&str] = &["customer", "erp_customer_name", "erp_customer", "erp_customers", "company"];

/// Customers who are invited: each gets an account and a mail. Several customers of the ERP stand in one cell with a bar
/// between them; `All` is everything.
pub static CUSTOMERS: FileKind = FileKind {
    name: "customers",
    permission: CUSTOMER_MANAGE,
    columns: &[
        FileColumn::needed("email", EMAIL_SYNONYMS),
        FileColumn::needed("first_name", FIRST_SYNONYMS),
        FileColumn::optional("last_name", LAST_SYNONYMS),
        FileColumn::needed("customers", CUSTOMERS_SYNONYMS),
    ],
    rounds: 1,
    has_codes: false,
    blocks: None,
    makes: None,
};

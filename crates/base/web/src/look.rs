//! How customers see the site: a name, a logo and a colour of its own, and an address of its own.
//!
//! Invariant: nothing is inline. The colour is a style sheet and the logo a file, both without signing in.

pub mod served;

use std::sync::Arc;

use axum::extract::Request;
use axum::http::header;
use base_core::realm::Realm;

use crate::door::realm_of;

/// How customers see the site, where that differs from how staff do.
#[derive(Clone, Debug)]
pub struct Look {
    /// The name above every page and in every mail.
    pub name: String,
    /// The strong colour, dark enough to be read on white; `None` is the program's own.
    pub colour: Option<[u8; 3]>,
    /// The logo, a PNG; `None` shows the name.
    pub logo: Option<Arc<[u8]>>,
    /// How customers reach the site, such as `https://stock.example`.
    pub public_url: Option<String>,
}

impl Default for Look {
    fn default() -> Self {
        Self { name: "Tallyhouse".into(), colour: None, logo: None, public_url: None }
    }
}

impl Look {
    /// True where customers see another name than staff.
    pub fn has_name(&self) -> bool {
        self.name != Self::default().name
    }

    /// What a link in a mail begins with: the address of customers for their pages, that of staff for all others.
    pub fn base_url<'u>(&'u self, path: &str, of_staff: &'u str) -> &'u str {
        match &self.public_url {
            Some(url) if realm_of(path) == Realm::Customer => url,
            _ => of_staff,
        }
    }

    /// The style of their pages; `None` where they have none of their own.
    pub(crate) fn style(&self) -> Option<String> {
        let [red, green, blue] = self.colour?;
        let colour = format!("#{red:02x}{green:02x}{blue:02x}");
        Some(format!(
            ":root{{--field:light-dark(color-mix(in srgb,{colour} 90%,#000),color-mix(in srgb,{colour} 45%,#fff));\
             --on-field:light-dark(#fff,#101010);\
             --field-soft:light-dark(color-mix(in srgb,{colour} 12%,#fff),color-mix(in srgb,{colour} 30%,#101010))}}\n"
        ))
    }

    /// True for a request to the address of customers.
    pub(crate) fn is_host_of(&self, request: &Request) -> bool {
        let Some(wanted) = self.public_url.as_deref().and_then(|url| url.split("://").nth(1)) else { return false };
        let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let host = request.uri().authority().map(axum::http::uri::Authority::as_str).or(named);
        host.is_some_and(|host| host.eq_ignore_ascii_case(wanted))
    }
}

/// True where a page of customers has a style of its own.
pub(crate) fn has_style(look: &Look) -> bool {
    look.colour.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_pages_of_customers_begin_with_their_address() {
        let look = Look { public_url: Some("https://stock.example".into()), ..Look::default() };
        assert_eq!(look.base_url("/portal/login", "https://site.example"), "https://stock.example");
        assert_eq!(look.base_url("/inventory", "https://site.example"), "https://stock.example");
        assert_eq!(look.base_url("/login", "https://site.example"), "https://site.example");
        assert_eq!(Look::default().base_url("/inventory", "https://site.example"), "https://site.example");
    }

    #[test]
    fn only_the_host_of_customers_is_theirs() {
        let look = Look { public_url: Some("https://stock.example".into()), ..Look::default() };
        let at = |host: &str| {
            let request = Request::get("/login").header(header::HOST, host);
            look.is_host_of(&request.body(axum::body::Body::empty()).expect("a request"))
        };
        assert!(at("stock.example") && at("STOCK.example"));
        assert!(!at("site.example") && !at("stock.example.evil") && !at("stock.example:8080"));
    }

    #[test]
    fn a_colour_is_a_style_of_both_themes() {
        let look = Look { colour: Some([0x20, 0x40, 0xa0]), ..Look::default() };
        assert!(look.style().is_some_and(|style| style.contains("light-dark(color-mix(in srgb,#2040a0 90%,#000)")));
        assert!(has_style(&look) && Look::default().style().is_none());
    }
}

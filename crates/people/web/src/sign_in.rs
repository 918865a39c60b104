//! Signing in: the form, who is judged by what, the password, and the session that is opened.

pub mod check;
pub mod device;
pub mod directory;
pub mod form;
pub mod open;
pub mod own;
pub mod pages;
pub mod tries;

use axum::http::HeaderMap;
use base_core::account::Person;
use base_core::audit::Origin;
use base_core::realm::Realm;
use base_web::app::App;
use base_web::door::{Door, door};
use base_web::request::RequestFacts;
use base_web::session::bound;
use people_rules::next::{safe_next, safe_next_of_customers};

/// A request of somebody who is not signed in yet.
pub struct Visit {
    /// Its headers.
    pub headers: HeaderMap,
    /// What is known about it.
    pub facts: RequestFacts,
}

impl Visit {
    /// Where people of this realm come in.
    pub fn door(&self) -> &'static Door {
        door(self.facts.realm)
    }

    /// A page of this realm to go to after signing in, if the address is one.
    pub fn safe_next<'n>(&self, next: &'n str) -> &'n str {
        match self.facts.realm {
            Realm::Staff => safe_next(next),
            Realm::Customer => match safe_next_of_customers(next) {
                "" => self.facts.menu.home(Realm::Customer),
                page => page,
            },
        }
    }

    /// Where it comes from, for the audit trail.
    pub fn origin(&self, actor: Option<i64>) -> Origin {
        Origin {
            realm: self.facts.realm,
            actor,
            address: self.facts.address.clone(),
            agent: self.facts.agent.clone(),
            request_id: self.facts.id.clone(),
            station: None,
        }
    }

    /// The same for somebody who is signed in: what is stored of their addresses and agents is bounded.
    pub fn origin_of(&self, app: &App, person: &Person) -> Origin {
        let mut facts = self.facts.clone();
        bound(app, person, &mut facts);
        Origin { address: facts.address, agent: facts.agent, ..self.origin(Some(person.id)) }
    }
}

//! How people are told of an alert: by mail, in their language, and by the webhook.
//!
//! Invariants: what is told is written in the transaction of what it tells of, so it is told once, whichever nodes see it; both
//! ways are bounded, and whoever gets neither finds it in the list of alerts; nothing that is told holds a name of a person.

use std::sync::LazyLock;

use askama::Template;
use base_core::audit::{Entry, Origin};
use base_core::mail::Content;
use base_core::permission::Role;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_mail::render;
use base_mail::words::{Locale, Texts, Words};
use base_records::alert::{self, Alert, Telling};
use base_records::audit::{self, Record};
use base_records::mail::{self, EnqueueError, NewMail, Outbox, Recipient};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// The texts of mails about alerts.
const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "base", text: include_str!("../locales/en/base.ftl") },
    Locale { lang: "hi", wing: "base", text: include_str!("../locales/hi/base.ftl") },
];
/// The language of what machines are told.
const PLAIN: &str = "en";
/// How times are written in mails.
const TIME: &str = "%d %b %Y %H:%M:%S %Z";

static TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::of(LOCALES));

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// An alert began.
    Raised,
    /// An alert is over.
    Cleared,
}

impl Event {
    /// Its name in the trail and in calls.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raised => "alert_raised",
            Self::Cleared => "alert_cleared",
        }
    }
}

/// Tells people and other systems. Cheap to clone.
#[derive(Clone)]
pub struct Teller {
    /// Who is told.
    pub telling: Telling,
    /// The outbox; closed when the site has no mail.
    pub outbox: Outbox,
    /// How people reach the site: what links begin with.
    pub base_url: String,
    /// Where times are shown.
    pub zone: TimeZone,
}

#[derive(Template)]
#[template(path = "alert.html")]
struct Html<'a> {
    words: Words<'static>,
    subject: &'a str,
    lines: &'a [String],
    link: &'a str,
}

#[derive(Template)]
#[template(path = "alert.txt")]
struct Text<'a> {
    words: Words<'static>,
    subject: &'a str,
    lines: &'a [String],
    link: &'a str,
}

/// What an alert says, in a language.
pub fn said(alert: &Alert, locale: &str) -> String {
    let (value, limit) = (alert.value.to_string(), (alert.raise_at).to_string());
    let values = [("value", value.as_str()), ("limit", limit.as_str()), ("subject", alert.subject.as_str())];
    TEXTS.words(locale).text(&format!("alert-{}", alert.kind), &values)
}

impl Teller {
    /// Tells of an alert that began or is over, and writes it into the trail; in the caller's transaction.
    pub async fn tell(&self, mut conn: Conn<'_>, event: Event, alert: &Alert, at: Moment) -> Result<(), StoreError> {
        let origin = Origin { agent: "job alerts".into(), ..Origin::default() };
        let entry = Entry::new(event.name(), "alert", alert.id.to_string()).with_after(&json!({
            "kind": alert.kind, "subject": alert.subject, "node": alert.node, "value": alert.value,
        }));
        audit::insert(conn.reborrow(), &[Record { at, entry, origin: &origin }]).await?;
        let body = self.body(event.name(), at, Some(alert));
        let content = |locale: &str| self.content(event, alert, locale);
        self.send(conn, (event.name(), &body), content, at).await
    }

    /// Tells that somebody tries whether telling works; in the caller's transaction.
    pub async fn try_out(&self, mut conn: Conn<'_>, origin: &Origin, at: Moment) -> Result<(), StoreError> {
        let entry = Entry::new("alert_tried", "alert", "");
        audit::insert(conn.reborrow(), &[Record { at, entry, origin }]).await?;
        let body = self.body("alert_tried", at, None);
        let content = |locale: &str| {
            let words = TEXTS.words(locale);
            let subject = words.text("alert-subject-tried", &[("site", &self.base_url)]);
            self.letter(words, &subject, &[words.text("alert-tried", &[])])
        };
        self.send(conn, ("alert_tried", &body), content, at).await
    }

    async fn send(
        &self,
        mut conn: Conn<'_>,
        (event, body): (&str, &Value),
        content: impl Fn(&str) -> Content,
        at: Moment,
    ) -> Result<(), StoreError> {
        if self.telling.webhook.is_some() && !alert::call(conn.reborrow(), event, &body.to_string(), at).await? {
            tracing::warn!(event, "too many calls of the webhook wait; this one is left out");
        }
        if !self.telling.by_mail || !self.outbox.is_open() {
            return Ok(());
        }
        let mails: Vec<NewMail> = self
            .recipients(conn.reborrow())
            .await?
            .iter()
            .map(|to| NewMail::new("alert", &to.email, content(&to.locale)))
            .collect();
        match self.outbox.enqueue(conn, &mails, at).await {
            Err(EnqueueError::Store(error)) => Err(error),
            Err(error) => {
                tracing::warn!(event, %error, "an alert goes by no mail");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// The addresses of the configuration, or those of all admins.
    async fn recipients(&self, conn: Conn<'_>) -> Result<Vec<Recipient>, StoreError> {
        if self.telling.addresses.is_empty() {
            return mail::recipients(conn, &[Role::Admin]).await;
        }
        let to = |email: &String| Recipient { email: email.clone(), locale: PLAIN.to_owned() };
        Ok(self.telling.addresses.iter().map(to).collect())
    }

    fn content(&self, event: Event, alert: &Alert, locale: &str) -> Content {
        let (words, what) = (TEXTS.words(locale), said(alert, locale));
        let time = |at: i64| Moment(at).display(&self.zone, TIME);
        let mut lines = vec![what.clone(), words.text("alert-since", &[("at", &time(alert.raised_at))])];
        if !alert.node.is_empty() {
            lines.push(words.text("alert-node", &[("node", &alert.node)]));
        }
        lines.extend(alert.cleared_at.map(|at| words.text("alert-until", &[("at", &time(at))])));
        let subject = match event {
            Event::Raised => "alert-subject-raised",
            Event::Cleared => "alert-subject-cleared",
        };
        self.letter(words, &words.text(subject, &[("what", &what)]), &lines)
    }

    fn letter(&self, words: Words<'static>, subject: &str, lines: &[String]) -> Content {
        let link = &self.link();
        let text = render(&Text { words, subject, lines, link });
        let html = render(&Html { words, subject, lines, link });
        Content { subject: subject.to_owned(), text, html }
    }

    fn link(&self) -> String {
        format!("{}/admin/alerts", self.base_url.trim_end_matches('/'))
    }

    /// What the webhook is called with.
    fn body(&self, event: &str, at: Moment, alert: Option<&Alert>) -> Value {
        let time = |at: i64| Moment(at).rfc3339();
        let alert = alert.map(|alert| {
            json!({
                "id": alert.id, "kind": alert.kind, "subject": alert.subject, "node": alert.node, "value": alert.value,
                "limit": alert.raise_at, "raised_at": time(alert.raised_at), "cleared_at": alert.cleared_at.map(time),
                "text": said(alert, PLAIN),
            })
        });
        json!({ "event": event, "at": at.rfc3339(), "site": self.base_url, "link": self.link(), "alert": alert })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::Kind;

    fn of(kind: Kind) -> Alert {
        Alert {
            id: 7,
            kind: kind.name().to_owned(),
            subject: "erp".to_owned(),
            node: "one".to_owned(),
            value: 91,
            raise_at: 85,
            raised_at: 1_796_000_000_000_000,
            seen_at: 0,
            cleared_at: Some(1_796_000_060_000_000),
        }
    }

    #[test]
    fn every_language_has_the_same_keys_each_once_and_every_kind_has_its_words() {
        assert_eq!(TEXTS.faults(), [""; 0]);
        for kind in Kind::ALL {
            for locale in ["en", "hi"] {
                let said = said(&of(kind), locale);
                assert!(said.contains("91") && !said.contains('{') && !said.contains("alert-"), "{said}");
            }
        }
    }

    #[test]
    fn a_mail_says_what_is_wrong_since_when_and_where() {
        let teller = Teller {
            telling: Telling::default(),
            outbox: Outbox::CLOSED,
            base_url: "https://site.example".into(),
            zone: TimeZone::UTC,
        };
        let mail = teller.content(Event::Cleared, &of(Kind::Pool), "en");
        assert_eq!(mail.subject, "Over: 91% of the database connections are in use (limit 85%)");
        for part in ["Since 30 Nov 2026 00:53:20 UTC", "over at 30 Nov 2026 00:54:20 UTC", "On one", "/admin/alerts"] {
            assert!(mail.text.contains(part) && mail.html.contains(part), "{part} in {}", mail.text);
        }
    }
}

//! Asking the authority for a certificate: account, order, proof that the names are ours, certificate.

use std::time::Duration;

use base_core::entropy::Entropy;
use base_db::StoreError;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Error, Identifier, NewAccount, NewOrder, Order,
    OrderStatus, RetryPolicy,
};

use super::http::Caller;
use super::kept::{self, Answers, Kept, Store};
use crate::config::Acme;

/// Nodes read answers at most once a second: after so long every one has them.
const PUBLISHED_AFTER: Duration = Duration::from_secs(2);
/// Longest wait for the authority to look, and then to make the certificate.
const PATIENCE: Duration = Duration::from_mins(2);

/// Why there is no certificate. It tells nothing of any key.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The configuration names something that is not there any more.
    #[error("{0}")]
    Settings(String),
    /// The database, which passes.
    #[error("the database does not answer")]
    Store(#[from] StoreError),
    /// The authority cannot be asked, or says no.
    #[error("the authority {directory}: {why}")]
    Authority {
        /// Which one.
        directory: String,
        /// What it says.
        why: String,
    },
    /// The authority could not see that a name is ours.
    #[error(
        "the authority could not check {domain}: {why}. It must reach http://{domain}/.well-known/acme-challenge/ at port 80, \
         where tls.redirect_from listens"
    )]
    Domain {
        /// The name.
        domain: String,
        /// What it says.
        why: String,
    },
}

/// Asks for a certificate of the names that are configured.
pub async fn certificate(acme: &Acme, store: Store<'_>, chance: &dyn Entropy) -> Result<Kept, Refused> {
    let account = match account(acme, store, chance).await {
        // The authority has forgotten it: another one is made.
        Err(Refused::Authority { why, .. }) if why.contains("accountDoesNotExist") => {
            store.forget_account().await?;
            self::account(acme, store, chance).await?
        }
        account => account?,
    };
    let told = |error: Error| Refused::Authority { directory: acme.directory.clone(), why: why(&error) };
    let names: Vec<Identifier> = acme.domains.iter().cloned().map(Identifier::Dns).collect();
    let order = match account.new_order(&NewOrder::new(&names)).await {
        Err(error) if why(&error).contains("accountDoesNotExist") => {
            store.forget_account().await?;
            let account = self::account(acme, store, chance).await?;
            account.new_order(&NewOrder::new(&names)).await
        }
        order => order,
    };
    let mut order = order.map_err(told)?;
    let proved = prove(acme, store, &mut order).await;
    // Whatever came of it, nobody needs the answers any more.
    store.publish(&Answers::new()).await?;
    proved?;
    let key = order.finalize().await.map_err(told)?;
    let chain = order.poll_certificate(&RetryPolicy::default().timeout(PATIENCE)).await.map_err(told)?;
    Ok(Kept { chain, key, directory: acme.directory.clone() })
}

/// The account of this site: the one that is kept, or a new one.
async fn account(acme: &Acme, store: Store<'_>, chance: &dyn Entropy) -> Result<Account, Refused> {
    let told = |error: Error| Refused::Authority { directory: acme.directory.clone(), why: why(&error) };
    let builder = || {
        let client = acme.client().map_err(Refused::Settings)?;
        Ok::<_, Refused>(Account::builder_with_http(Box::new(Caller(client))))
    };
    let ours = |kept: &kept::Account| kept.directory == acme.directory && kept.contact == acme.contact;
    if let Some(kept) = store.account().await?.filter(ours)
        && let Ok(credentials) = serde_json::from_value::<AccountCredentials>(kept.credentials)
    {
        return builder()?.from_credentials(credentials).await.map_err(told);
    }
    let contact = format!("mailto:{}", acme.contact);
    let new = NewAccount { contact: &[&contact], terms_of_service_agreed: true, only_return_existing: false };
    let (account, credentials) = builder()?.create(&new, acme.directory.clone(), None).await.map_err(told)?;
    let credentials = serde_json::to_value(&credentials).expect("texts are always JSON");
    let kept = kept::Account { directory: acme.directory.clone(), contact: acme.contact.clone(), credentials };
    store.keep_account(&kept, chance).await?;
    Ok(account)
}

/// Shows that the names are ours: by answers at port 80, which any node gives.
async fn prove(acme: &Acme, store: Store<'_>, order: &mut Order) -> Result<(), Refused> {
    let told = |error: Error| Refused::Authority { directory: acme.directory.clone(), why: why(&error) };
    let mut answers = Answers::new();
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization.map_err(told)?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let domain = authorization.identifier().to_string();
        let Some(challenge) = authorization.challenge(ChallengeType::Http01) else {
            return Err(Refused::Domain { domain, why: "it offers no proof over HTTP".to_owned() });
        };
        answers.insert(challenge.token.clone(), challenge.key_authorization().as_str().to_owned());
    }
    if answers.is_empty() {
        return Ok(());
    }
    store.publish(&answers).await?;
    tokio::time::sleep(PUBLISHED_AFTER).await;
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization.map_err(told)?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        if let Some(mut challenge) = authorization.challenge(ChallengeType::Http01) {
            challenge.set_ready().await.map_err(told)?;
        }
    }
    let ready = order.poll_ready(&RetryPolicy::default().timeout(PATIENCE)).await;
    if matches!(ready, Ok(OrderStatus::Ready)) {
        return Ok(());
    }
    if let Some(refused) = failed_name(order).await {
        return Err(refused);
    }
    let why = ready.map_or_else(|error| why(&error), |status| format!("the order is {status:?}"));
    Err(Refused::Authority { directory: acme.directory.clone(), why })
}

/// The first name that could not be checked, and what the authority says of it.
async fn failed_name(order: &mut Order) -> Option<Refused> {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let domain = authorization.identifier().to_string();
        let state = authorization.refresh().await.ok()?;
        let fault = state.challenges.iter().find_map(|challenge| challenge.error.as_ref());
        if let Some(fault) = fault {
            let why = fault.detail.clone().unwrap_or_else(|| "it does not say why".to_owned());
            return Some(Refused::Domain { domain, why });
        }
    }
    None
}

/// What an error says, with what stands behind it.
fn why(error: &Error) -> String {
    match error {
        Error::Api(problem) => problem.to_string(),
        Error::Other(error) => error.to_string(),
        error => error.to_string(),
    }
}

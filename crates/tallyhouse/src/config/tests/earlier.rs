//! Names of the earlier systems: what they set, and what only makes sense together.

use super::*;

#[test]
fn every_name_of_the_sources_keeps_working() {
    let place = Place::new()
        .with("DATABASE_URL", "postgres://site@db/site")
        .with("SESSION_SECRET", "anything of thirty-two characters")
        .with("SESSION_SECRET_PREVIOUS", "anything before")
        .with("SECRET_KEY", "anything of thirty-two characters")
        .with("ADMIN_USERNAME", "boss")
        .with("ADMIN_PASSWORD", "Mustard-Field-7")
        .with("SESSION_ABSOLUTE_TIMEOUT", "7200")
        .with("SESSION_INACTIVITY_TIMEOUT", "900")
        .with("SESSION_WARNING_TIME", "120")
        .with("MAX_FILE_UPLOAD_SIZE", "16777216")
        .with("GRACEFUL_SHUTDOWN_TIMEOUT", "45")
        .with("POOL_SIZE", "25")
        .with("POOL_MAX_OVERFLOW", "15")
        .with("REDIS_URL", "redis://cache")
        .with("SMTP_SERVER", "mail.example.com")
        .with("SMTP_PORT", "2525")
        .with("SMTP_USE_TLS", "True")
        .with("SMTP_USERNAME", "site")
        .with("SMTP_PASSWORD", "Mustard-Field-8")
        .with("SMTP_AUTH_MODE", "plain")
        .with("AD_SERVER", "ldaps://directory")
        .with("AD_DOMAIN", "house.example")
        .with("AD_SERVICE_ACCOUNT", "reader")
        .with("AD_SERVICE_PASSWORD", "Mustard-Field-9")
        .with("AD_BASE_DN", "DC=house,DC=example")
        .with("AD_PORTAL_ADMIN_GROUP", "admins")
        .with("ERP_DB_SERVER", "erp")
        .with("ERP_DB_NAME", "stock")
        .with("ERP_DB_USERNAME", "reader")
        .with("ERP_DB_PASSWORD", "Mustard-Field-10")
        .with("ERP_DB_PORT", "1444")
        .with("ERP_DB_TIMEOUT", "20")
        .with("QR_SECRET", "an-old-secret-of-passes")
        .with("SESSION_HOURS", "8")
        .with("ANONYMIZE_AUDIT_LOGS", "true")
        .with("EMAIL_ANONYMIZATION_METHOD", "mask")
        .with("EOD_SECRET_KEY", "Mustard-Field-Report")
        .with("SLOW_QUERY_THRESHOLD_MS", "250")
        .with("EMAIL_FROM", "site@example.com")
        .with("EMAIL_BCC", "archive@example.com");
    let config = place.load("[database]\nurl = \"sqlite:below.db\"\n").unwrap();
    assert_eq!(config.database.url.expose(), "postgres://site@db/site");
    assert_eq!(config.admin.username, "boss");
    assert_eq!(config.admin.password.as_ref().unwrap().expose(), "Mustard-Field-7");
    let session = &config.session;
    assert_eq!((session.absolute_s, session.idle_s, session.warning_s), (7200, 900, 120));
    let secrets = [&session.secret, &session.secret_previous].map(|secret| secret.as_ref().map(Secret::expose));
    assert_eq!(secrets, [Some("anything of thirty-two characters"), Some("anything before")]);
    assert_eq!(config.server.upload_max_bytes, 16_777_216);
    assert_eq!(config.server.graceful_shutdown_s, 45);
    assert_eq!((config.database.connections, config.database.slow_ms), (40, 250));
    let mail = config.mail.as_ref().unwrap();
    assert_eq!(mail.smtp.describe(), "mail.example.com:2525 with STARTTLS");
    assert!(mail.smtp.sign_in.as_ref().is_some_and(|(user, _)| user == "site"));
    assert_eq!((mail.from.to_string().as_str(), mail.bcc.len()), ("site@example.com", 1));
    assert_eq!(config.reports.eod_secret.as_ref().unwrap().expose(), "Mustard-Field-Report");
    let shown = format!("{config:?}");
    assert!(!shown.contains("Mustard"), "{shown}");
    assert_eq!(config.passes.qr_secret.as_ref().unwrap().expose(), "an-old-secret-of-passes");
    let erp = config.erp.as_ref().unwrap();
    assert_eq!(erp.limits.query.as_secs(), 20);
    let portal_erp::Place::SqlServer(place) = &erp.place else { panic!("{erp:?}") };
    assert_eq!(
        (place.host.as_str(), place.port, place.database.as_str(), place.user.as_str()),
        ("erp", 1444, "stock", "reader")
    );
    assert!(config.directory.is_some());
    assert_eq!(config.accepted.len(), 5, "{:?}", config.accepted);
}

#[test]
fn what_only_makes_sense_together_is_missed_at_the_start() {
    let some = Place::new().with("AD_SERVER", "ldaps://directory").with("AD_DOMAIN", "house.example");
    let told = some.with("ERP_DB_NAME", "stock").faults("");
    let missing = [
        "AD_SERVICE_ACCOUNT",
        "AD_SERVICE_PASSWORD",
        "AD_BASE_DN",
        "AD_PORTAL_ADMIN_GROUP",
        "ERP_DB_SERVER",
        "ERP_DB_USERNAME",
        "ERP_DB_PASSWORD",
    ];
    assert_eq!(told.len(), missing.len(), "{told:?}");
    for (told, name) in told.iter().zip(missing) {
        assert!(told.starts_with(&format!("environment variable {name}: is not set, but ")), "{told}");
    }
    Place::new().with("AD_SERVER", "").load("").unwrap();
}

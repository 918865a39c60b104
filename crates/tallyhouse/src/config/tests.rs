//! Each name, each fault, each order of precedence.

use std::fs;
use std::path::PathBuf;

use bags_rules::code::Code;
use base_core::account::LockOut;
use base_core::time::MINUTE_US;
use tempfile::TempDir;

use super::*;

mod directory;
mod earlier;
mod site;
mod tls;

struct Place {
    folder: TempDir,
    environment: Environment,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Environment::new() }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn load(&self, text: &str) -> Result<Config, Faults> {
        let path = self.write("site.toml", text);
        Config::load(Sources { file: Some(&path), environment: &self.environment, database: None })
    }

    fn faults(&self, text: &str) -> Vec<String> {
        let faults = self.load(text).map(drop).unwrap_err();
        let place = self.folder.path().display().to_string();
        faults.0.iter().map(|fault| fault.to_string().replace(&place, "…")).collect()
    }
}

#[test]
fn nothing_set_gives_the_defaults_of_the_source() {
    let config = Place::new().load("").unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert!(config.server.secure_cookies && config.server.public_url.is_none());
    assert_eq!(config.server.body_max_bytes, 1_048_576);
    assert_eq!(config.database.url.expose(), "sqlite:tallyhouse.db");
    assert_eq!(config.database.open_options().connections_max, 8);
    assert_eq!(config.bags.rules().capacity, 30);
    assert_eq!(config.bags.rules().undo_age_us_max, 60 * MINUTE_US);
    assert_eq!(config.bags.areas.len(), 10);
    assert_eq!(config.bags.zone.iana_name(), Some("Asia/Kolkata"));
    let session = &config.session;
    assert_eq!((session.absolute_s, session.idle_s, session.warning_s), (3600, 1800, 300));
    assert_eq!(config.sign_in.lock_out, LockOut { failures_max: 5, minutes: 30, account_failures_max: 50 });
    assert_eq!(config.admin.username, "admin");
    assert_eq!(config.log.filter, super::log::default_filter());
}

#[test]
fn every_setting_of_the_file_is_read() {
    let text = r#"
        [server]
        listen = "127.0.0.1:80"
        public_url = "https://site.example/"
        trusted_proxies = ["10.0.0.1", "::1"]
        secure_cookies = false
        drain_s = 8
        graceful_shutdown_s = 5
        body_max_bytes = 65536
        [database]
        url = "postgres://site@localhost/site"
        connections = 20
        [bags]
        capacity = 12
        parent_labels = [{ prefix = "SB", digits = 7 }]
        areas = ["north", "south_2"]
        undo_minutes = 5
        zone = "UTC"
        [session]
        absolute_s = 28800
        idle_s = 600
        warning_s = 60
        per_account_max = 3
        [sign_in]
        failures_max = 3
        lock_minutes = 120
        account_failures_max = 40
        second_factor_for_admins = false
        [admin]
        username = "boss"
        password = "Mustard-Field-7"
        [log]
        format = "json"
        filter = "warn,base_desk=debug"
    "#;
    let config = Place::new().load(text).unwrap();
    assert_eq!(config.server.public_url.as_deref(), Some("https://site.example"));
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert!(!config.server.secure_cookies && config.server.graceful_shutdown_s == 5);
    assert_eq!(config.server.drain_s, 8);
    assert_eq!(config.database.connections, 20);
    let rules = config.bags.rules();
    assert!(rules.labels.is_parent(&Code::stored("SB0000001")) && rules.capacity == 12);
    assert_eq!(config.bags.area_names(), "north, south_2");
    assert_eq!(config.session.warning_s, 60);
    assert_eq!(config.sign_in.lock_out, LockOut { failures_max: 3, minutes: 120, account_failures_max: 40 });
    assert!(!config.sign_in.second_factor_for_admins && config.session.per_account_max == 3);
    assert_eq!(config.admin.password.unwrap().expose(), "Mustard-Field-7");
}

#[test]
fn a_password_hash_is_taken_where_it_can_be_checked() {
    for hash in [
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo".to_owned(),
        format!("scrypt:32768:8:1$salt${}", "0a".repeat(64)),
        format!("pbkdf2:sha256:600000$salt${}", "0a".repeat(32)),
        "$2b$12$abcdefghijklmnopqrstuuGSCvCHpoLv1aW7QRRHhnQhHBlVQPUX2".to_owned(),
    ] {
        let place = Place::new().with("ADMIN_PASSWORD_HASH", &hash);
        assert!(place.load("").unwrap().admin.password_hash.is_some(), "{hash}");
    }
    for wrong in ["scrypt:32768:8:1$salt$00", "md5:0123456789abcdef", "$argon2id$x"] {
        let place = Place::new().with("ADMIN_PASSWORD_HASH", wrong);
        assert!(place.faults("")[0].contains("is no password hash known here"), "{wrong}");
    }
}

#[test]
fn test_mode_is_refused() {
    let faults = Place::new().with("TEST_MODE", "true").faults("");
    assert_eq!(faults, ["environment variable TEST_MODE: there is no test mode; remove this variable"]);
}

#[test]
fn the_command_line_is_above_the_environment_and_that_above_the_file() {
    let place = Place::new()
        .with("DATABASE_URL", "sqlite:legacy.db")
        .with("TALLYHOUSE__DATABASE__URL", "sqlite:own.db")
        .with("TALLYHOUSE__BAGS__CAPACITY", "7")
        .with("TALLYHOUSE__BAGS__PARENT_LABELS", "SB:7,M444-:5")
        .with("TALLYHOUSE__BAGS__AREAS", "north, south")
        .with("TALLYHOUSE__SERVER__SECURE_COOKIES", "False");
    let path = place.write("site.toml", "[database]\nurl = \"sqlite:file.db\"\n[bags]\ncapacity = 9\n");
    let mut sources = Sources { file: Some(&path), environment: &place.environment, database: None };
    let config = Config::load(sources).unwrap();
    assert_eq!(config.database.url.expose(), "sqlite:own.db");
    assert!(config.bags.capacity == 7 && config.bags.areas.len() == 2 && !config.server.secure_cookies);
    assert_eq!(config.bags.labels.to_string(), "SB + 7 digits, M444- + 5 digits");
    sources.database = Some("sqlite:option.db");
    assert_eq!(Config::load(sources).unwrap().database.url.expose(), "sqlite:option.db");
}

#[test]
fn secrets_can_stand_in_files_of_their_own_and_are_never_printed() {
    let place = Place::new();
    let secret = place.write("password", "Mustard-Field-7\n");
    let secret = secret.to_str().unwrap().to_owned();
    let place = place.with("TALLYHOUSE__ADMIN__PASSWORD_FILE", &secret);
    let config = place.load("").unwrap();
    assert_eq!(config.admin.password.as_ref().unwrap().expose(), "Mustard-Field-7");
    let shown = format!("{config:?}");
    assert!(shown.contains("***") && !shown.contains("Mustard"), "{shown}");

    let place = place.with("TALLYHOUSE__ADMIN__PASSWORD", "other");
    assert!(place.faults("")[0].contains("is set twice"), "{:?}", place.faults(""));
    let place = Place::new().with("DATABASE_URL_FILE", "nowhere/at/all");
    assert!(place.faults("")[0].starts_with("environment variable DATABASE_URL_FILE: database.url: nowhere/at/all"));
}

#[test]
fn every_fault_is_named_at_once_with_its_place_and_key() {
    let place = Place::new()
        .with("TALLYHOUSE__SESSION__IDLE_S", "soon")
        .with("TALLYHOUSE__SEVER__LISTEN", "127.0.0.1:80")
        .with("ADMIN_PASSWORD_HASH", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo")
        .with("POOL_SIZE", "many");
    let text = r#"
        color = "blue"
        [server]
        listen = "everywhere"
        trusted_proxies = ["10.0.0.0/8"]
        public_url = "site"
        [database]
        url = "mysql://me:hunter2@host/db"
        [bags]
        capacity = 0
        capacities = 30
        areas = ["North", "a", "a"]
        zone = "Mars/Base"
        [admin]
        username = "me and you"
        password = "x"
        [log]
        format = "xml"
    "#;
    let faults = place.faults(text).join("\n");
    for wanted in [
        "…/site.toml: color: there is no such setting",
        "…/site.toml: server.listen: \"everywhere\" is no address and port",
        "…/site.toml: server.trusted_proxies: \"10.0.0.0/8\" is no IP address",
        "…/site.toml: server.public_url: \"site\" is no address",
        "…/site.toml: database.url: must be sqlite:PATH",
        "…/site.toml: bags.capacity: must be a whole number from 1 to 1000",
        "…/site.toml: bags.capacities: there is no such setting",
        "…/site.toml: bags.areas: \"North\" must be",
        "…/site.toml: bags.areas: \"a\" stands there twice",
        "…/site.toml: bags.zone: \"Mars/Base\" is no time zone",
        "…/site.toml: admin.username: \"me and you\" must be",
        "environment variable ADMIN_PASSWORD_HASH: admin.password_hash: admin.password is set too",
        "…/site.toml: log.format: \"xml\" must be text or json",
        "environment variable TALLYHOUSE__SESSION__IDLE_S: session.idle_s: must be a whole number",
        "environment variable TALLYHOUSE__SEVER__LISTEN: sever.listen: there is no such setting",
        "environment variable POOL_SIZE: database.connections: must be a whole number",
    ] {
        assert!(faults.contains(wanted), "{wanted}\nis not in\n{faults}");
    }
    assert!(!faults.contains("hunter2"), "a fault must not tell a password");
    assert_eq!(faults.lines().count(), 16, "{faults}");
}

#[test]
fn a_site_without_a_mail_server_has_no_mail_and_needs_nothing_said_about_it() {
    assert!(Place::new().load("").unwrap().mail.is_none());
    let config = Place::new().with("EMAIL_FROM", "site@example.com").with("SMTP_PASSWORD", "").load("").unwrap();
    assert!(config.mail.is_none() && config.reports.eod_secret.is_none());
}

#[test]
fn the_key_of_sendgrid_is_enough() {
    let place = Place::new();
    let key = place.write("key", "SG.mustard\n").to_str().unwrap().to_owned();
    let place = place.with("SENDGRID_API_KEY_FILE", &key).with("EMAIL_FROM", "The Site <site@example.com>");
    let config = place.load("").unwrap();
    assert!(config.accepted.is_empty(), "{:?}", config.accepted);
    let mail = config.mail.unwrap();
    assert_eq!(mail.smtp.describe(), "smtp.sendgrid.net:587 with STARTTLS");
    assert!(mail.smtp.sign_in.as_ref().is_some_and(|(user, _)| user == "apikey"));
    assert!(!format!("{mail:?}").contains("SG.mustard"));
    let faults = place.with("SMTP_HOST", "mail.example.com").faults("");
    assert!(faults.len() == 1 && faults[0].contains("mail.host is set too"), "{faults:?}");
}

#[test]
fn the_usual_port_follows_the_way_the_line_is_made_safe() {
    for (tls, port) in [("starttls", 587), ("tls", 465), ("none", 25)] {
        let text = format!("[mail]\nhost = \"localhost\"\nfrom = \"site@example.com\"\ntls = \"{tls}\"\n");
        let mail = Place::new().load(&text).unwrap().mail.unwrap();
        assert_eq!((mail.smtp.port, mail.smtp.hello.as_str()), (port, "example.com"));
    }
}

#[test]
fn every_fault_of_mail_and_reports_is_named_at_once() {
    let cases = [
        ("host = \"mail.example.com\"", "mail.host: mail.from is missing"),
        ("host = \"a b\"\nfrom = \"a@b.example\"", "mail.host: \"a b\" is no name of a server"),
        ("host = \"m.example\"\nfrom = \"site\"", "mail.from: \"site\" is not a mail address"),
        (
            "host = \"m.example\"\nfrom = \"a@b.example\"\nbcc = [\"a@b.example\", \"b\"]",
            "mail.bcc: \"b\" is not a mail address",
        ),
        ("host = \"m.example\"\nfrom = \"a@b.example\"\ntls = \"none\"", "mail.tls: m.example is another machine"),
        ("host = \"m.example\"\nfrom = \"a@b.example\"\ntls = \"ssl\"", "mail.tls: \"ssl\" must be starttls"),
        ("host = \"m.example\"\nfrom = \"a@b.example\"\nuser = \"a\"", "mail.user: mail.password is missing"),
        ("host = \"m.example\"\nfrom = \"a@b.example\"\npassword = \"a\"", "mail.password: mail.user is missing"),
        ("password = \"a\"", "mail.password: mail.host is missing"),
        ("sendgrid_api_key = \"a\"\nfrom = \"a@b.example\"\ntls = \"none\"", "mail.tls: SendGrid is reached"),
        ("ca_file = \"no/such.pem\"", "mail.ca_file: no/such.pem cannot be read"),
        ("port = 70000", "mail.port: must be a whole number from 1 to 65535"),
        ("[reports]\neod_secret = \"too short\"", "reports.eod_secret: must have 16 characters or more"),
    ];
    for (text, wanted) in cases {
        let faults = Place::new().faults(&format!("[mail]\n{text}\n"));
        assert!(faults.len() == 1 && faults[0].contains(wanted), "{wanted}\nis not in\n{faults:?}");
    }
}

#[test]
fn label_formats_that_overlap_are_a_fault_that_names_both() {
    let text = "[bags]\nparent_labels = [{ prefix = \"SB\", digits = 5 }, { prefix = \"SB0\", digits = 4 }]\n";
    let faults = Place::new().faults(text);
    assert_eq!(faults.len(), 1);
    assert!(faults[0].contains("SB + 5 digits and SB0 + 4 digits"), "{faults:?}");
    let faults = Place::new().faults("[bags]\nparent_labels = [{ prefix = \"SB\", digits = 5, colour = 1 }]\n");
    assert!(faults[0].contains("must be a list of formats"), "{faults:?}");
}

#[test]
fn sessions_that_contradict_themselves_are_a_fault() {
    let faults = Place::new().faults("[session]\nabsolute_s = 60\nidle_s = 120\nwarning_s = 120\n");
    assert_eq!(faults.len(), 2, "{faults:?}");
    let config = Place::new().load("[session]\nabsolute_s = 60\n").unwrap();
    assert_eq!((config.session.idle_s, config.session.warning_s), (60, 30));
}

#[test]
fn a_file_that_cannot_be_read_is_a_fault() {
    let environment = Environment::new();
    let sources = Sources { file: Some(Path::new("no/such/site.toml")), environment: &environment, database: None };
    let fault = Config::load(sources).map(drop).unwrap_err().to_string();
    assert!(fault.contains("no/such/site.toml: cannot be read"), "{fault}");
    let faults = Place::new().faults("[server\n");
    assert!(faults[0].starts_with("…/site.toml: is no TOML"), "{faults:?}");
}

#[test]
fn a_mistake_in_the_toml_is_named_by_line_and_column_and_the_line_is_not_quoted() {
    let faults = Place::new().faults("[admin]\nusername = \"boss\"\npassword = hunter2\n");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with("…/site.toml: is no TOML: line 3, column 12: "), "{faults:?}");
    assert!(!faults[0].contains("hunter2") && faults[0].lines().count() == 1, "{faults:?}");
}

#[test]
fn a_value_of_another_kind_is_a_fault() {
    let text = r#"
        [server]
        graceful_shutdown_s = 2.5
        secure_cookies = 1
        trusted_proxies = [1]
        [database]
        url = 2026-11-21
        connections = -1
        [bags]
        undo_minutes = "5"
    "#;
    let faults = Place::new().faults(text);
    for wanted in [
        "server.graceful_shutdown_s: must be a whole number",
        "server.secure_cookies: must be true or false",
        "server.trusted_proxies: must be a list of texts",
        "database.url: must be a text in quotes",
        "database.connections: must be a whole number",
    ] {
        assert!(faults.iter().any(|fault| fault.contains(wanted)), "{wanted}\nis not in\n{faults:?}");
    }
    assert_eq!(faults.len(), 5, "{faults:?}");
}

#[test]
fn a_previous_secret_needs_a_present_one_and_may_stand_in_a_file() {
    let place = Place::new().with("SESSION_SECRET_PREVIOUS", "the secret of last year");
    let faults = place.faults("");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(
        faults[0].contains("session.secret_previous") && faults[0].contains("session.secret is not set"),
        "{faults:?}"
    );
    assert!(!faults[0].contains("last year"), "{faults:?}");
    let file = place.write("previous", "the secret of last year\n").display().to_string();
    let place = Place::new()
        .with("SESSION_SECRET", "the secret of this year, of 32 characters")
        .with("SESSION_SECRET_PREVIOUS_FILE", &file);
    let config = place.load("").unwrap();
    assert_eq!(config.session.secret_previous.unwrap().expose(), "the secret of last year");
}

#[test]
fn a_wing_can_be_left_out_but_not_the_one_of_people() {
    assert_eq!(Place::new().load("").unwrap().wings, ["people", "bags", "passes", "portal"]);
    assert_eq!(Place::new().load("wings = [\"people\"]\n").unwrap().wings, ["people"]);
    let faults = Place::new().faults("wings = [\"bags\", \"boats\"]\n");
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].contains("wings: \"boats\" is not a wing: there are people, bags, passes, portal"), "{faults:?}");
    assert!(faults[1].contains("wings: \"people\" cannot be left out"), "{faults:?}");
}

#[test]
fn what_would_leave_a_site_open_is_a_fault_by_name() {
    let fault = |place: Place, text: &str, wanted: &str| {
        let faults = place.faults(text);
        assert!(faults.len() == 1 && faults[0].contains(wanted), "{faults:?}");
    };
    fault(
        Place::new().with("SESSION_SECRET", "a"),
        "",
        "SESSION_SECRET: session.secret: must have at least 32 characters",
    );
    let in_the_clear = "[server]\nlisten = \"0.0.0.0:80\"\nsecure_cookies = false\n";
    fault(Place::new(), in_the_clear, "server.secure_cookies is false and the server listens on 0.0.0.0:80");
    Place::new().load("[server]\nsecure_cookies = false\n").expect("on this machine alone");
    let below = "[server]\npublic_url = \"https://site.example/bags/\"\n";
    fault(Place::new(), below, "has a path: the site needs a host name of its own, such as https://site.example");
    let public = "[server]\npublic_url = \"https://site.example\"\n";
    let warnings = Place::new().load(public).expect("it starts").warnings();
    assert!(warnings.len() == 1 && warnings[0].contains("SESSION_SECRET"), "{warnings:?}");
    assert!(Place::new().load("").expect("it starts").warnings().is_empty());
}

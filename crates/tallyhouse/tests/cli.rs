//! The program as it is called from a shell: exit codes, what goes to which output, and what stays.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use base_db::{Db, OpenOptions, scratch};
use tempfile::TempDir;

#[path = "cli/files.rs"]
mod files;

struct Shell {
    folder: TempDir,
}

impl Shell {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tallyhouse"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .env_clear()
            .env("DATABASE_URL", "sqlite:site.db")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &str) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// Runs a command that must work and gives its standard output.
    fn answer(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Runs a command that must be refused and gives its standard error.
    fn refusal(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments}: {}", text(&output.stderr));
        assert!(!text(&output.stderr).contains("Stack backtrace"));
        text(&output.stderr)
    }
}

impl Shell {
    fn refusal_with_cookies_in_the_clear(&self) -> String {
        let mut serve = self.command("serve --listen 0.0.0.0:0");
        let output = serve.env("TALLYHOUSE__SERVER__SECURE_COOKIES", "false").output().expect("the program starts");
        assert_eq!(output.status.code(), Some(1));
        text(&output.stderr)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("plain text")
}

#[test]
fn wrong_use_ends_with_two() {
    let shell = Shell::new();
    for arguments in [
        "",
        "nonsense",
        "user add",
        "import traitortrack",
        "user add someone --role emperor",
        "sample bags --count 0 --out x",
    ] {
        assert_eq!(shell.run(arguments).status.code(), Some(2), "{arguments}");
    }
}

#[test]
fn the_configuration_is_checked_as_a_whole() {
    let shell = Shell::new();
    assert_eq!(shell.answer("config check"), "");
    fs::write(shell.folder.path().join("tallyhouse.toml"), "[bags]\ncapacity = 0\n[sever]\nx = 1\n").unwrap();
    let refusal = shell.refusal("config check");
    assert!(refusal.contains("tallyhouse.toml: bags.capacity: must be"), "{refusal}");
    assert!(refusal.contains("tallyhouse.toml: sever.x: there is no such setting"), "{refusal}");
    assert!(shell.refusal("migrate").contains("2 faults"), "no command starts with a fault");
}

#[test]
fn accounts_are_kept_from_the_shell() {
    let shell = Shell::new();
    let password = shell.answer("user add meera --role admin --email meera@example.com");
    assert_eq!(password.trim().len(), 19, "the password stands alone");
    assert!(shell.refusal("user add Meera --role biller").contains("is taken"));
    assert!(shell.refusal("user add arjun --role dispatcher").contains("needs an area"));
    assert!(shell.refusal("user add arjun --role dispatcher --area mars").contains("there is no area \"mars\""));
    assert!(shell.refusal("user add farida --role biller --area lucknow").contains("only a dispatcher"));
    shell.answer("user add arjun --role dispatcher --role biller --area lucknow");
    assert_ne!(shell.answer("user set-password meera@example.com"), password);
    assert_eq!(shell.answer("user unlock arjun"), "");
    assert!(shell.refusal("user unlock nobody").contains("there is no account \"nobody\""));
    let list = shell.answer("user list");
    let arjun = list.lines().find(|line| line.starts_with("arjun\t")).unwrap();
    assert!(arjun.starts_with("arjun\tbiller,dispatcher\tlucknow\t\tactive\t2"), "{arjun}");
    assert_eq!(list.lines().count(), 3);
}

#[test]
fn what_admins_do_on_pages_is_done_from_the_shell_by_the_same_rules() {
    let shell = Shell::new();
    shell.answer("user add meera --role admin");
    shell.answer("user add farida --role biller --display-name Farida --email farida@example.com");
    for refused in ["user deactivate meera", "user roles meera --role biller", "user erase meera --confirm meera"] {
        assert!(shell.refusal(refused).contains("the last active admin"), "{refused}");
    }
    shell.answer("user roles farida --role dispatcher --role admin --area lucknow");
    shell.answer("user deactivate meera");
    let list = shell.answer("user list");
    assert!(list.contains("farida\tadmin,dispatcher\tlucknow\tfarida@example.com\tactive\t"), "{list}");
    assert!(list.contains("meera\tadmin\t\t\tinactive\t"), "{list}");
    shell.answer("user activate meera");
    let password = shell.answer("user temporary-password farida");
    assert_eq!(password.trim().len(), 19, "the password stands alone");
    assert!(shell.answer("user list").contains("\tmust_change\t"));
    shell.answer("user void-link farida");
    shell.answer("user hand-over farida --to meera");
    assert!(shell.refusal("user erase farida --confirm meera").contains("is not this person's"));
    shell.answer("user erase farida --confirm farida --hand-over-to meera --mask");
    let list = shell.answer("user list");
    assert!(!list.contains("farida") && list.lines().count() == 2, "{list}");
}

#[test]
fn a_password_from_standard_input_must_pass_the_rule() {
    let shell = Shell::new();
    let add = |name: &str, password: &str| {
        let mut command = shell.command(&format!("user add {name} --role biller --password-stdin"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = command.spawn().unwrap();
        running.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        running.wait_with_output().unwrap()
    };
    let output = add("farida", "short\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("8 to 128 characters"));
    let output = add("farida", "Mustard-Field-7\r\n");
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), ""));
}

#[test]
fn a_password_becomes_the_hash_that_the_configuration_takes() {
    let shell = Shell::new();
    let with_input = |arguments: &str, input: &str| {
        let mut command = shell.command(arguments);
        command.env_remove("DATABASE_URL").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = command.spawn().unwrap();
        running.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        running.wait_with_output().unwrap()
    };
    let made = with_input("password hash", "Mustard-Field-7\n");
    let hash = text(&made.stdout).trim().to_owned();
    assert!(hash.starts_with("$argon2id$") && base_secret::verify_password("Mustard-Field-7", Some(&hash)), "{hash}");
    assert_eq!(text(&with_input("password check", &hash).stdout), "known\n");
    let weak = with_input("password hash", "short\n");
    assert_eq!((weak.status.code(), weak.stdout.is_empty()), (Some(1), true));
    let earlier = "pbkdf2:sha256:1000$salt$0000000000000000000000000000000000000000000000000000000000000000";
    assert!(text(&with_input("password check", earlier).stdout).starts_with("known; replaced"));
    assert_eq!(with_input("password check", "plain text").status.code(), Some(1));
    let mut config = shell.command("config check");
    assert_eq!(config.env("ADMIN_PASSWORD_HASH", &hash).output().unwrap().status.code(), Some(0));
}

#[test]
fn a_lost_second_factor_is_switched_off_from_the_shell() {
    let shell = Shell::new();
    shell.answer("user add meera --role admin");
    assert!(shell.refusal("user second-factor off meera").contains("has no second factor"));
    assert!(shell.refusal("user second-factor off nobody").contains("there is no account"));
    let address = format!("sqlite:{}", shell.folder.path().join("site.db").display());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let db = Db::open(&address, OpenOptions::default()).await.unwrap();
        scratch::keep_second_factor(&db, 1, "e1.sealed").await.unwrap();
        db.close().await;
    });
    assert_eq!(shell.answer("user second-factor off meera"), "");
    assert!(shell.refusal("user second-factor off meera").contains("has no second factor"));
}

#[test]
fn a_token_is_printed_alone_and_once() {
    let shell = Shell::new();
    assert!(shell.refusal("token create --user meera --name scale").contains("there is no account"));
    shell.answer("user add meera --role admin");
    let token = shell.answer("token create --user meera --name scale");
    assert!(token.starts_with("tally_") && token.lines().count() == 1);
    let list = shell.answer("token list");
    assert!(list.contains("1\tscale\tmeera\t2") && !list.contains(token.trim()));
    shell.answer("token revoke 1");
    assert!(shell.refusal("token revoke 1").contains("no token 1"));
}

#[test]
fn a_site_without_mail_says_so_and_retries_nothing() {
    let shell = Shell::new();
    assert!(shell.refusal("mail test priya@example.com").contains("mail is not configured"));
    assert_eq!(shell.answer("mail list").lines().count(), 1);
    assert!(shell.refusal("mail retry 7").contains("there is no mail 7 that was given up"));
}

#[test]
fn a_sample_is_imported_once_and_the_doctor_finds_nothing() {
    let shell = Shell::new();
    assert!(shell.refusal("doctor").contains("there is no database file site.db"));
    shell.answer("sample bags --count 100 --out bags.csv");
    let line = shell.answer("import bags bags.csv --area lucknow");
    assert!(line.contains(r#""created":100"#) && line.contains(r#""linked":96"#), "{line}");
    assert!(line.contains(r#""refused":0"#) && line.contains(r#""result":null"#) && line.lines().count() == 1);
    let again = shell.run("import bags bags.csv --area lucknow");
    assert!(text(&again.stderr).contains("was imported before"));
    let doctor = shell.answer("doctor");
    assert!(doctor.lines().all(|line| line.starts_with("well: ")) && doctor.lines().count() >= 5, "{doctor}");
}

#[test]
fn what_is_kept_of_a_person_is_told_by_wing_and_written_to_a_file_that_only_its_owner_reads() {
    let shell = Shell::new();
    shell.answer("user add arjun --role dispatcher --area lucknow");
    let told = shell.answer("user data arjun");
    let lines: Vec<&str> = told.lines().collect();
    let own = [
        "people\taccount\t1",
        "people\tsessions\t0",
        "people\ttokens\t0",
        "people\tpasskeys\t0",
        "people\trequests\t0",
    ];
    let said = ["people\tnotices\t0", "people\tpreferences\t0", "people\tmails\t0", "people\ttrail\t0"];
    let made = ["bags\tscans\t0", "bags\tbags\t0", "bags\tbills\t0", "bags\tworkplace\t0"];
    let let_in = ["passes\tgate_scans\t0", "passes\tpasses\t0", "passes\tevents\t0"];
    let seen = ["portal\tstock_scope\t0", "portal\tstock_views\t0", "portal\tstock_watches\t0"];
    assert_eq!(lines, [&["wing\tkind\trows"], &own[..], &said, &made, &let_in, &seen].concat());
    assert_eq!(shell.answer("user data arjun --export arjun.json"), "");
    let file = shell.folder.path().join("arjun.json");
    let written: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).expect("JSON");
    let nothing = serde_json::json!({ "scans": [], "bags": [], "bills": [], "workplace": [] });
    assert_eq!(written["bags"], nothing);
    let account = &written["people"]["account"][0];
    assert_eq!((&account["username"], &account["area"]), (&"arjun".into(), &"lucknow".into()));
    assert!(!written.to_string().contains("argon2"), "no secret is in it");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(shell.refusal("user data arjun --export arjun.json").contains("arjun.json cannot be created"));
    assert!(shell.refusal("user data nobody").contains("there is no account"));
}

#[test]
fn a_database_that_is_none_of_traitortrack_is_refused_before_anything_is_made() {
    let shell = Shell::new();
    assert!(shell.refusal("import traitortrack sqlite:old.db").contains("is named by postgres://"));
    let refusal = shell.refusal("import traitortrack postgres://me:hunter2@127.0.0.1:1/old");
    assert!(refusal.contains("cannot be reached") && !refusal.contains("hunter2"), "{refusal}");
    assert!(!shell.folder.path().join("site.db").exists());
}

#[test]
fn everything_that_is_measured_in_a_large_site_is_there() {
    let shell = Shell::new();
    let server = std::env::var("TALLYHOUSE_TEST_POSTGRES").ok().map(|server| format!(" --database {server}"));
    for database in std::iter::once(String::new()).chain(server) {
        // No request is measured; each address is asked for once.
        let table = shell.answer(&format!("bench look --bags 30000 --connections 1 --seconds 0{database}"));
        assert!(table.contains("bags, of a person") && table.contains("a person  "), "{table}");
    }
}

/// Encrypted with the key of "the secret of last year", as this program wrote it.
const SECOND_FACTOR: &str = "e1.118c7044f0cfcdbf.070707070707070707070707070707070707070707070707\
                             42b4d683ce696bd2155d312d19d6d24d866c2c18b0e0940598977f98af87fa2b";

/// Puts a second factor into the database beside the program.
async fn keep_second_factor(shell: &Shell) {
    let address = format!("sqlite:{}", shell.folder.path().join("site.db").display());
    let db = Db::open(&address, OpenOptions::default()).await.expect("the database");
    scratch::keep_second_factor(&db, 1, SECOND_FACTOR).await.expect("a second factor");
    db.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_read_its_secrets_does_not_start_until_it_has_the_key() {
    let shell = Shell::new();
    let with = |arguments: &str, secret: &str, previous: &str| {
        let mut command = shell.command(arguments);
        command.env("SESSION_SECRET", secret).env("SESSION_SECRET_PREVIOUS", previous);
        command.output().expect("the program starts")
    };
    shell.answer("user add meera --role biller");
    keep_second_factor(&shell).await;
    let refusal = shell.refusal("serve --listen 127.0.0.1:0");
    assert!(refusal.contains("SESSION_SECRET is not set") && !refusal.contains("listening"), "{refusal}");
    let refused = with("serve --listen 127.0.0.1:0", "the secret of this year, of 32 characters", "");
    let refusal = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{refusal}");
    assert!(refusal.contains("another SESSION_SECRET") && !refusal.contains("listening"), "{refusal}");
    assert!(shell.refusal("secret rotate").contains("SESSION_SECRET is not set"));
    let doctor = with("doctor", "the secret of this year, of 32 characters", "");
    assert!(text(&doctor.stdout).contains("not well: the stored second factor of account 1 cannot be read"));

    let rotate = |arguments: &str, previous: &str| {
        let output = with(arguments, "the secret of this year, of 32 characters", previous);
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, line, told) = rotate("secret rotate", "");
    assert!(code == Some(1) && line.contains(r#""unreadable":1"#), "{line}{told}");
    let (code, line, told) = rotate("secret rotate --dry-run", "the secret of last year");
    assert!(code == Some(0) && line.contains(r#""encrypted_anew":1"#) && told.contains("nothing is changed"), "{told}");
    let (code, line, told) = rotate("secret rotate", "the secret of last year");
    assert!(code == Some(0) && line.contains(r#""encrypted_anew":1"#), "{line}{told}");
    let (code, line, _) = rotate("secret rotate", "");
    assert!(code == Some(0) && line.contains(r#""had_present_key":1"#), "{line}");
    let doctor = with("doctor", "the secret of this year, of 32 characters", "");
    assert_eq!(doctor.status.code(), Some(0), "{}", text(&doctor.stdout));
}

/// What a server answers at an address.
fn asked(address: &str, path: &str) -> String {
    let mut client = TcpStream::connect(address).expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    client.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn each_request_is_a_line_of_the_log_by_setting_and_without_its_parameters() {
    let shell = Shell::new();
    let mut command = shell.command("serve --listen 127.0.0.1:0");
    command.env("TALLYHOUSE__LOG__REQUESTS", "true");
    let mut server = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut lines = BufReader::new(server.stderr.take().expect("its log")).lines().map_while(Result::ok);
    let address = lines.find_map(|line| line.strip_prefix("listening on http://").map(str::to_owned));
    let answer = asked(&address.expect("its address"), "/health?who=somebody");
    let line = lines.find(|line| line.contains("/health"));
    let _ = server.kill();
    let _ = server.wait();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let line = line.expect("a line");
    assert!(line.contains("GET") && line.contains("200") && !line.contains("somebody"), "{line}");
}

#[test]
fn a_server_that_is_asked_to_end_closes_everything_and_ends() {
    let shell = Shell::new();
    let mut command = shell.command("serve --listen 127.0.0.1:0");
    let mut server = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let log = BufReader::new(server.stderr.take().expect("its log"));
    let mut lines = log.lines().map_while(Result::ok);
    let address = lines.find_map(|line| line.strip_prefix("listening on http://").map(str::to_owned));
    // It listens to signals once it answers.
    let answer = asked(&address.expect("its address"), "/health");
    let asked = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().expect("a signal");
    let until = Instant::now() + Duration::from_secs(20);
    let mut code = server.try_wait().expect("a child of ours");
    while code.is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
        code = server.try_wait().expect("a child of ours");
    }
    // Nothing of it stays behind, whatever came of the test.
    let _ = server.kill();
    assert!(asked.success() && answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(code.and_then(|code| code.code()), Some(0), "it has not ended");
    assert!(!shell.folder.path().join("site.db-wal").exists(), "the database is still open");
}

fn mode(shell: &Shell, name: &str) -> u32 {
    let found = fs::metadata(shell.folder.path().join(name)).unwrap_or_else(|_| panic!("{name} is there"));
    found.permissions().mode() & 0o777
}

#[test]
fn what_the_program_writes_belongs_to_its_owner_alone_whatever_the_umask() {
    let shell = Shell::new();
    fs::write(shell.folder.path().join("site.db"), "").expect("a database from before");
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(shell.folder.path().join("site.db"), open).expect("readable by all");
    let program = env!("CARGO_BIN_EXE_tallyhouse");
    let careless = |arguments: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("umask 000; exec {program} {arguments}")]).current_dir(shell.folder.path());
        command.env("DATABASE_URL", "sqlite:site.db").stdin(Stdio::null());
        command
    };
    let mut serve = careless("serve --listen 127.0.0.1:0");
    let mut server = serve.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let log = BufReader::new(server.stderr.take().expect("its log"));
    assert!(log.lines().map_while(Result::ok).any(|line| line.starts_with("listening on ")));
    let modes = ["site.db", "site.db-wal", "site.db-shm"].map(|name| mode(&shell, name));
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.id()));
    let _ = server.kill();
    let _ended = server.wait();
    assert_eq!(modes, [0o600; 3], "the database and its log");
    if let Ok(limits) = limits {
        let core: Vec<&str> = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"))
            .into_iter()
            .flat_map(str::split_whitespace)
            .collect();
        assert_eq!(core[4..6], ["0", "0"], "a crash leaves no copy of the memory");
    }
    for arguments in ["sample bags --count 3 --out bags.csv", "import bags bags.csv", "export bags --out all.csv"] {
        let output = careless(arguments).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(0), "{arguments}: {}", text(&output.stderr));
    }
    for file in fs::read_dir(shell.folder.path()).expect("the folder").map_while(Result::ok) {
        let mode = mode(&shell, &file.file_name().to_string_lossy());
        assert_eq!(mode, 0o600, "{:?} {mode:o}", file.file_name());
    }
}

#[test]
fn a_first_password_that_is_refused_is_told_with_what_follows_from_it() {
    let shell = Shell::new();
    let mut serve = shell.command("serve --listen 127.0.0.1:0");
    let output = serve.env("ADMIN_PASSWORD", "admin").output().expect("the program starts");
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("ADMIN_PASSWORD") && told.contains("nobody can sign in yet"), "{told}");
    let open = shell.refusal_with_cookies_in_the_clear();
    assert!(open.contains("server.secure_cookies is false and the server listens on 0.0.0.0:0"), "{open}");
}

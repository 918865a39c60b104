//! `[directory]`: what it takes, and what is told at the start instead of at the first sign-in.

use super::*;

const WHOLE: &str = r#"
[directory]
servers = ["ldaps://dc1.house.example", "dc2.house.example"]
domain = "house.example"
base_dn = "DC=house,DC=example"
service_account = "reader"
service_password = "Mustard-Field-9"
groups = ["biller = CN=Billers,OU=A,DC=house,DC=example", "admin = Admins"]
"#;

#[test]
fn a_directory_is_read_from_the_file_and_from_the_environment() {
    let config = Place::new().load(WHOLE).unwrap();
    assert!(!config.directory.as_ref().unwrap().gives_nothing());
    assert!(!format!("{config:?}").contains("Mustard"));
    let groups = "biller = CN=Billers,OU=A,DC=house,DC=example; admin = Admins";
    let place = Place::new().with("TALLYHOUSE__DIRECTORY__GROUPS", groups).with("TALLYHOUSE__DIRECTORY__PORT", "3269");
    assert!(place.load(&WHOLE.replace("groups", "timeout_s = 3 #")).unwrap().directory.is_some());
    let nobody = Place::new().load(&WHOLE.replace("groups", "timeout_s = 3 #")).unwrap();
    assert!(nobody.warnings().iter().any(|warning| warning.contains("directory.groups")), "{:?}", nobody.warnings());
    assert!(Place::new().load("").unwrap().directory.is_none());
}

#[test]
fn what_cannot_be_right_in_a_directory_is_told_at_the_start() {
    for (text, changed, told) in [
        ("ldaps://dc1", "http://dc1", "must begin with ldaps:// or ldap://"),
        ("domain = \"house.example\"", "", "directory.domain is missing"),
        ("service_password = \"Mustard-Field-9\"", "", "directory.service_password is missing"),
        ("\"ldaps://dc1.house.example\", \"dc2.house.example\"", "", "directory.servers is missing"),
        ("\"admin = Admins\"", "\"root = Admins\"", "begins with no role"),
        ("\"admin = Admins\"", "\"dispatcher in nowhere = Dock\"", "has no area"),
        ("domain =", "tls = \"none\"\ndomain =", "is another machine"),
        ("domain =", "lock_out_threshold = 1\ndomain =", "from 2 to 999"),
        ("domain =", "ca_file = \"/nowhere.pem\"\ndomain =", "cannot be read"),
    ] {
        let faults = Place::new().faults(&WHOLE.replace(text, changed));
        assert!(faults.iter().any(|fault| fault.contains(told)), "{told}: {faults:?}");
    }
}

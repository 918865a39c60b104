//! The password rule, one for every place where a password is set.

/// Passwords that anyone guessing tries first; compared without regard to case or to trailing digits and punctuation.
const COMMON: &[&str] = &[
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "qwerty",
    "qwertyuiop",
    "letmein",
    "welcome",
    "admin",
    "administrator",
    "iloveyou",
    "monkey",
    "dragon",
    "football",
    "abc",
    "abcd",
    "abcdef",
    "changeme",
    "default",
    "secret",
    "master",
    "login",
    "india",
    "bharat",
    "warehouse",
    "dispatch",
    "tallyhouse",
    "traitortrack",
    "test",
    "temp",
    "temporary",
];

/// What is wrong with a password, each with the words for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer than 8 or more than 128 characters.
    #[error("a password has 8 to 128 characters")]
    Length,
    /// A kind of character is missing.
    #[error("a password needs an upper-case letter, a lower-case letter, a digit and a special character")]
    Kinds,
    /// It contains the user name or the e-mail.
    #[error("a password must not contain the user name or e-mail")]
    Name,
    /// It is on every list of common passwords.
    #[error("this password is among the first that anyone would guess")]
    Common,
}

/// Checks a new password against the rule. `names` are the user name and the e-mail of its owner.
pub fn check(password: &str, names: &[&str]) -> Result<(), PasswordFault> {
    if !(8..=128).contains(&password.chars().count()) {
        return Err(PasswordFault::Length);
    }
    let has = |kind: fn(char) -> bool| password.chars().any(kind);
    let special = |one: char| !one.is_alphanumeric() && !one.is_control();
    if !(has(char::is_uppercase) && has(char::is_lowercase) && has(|one| one.is_ascii_digit()) && has(special)) {
        return Err(PasswordFault::Kinds);
    }
    let folded = password.to_lowercase();
    if names.iter().any(|name| name.len() >= 3 && folded.contains(&name.to_lowercase())) {
        return Err(PasswordFault::Name);
    }
    let stem = folded.trim_end_matches(|one: char| !one.is_alphabetic());
    if COMMON.contains(&stem) {
        return Err(PasswordFault::Common);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_the_rule_is_asked_for() {
        assert_eq!(check("Sh0rt!", &[]), Err(PasswordFault::Length));
        assert_eq!(check(&"Aa1!".repeat(33), &[]), Err(PasswordFault::Length));
        for password in ["alllower1!", "ALLUPPER1!", "NoDigits!!", "NoSpecial11"] {
            assert_eq!(check(password, &[]), Err(PasswordFault::Kinds), "{password}");
        }
        assert_eq!(check("Meera#2025", &["meera"]), Err(PasswordFault::Name));
        assert_eq!(check("Password1!", &[]), Err(PasswordFault::Common));
        assert_eq!(check("Passw0rd2025!", &[]), Err(PasswordFault::Common));
        assert_eq!(check("Mustard-Field-7", &["meera", "meera@example.com"]), Ok(()));
    }
}

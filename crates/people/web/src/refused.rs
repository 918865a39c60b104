//! What a rule said no to, as an answer: a problem for programs, and words on a page.

use axum::http::StatusCode;
use base_web::error::Problem;
use base_web::view::Frame;
use people_rules::account::Refusal;
use people_rules::password::PasswordFault;
use people_store::Failed;

/// The answer to a program.
pub fn problem(failed: Failed) -> Problem {
    match failed {
        Failed::Store(error) => error.into(),
        Failed::NotFound => Problem::not_found("This"),
        Failed::Refused(refusal) => refused(refusal),
    }
}

/// The answer to a program about a refusal.
pub fn refused(refusal: Refusal) -> Problem {
    let status = match refusal {
        Refusal::NameTaken | Refusal::EmailTaken | Refusal::AreaFull | Refusal::BadLink => StatusCode::CONFLICT,
        _ if refusal.field().is_empty() => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let problem = Problem::new(status, refusal.code(), refusal.to_string());
    if refusal.field().is_empty() { problem } else { problem.about(refusal.field()) }
}

/// The answer to a program about a password.
pub fn weak(field: &str, fault: PasswordFault) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "weak_password", format!("Choose another one: {fault}."))
        .about(field)
}

/// What was wrong with a form, in the person's language: the field, and the sentence.
pub type Fault = (String, String);

/// What a rule said, as words for a form; anything else is given back.
pub fn fault(frame: &Frame, failed: Failed) -> Result<Fault, Problem> {
    match failed {
        Failed::Refused(refusal) => Ok((refusal.field().to_owned(), words(frame, refusal))),
        other => Err(problem(other)),
    }
}

/// The words of a refusal.
pub fn words(frame: &Frame, refusal: Refusal) -> String {
    frame.t(&format!("problem-{}", refusal.code()))
}

/// The words about a password that may not be used.
pub fn weak_words(frame: &Frame, fault: PasswordFault) -> String {
    let min = if let PasswordFault::Length { min } = fault { min } else { 0 };
    frame.t1(&format!("password-{}", fault.code()), "min", &min.to_string())
}

#[cfg(test)]
mod tests {
    use base_web::locale;
    use base_web::locale::LOCALES;

    use super::*;

    const ALL: [Refusal; 25] = [
        Refusal::BadName,
        Refusal::NameTaken,
        Refusal::EmailTaken,
        Refusal::BadDisplayName,
        Refusal::BadEmail,
        Refusal::NoRole,
        Refusal::NoArea,
        Refusal::UnknownArea,
        Refusal::AreaFull,
        Refusal::Yourself,
        Refusal::LastAdmin,
        Refusal::Unfinished,
        Refusal::ChangedMeanwhile,
        Refusal::NotConfirmed,
        Refusal::BadHeir,
        Refusal::NoMail,
        Refusal::BadLink,
        Refusal::WrongPassword,
        Refusal::SamePassword,
        Refusal::AdminAlready,
        Refusal::AskedAlready,
        Refusal::NoReason,
        Refusal::DecidedAlready,
        Refusal::NoRegistration,
        Refusal::OfDirectory,
    ];

    #[test]
    fn every_refusal_and_every_weakness_has_words_in_every_language() {
        locale::learn([crate::wing::wing().locales]);
        let weaknesses = ["length", "control", "common", "own", "word", "sequence", "keys", "repeat", "year", "short"];
        for language in LOCALES {
            for key in ALL
                .map(|refusal| format!("problem-{}", refusal.code()))
                .into_iter()
                .chain(weaknesses.map(|code| format!("password-{code}")))
            {
                assert_ne!(locale::text(language, &key, &[]), key, "{language}");
            }
        }
    }
}

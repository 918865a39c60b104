//! The password rule, one for every place where a password is set: 8 to 128 characters, not easily guessed, not one that
//! many people have. Which kinds of characters it has does not matter.

use crate::strength::{Easy, estimate, is_common};

/// Most characters.
pub const CHARS_MAX: usize = 128;
/// The least strength, of [`Strength::score`].
pub const SCORE_MIN: u8 = 3;
/// Words that whoever guesses here tries first, besides names and areas.
const OF_THE_PRODUCT: [&str; 4] = ["tallyhouse", "tally", "traitortrack", "traitor"];

/// What is wrong with a password, each with the words for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Too short, or longer than 128 characters.
    #[error("a password has {min} to 128 characters")]
    Length {
        /// The fewest that the site takes.
        min: usize,
    },
    /// It has a character that nobody can see.
    #[error("a password has no control characters, such as tabs")]
    Control,
    /// It is one of those that many people have.
    #[error("this password is among the first that anyone would guess")]
    Common,
    /// It is made of the person's name, an area or the name of the program.
    #[error("this password is easy to guess: it is made of a name, an area or the name of this program")]
    Own,
    /// It is a word or two.
    #[error("this password is easy to guess: words of a language are tried first. Add more words")]
    Word,
    /// It is a sequence.
    #[error("this password is easy to guess: sequences such as 1234 are tried first")]
    Sequence,
    /// It is a walk over the keyboard.
    #[error("this password is easy to guess: neighbouring keys are tried first")]
    Keys,
    /// It repeats itself.
    #[error("this password is easy to guess: what repeats adds nothing")]
    Repeat,
    /// It is a year and little else.
    #[error("this password is easy to guess: years are tried first")]
    Year,
    /// It is short for what it is made of.
    #[error("this password is easy to guess: make it longer")]
    Short,
}

impl PasswordFault {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Length { .. } => "length",
            Self::Control => "control",
            Self::Common => "common",
            Self::Own => "own",
            Self::Word => "word",
            Self::Sequence => "sequence",
            Self::Keys => "keys",
            Self::Repeat => "repeat",
            Self::Year => "year",
            Self::Short => "short",
        }
    }
}

/// How strong a password is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strength {
    /// 0 is guessed at once, 4 not in years. A password needs [`SCORE_MIN`].
    pub score: u8,
    /// Why it may not be used; `None` when it may.
    pub fault: Option<PasswordFault>,
}

/// The rule of a site for one person.
#[derive(Clone, Debug)]
pub struct Rule {
    min: usize,
    own: Vec<String>,
}

impl Default for Rule {
    fn default() -> Self {
        Self { min: 8, own: OF_THE_PRODUCT.map(str::to_owned).to_vec() }
    }
}

impl Rule {
    /// With another least number of characters.
    #[must_use]
    pub fn with_min(self, min: usize) -> Self {
        Self { min: min.clamp(8, CHARS_MAX), ..self }
    }

    /// With names that are no secret: of the person, their e-mail, the areas.
    #[must_use]
    pub fn with_names<'n>(mut self, names: impl IntoIterator<Item = &'n str>) -> Self {
        for name in names {
            let folded = name.to_lowercase();
            let pieces = folded.split(|one: char| !one.is_alphanumeric());
            let whole: String = folded.chars().filter(|one| one.is_alphanumeric()).collect();
            for word in pieces.chain([whole.as_str(), folded.as_str()]).filter(|word| word.chars().count() >= 3) {
                if !self.own.iter().any(|known| known == word) {
                    self.own.push(word.to_owned());
                }
            }
        }
        self
    }

    /// Checks a new password.
    pub fn check(&self, password: &str) -> Result<(), PasswordFault> {
        self.look_at(password).fault.map_or(Ok(()), Err)
    }

    /// Tells how strong a password is, and why it may not be used.
    pub fn look_at(&self, password: &str) -> Strength {
        let estimate = estimate(password, &self.own);
        let score = [1e3, 1e6, 1e8, 1e10].into_iter().filter(|limit| estimate.guesses >= *limit).count();
        let score = u8::try_from(score).unwrap_or(4);
        let length = password.chars().count();
        let fault = if !(self.min..=CHARS_MAX).contains(&length) {
            Some(PasswordFault::Length { min: self.min })
        } else if password.chars().any(char::is_control) {
            Some(PasswordFault::Control)
        } else if is_common(password) {
            Some(PasswordFault::Common)
        } else if score < SCORE_MIN {
            Some(estimate.easy.map_or(PasswordFault::Short, fault_of))
        } else {
            None
        };
        Strength { score: if fault == Some(PasswordFault::Common) { score.min(1) } else { score }, fault }
    }
}

fn fault_of(easy: Easy) -> PasswordFault {
    match easy {
        Easy::Common => PasswordFault::Common,
        Easy::Own => PasswordFault::Own,
        Easy::Word => PasswordFault::Word,
        Easy::Sequence => PasswordFault::Sequence,
        Easy::Keys => PasswordFault::Keys,
        Easy::Repeat => PasswordFault::Repeat,
        Easy::Year => PasswordFault::Year,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> Rule {
        Rule::default().with_names(["meera", "meera.rao@example.com", "lucknow", "sri_ganganagar"])
    }

    #[test]
    fn what_people_take_for_strong_and_is_guessed_first_is_refused() {
        for password in [
            "Summer@2024",
            "Lucknow@123",
            "Meera#2025",
            "Password1!",
            "Passw0rd2025!",
            "P@ssw0rd",
            "qwertyuiop",
            "Qwerty@123",
            "1234567890",
            "abcdefgh1",
            "aaaaaaaaaaaaaaaaaaaa",
            "abcabcabcabcabc",
            "Welcome@123",
            "Admin@1234",
            "MeeraRao1",
            "tallyhouse1",
            "Ganganagar1!",
            "iloveyou22",
            "1qaz2wsx3edc",
            "elephant",
            "12341234",
            "19841984",
            "Monsoon#1",
        ] {
            let looked = rule().look_at(password);
            assert!(looked.fault.is_some(), "{password}: {looked:?}");
        }
    }

    #[test]
    fn long_phrases_need_no_kinds_of_characters_and_random_ones_need_not_be_long() {
        for password in [
            "correct horse battery staple 9",
            "Mustard-Field-7",
            "Coriander-Hill-9",
            "kT7w-9PqR-x3Zn-Lm4v",
            "vq8#Zk2!pL",
            "nilgiri tea before sunrise",
            "dhaniya pudina adrak lehsun",
        ] {
            let looked = rule().look_at(password);
            assert_eq!(looked.fault, None, "{password}: {looked:?}");
        }
    }

    #[test]
    fn each_refusal_says_what_is_weak() {
        let fault = |password: &str| rule().check(password).expect_err("weak");
        assert_eq!(fault("short"), PasswordFault::Length { min: 8 });
        assert_eq!(fault(&"Aa1!".repeat(33)), PasswordFault::Length { min: 8 });
        assert_eq!(fault("Mustard\tField-7"), PasswordFault::Control);
        assert_eq!(fault("Password1!"), PasswordFault::Common);
        assert_eq!(fault("LucknowMeera"), PasswordFault::Own);
        assert_eq!(fault("bcdefghijk"), PasswordFault::Sequence);
        assert_eq!(fault("xxxxxxxxxxxxxxxx"), PasswordFault::Repeat);
        assert_eq!(Rule::default().with_min(20).check("Mustard-Field-7"), Err(PasswordFault::Length { min: 20 }));
    }
}

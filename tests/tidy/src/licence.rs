//! Licence expressions (SPDX): whether a list of licences permits what a package asks for.
//!
//! `AND` binds before `OR`, `WITH` before both; `MIT/Apache-2.0`, as old packages write it, is an `OR`. A licence with an
//! exception is a licence of its own: the list must name both together. What cannot be read is never permitted.

/// Whether `allows` permits the whole expression; an error says what cannot be read.
pub fn permits(expression: &str, allows: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = Words { rest: spaced.split_whitespace().collect(), allows };
    words.rest.reverse();
    let permitted = words.either()?;
    match words.rest.last() {
        None => Ok(permitted),
        Some(word) => Err(format!("`{expression}`: `{word}` is not expected there")),
    }
}

struct Words<'w> {
    /// What is not read yet, from the end to the beginning.
    rest: Vec<&'w str>,
    allows: &'w dyn Fn(&str) -> bool,
}

impl<'w> Words<'w> {
    fn take(&mut self, word: &str) -> bool {
        let is_next = self.rest.last() == Some(&word);
        if is_next {
            self.rest.pop();
        }
        is_next
    }

    fn name(&mut self) -> Result<&'w str, String> {
        match self.rest.pop() {
            None => Err("the expression ends too early".to_owned()),
            Some(word @ ("(" | ")" | "AND" | "OR" | "WITH")) => Err(format!("`{word}` stands in place of a licence")),
            Some(name) => Ok(name),
        }
    }

    fn either(&mut self) -> Result<bool, String> {
        let mut permitted = self.all()?;
        while self.take("OR") {
            permitted |= self.all()?;
        }
        Ok(permitted)
    }

    fn all(&mut self) -> Result<bool, String> {
        let mut permitted = self.one()?;
        while self.take("AND") {
            permitted &= self.one()?;
        }
        Ok(permitted)
    }

    fn one(&mut self) -> Result<bool, String> {
        if self.take("(") {
            let permitted = self.either()?;
            return if self.take(")") { Ok(permitted) } else { Err("a bracket is not closed".to_owned()) };
        }
        let licence = self.name()?;
        if self.take("WITH") {
            let exception = self.name()?;
            return Ok((self.allows)(&format!("{licence} WITH {exception}")));
        }
        Ok((self.allows)(licence))
    }
}

#[cfg(test)]
mod tests {
    use super::permits;

    fn permitted(expression: &str) -> Result<bool, String> {
        permits(expression, &|name| ["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"].contains(&name))
    }

    #[test]
    fn one_of_several_is_enough_after_or_and_all_are_needed_after_and() {
        for yes in ["MIT", "GPL-3.0 OR MIT", "MIT/GPL-3.0", "MIT AND Zlib", "(GPL-3.0 AND MIT) OR Zlib"] {
            assert_eq!(permitted(yes), Ok(true), "{yes}");
        }
        for no in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Zlib) AND GPL-3.0", "GPL-2.0 OR GPL-3.0 AND MIT"] {
            assert_eq!(permitted(no), Ok(false), "{no}");
        }
        assert_eq!(permitted("MIT OR Zlib AND GPL-3.0"), Ok(true), "AND binds before OR");
    }

    #[test]
    fn a_licence_with_an_exception_is_another_licence() {
        assert_eq!(permitted("Apache-2.0 WITH LLVM-exception OR Apache-2.0"), Ok(true));
        assert_eq!(permitted("Apache-2.0"), Ok(false));
        assert_eq!(permitted("MIT WITH LLVM-exception"), Ok(false));
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for broken in ["", "MIT OR", "(MIT", "MIT)", "MIT Zlib", "AND MIT", "MIT WITH", "MIT WITH OR Zlib", "()"] {
            assert!(permitted(broken).is_err(), "{broken}");
        }
    }
}

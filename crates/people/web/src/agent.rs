//! What a browser says of itself, in words that people know.

/// The browser and the system that an agent tells of, as far as people know them by name; otherwise its beginning.
pub fn agent_in_short(agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(part, _)| agent.contains(part)).map_or("", |(_, name)| name)
    };
    let browser = first(&[
        ("Edg/", "Edge"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        ("", _) => agent.chars().take(40).collect(),
        (browser, "") => browser.to_owned(),
        (browser, system) => format!("{browser}, {system}"),
    }
}

#[cfg(test)]
mod tests {
    use super::agent_in_short;

    #[test]
    fn an_agent_is_told_by_the_names_that_people_know() {
        let chrome = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36";
        assert_eq!(agent_in_short(chrome), "Chrome, Android");
        assert_eq!(agent_in_short("curl/8.9"), "curl/8.9");
        assert_eq!(agent_in_short(&"x".repeat(100)).len(), 40);
    }
}

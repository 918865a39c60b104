//! The few answers of S3 that are read: flat lists of elements without attributes.

/// The texts of every element of this name, in order, as they stand.
pub fn each<'x>(text: &'x str, name: &str) -> Vec<&'x str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let inner = |rest: &'x str| rest.split(close.as_str()).next();
    text.split(open.as_str()).skip(1).filter_map(inner).collect()
}

/// The text of the first element of this name.
pub fn first(text: &str, name: &str) -> Option<String> {
    each(text, name).first().map(|text| plain(text))
}

/// A text with its references replaced.
pub fn plain(text: &str) -> String {
    let known = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#34;", "\""), ("&amp;", "&")];
    known.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// A text for an element.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_in_their_order() {
        let text = "<L><C><Key>a</Key><ETag>&quot;1&quot;</ETag></C><C><Key>b&amp;c</Key></C></L>";
        assert_eq!(each(text, "Key"), ["a", "b&amp;c"]);
        assert_eq!(first(text, "ETag").as_deref(), Some("\"1\""));
        assert_eq!(first(text, "Token"), None);
        assert_eq!(plain("&amp;lt;"), "&lt;");
        assert_eq!(escaped("\"a\" & <b>"), "\"a\" &amp; &lt;b&gt;");
    }
}

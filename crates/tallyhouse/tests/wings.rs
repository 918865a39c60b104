//! What all wings bring fits together.

use std::sync::Arc;

use tallyhouse::wings;

#[test]
fn every_text_is_defined_once_and_in_every_language() {
    let mut texts = vec![base_web::locale::BASE.to_vec()];
    texts.extend(wings::declared(&Arc::default()).into_iter().map(|wing| wing.locales));
    assert_eq!(base_web::locale::Words::load(&texts).faults(), [""; 0]);
}

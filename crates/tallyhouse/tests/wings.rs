//! What all wings bring fits together.

use tallyhouse::wings;

fn no_bags() -> bags_web::wing::Parts {
    unreachable!("a wing is opened by who has a database")
}

#[test]
fn every_text_is_defined_once_and_in_every_language() {
    let mut texts = vec![base_web::locale::BASE.to_vec()];
    texts.extend(wings::all(no_bags).into_iter().map(|wing| wing.locales));
    assert_eq!(base_web::locale::Words::load(&texts).faults(), [""; 0]);
}

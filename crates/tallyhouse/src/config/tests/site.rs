//! What a site sets about its paper.

use std::fs;

use super::Place;

#[test]
fn a_site_sets_what_is_on_its_paper() {
    let place = Place::new();
    let logo = place.write("logo.png", "");
    fs::write(&logo, include_bytes!("../../../../base/sheet/tests/logo.png")).unwrap();
    let text = format!("[site]\nname = \"Ganga Seeds\"\ncolour = \"#0b3d91\"\nlogo = {:?}\n", logo.to_str().unwrap());
    let brand = place.load(&text).unwrap().site.brand;
    assert_eq!((brand.name.as_str(), brand.color), ("Ganga Seeds", [0x0b, 0x3d, 0x91]));
    assert!(brand.logo.is_some());
    let brand = Place::new().load("").unwrap().site.brand;
    assert_eq!((brand.name.as_str(), brand.color, brand.logo.is_none()), ("Tallyhouse", [0x2d, 0x50, 0x16], true));
    fs::write(&logo, b"GIF89a").unwrap();
    let text = format!("[site]\nname = \"\"\ncolour = \"#ffee00\"\nlogo = {:?}\n", logo.to_str().unwrap());
    let expected = [
        "…/site.toml: site.name: must have 1 to 60 letters, in one line",
        "…/site.toml: site.colour: #ffee00 is too light to be read on white paper; choose a darker colour",
        "…/site.toml: site.logo: …/logo.png is neither PNG nor JPEG",
    ];
    assert_eq!(place.faults(&text), expected);
    fs::write(&logo, vec![0; 600 * 1024]).unwrap();
    let faults = place.faults(&format!("[site]\nlogo = {:?}\n", logo.to_str().unwrap()));
    assert_eq!(faults, ["…/site.toml: site.logo: …/logo.png is larger than 512 kB"]);
    assert!(place.faults("[site]\nlogo = \"/nowhere.png\"\n")[0].contains("/nowhere.png cannot be read"));
}

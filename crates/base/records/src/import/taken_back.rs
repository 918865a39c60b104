//! How far taking back has come.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::outcomes::Outcomes;

/// How many of what went again, in the words and the order of whoever takes back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures(Vec<(String, i64)>);

impl Figures {
    /// Nothing of any of these yet.
    pub fn none_of(names: &[&str]) -> Self {
        Self(names.iter().map(|name| ((*name).to_owned(), 0)).collect())
    }

    /// True where it is not said yet what is counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many of this.
    pub fn get(&self, name: &str) -> i64 {
        self.0.iter().find(|(known, _)| known == name).map_or(0, |(_, n)| *n)
    }

    /// One more of this.
    pub fn count(&mut self, name: &str) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, n)) => *n += 1,
            None => self.0.push((name.to_owned(), 1)),
        }
    }
}

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, n) in &self.0 {
            map.serialize_entry(name, n)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Figures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Figures;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("numbers by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Figures, A::Error> {
                let mut figures = Vec::new();
                while let Some(figure) = map.next_entry()? {
                    figures.push(figure);
                }
                Ok(Figures(figures))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// How far taking back has come. The phases are those of whoever takes back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// Which kind of thing it is at, from 0.
    pub phase: u8,
    /// The last one of that kind that was dealt with.
    pub after: String,
    /// What went again.
    #[serde(flatten)]
    pub figures: Figures,
    /// What had to stay.
    pub kept: i64,
    /// Why it had to stay.
    pub outcomes: Outcomes,
    /// The state that follows: failed where the import rolls itself back.
    #[serde(default)]
    pub is_automatic: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_beside_the_rest_in_the_order_in_which_they_were_named() {
        let mut taken = TakenBack { figures: Figures::none_of(&["pens", "lids"]), ..TakenBack::default() };
        taken.figures.count("lids");
        let text = serde_json::to_string(&taken).expect("JSON");
        let wanted = r#"{"phase":0,"after":"","pens":0,"lids":1,"kept":0,"outcomes":{},"is_automatic":false}"#;
        assert_eq!(text, wanted);
        assert_eq!(serde_json::from_str::<TakenBack>(&text).expect("what was written"), taken);
    }
}

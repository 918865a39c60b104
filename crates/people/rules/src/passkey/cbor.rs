//! The small part of CBOR (RFC 8949) that authenticators write: maps, texts, bytes and numbers of a stated length.
//!
//! Invariant: reading never fails in another way than giving nothing, whatever the bytes are; depth and number are bounded.

/// Deepest nesting.
const DEPTH_MAX: u8 = 4;
/// Most members of a map or a list.
const MEMBERS_MAX: u64 = 64;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'b> {
    /// A whole number.
    Number(i64),
    /// Bytes.
    Bytes(&'b [u8]),
    /// A text.
    Text(&'b str),
    /// A map, in the order in which it was written.
    Map(Vec<(Value<'b>, Value<'b>)>),
    /// Anything else: a list, a truth value.
    Other,
}

impl<'b> Value<'b> {
    /// The value under a text.
    pub fn under(&self, name: &str) -> Option<&Self> {
        self.find(&Value::Text(name))
    }

    /// The value under a number.
    pub fn at(&self, number: i64) -> Option<&Self> {
        self.find(&Value::Number(number))
    }

    fn find(&self, key: &Value<'_>) -> Option<&Self> {
        let Self::Map(members) = self else { return None };
        members.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// The bytes, if it is bytes.
    pub fn bytes(&self) -> Option<&'b [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<i64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }
}

/// The first value, and what follows it.
pub fn read(bytes: &[u8]) -> Option<(Value<'_>, &[u8])> {
    value(bytes, 0)
}

fn value(bytes: &[u8], depth: u8) -> Option<(Value<'_>, &[u8])> {
    if depth > DEPTH_MAX {
        return None;
    }
    let (&first, rest) = bytes.split_first()?;
    let (length, rest) = argument(first & 0x1f, rest)?;
    match first >> 5 {
        0 => Some((Value::Number(i64::try_from(length).ok()?), rest)),
        1 => Some((Value::Number(-1 - i64::try_from(length).ok()?), rest)),
        2 => take(length, rest).map(|(bytes, rest)| (Value::Bytes(bytes), rest)),
        3 => {
            let (text, rest) = take(length, rest)?;
            Some((Value::Text(std::str::from_utf8(text).ok()?), rest))
        }
        4 if length <= MEMBERS_MAX => {
            let rest = (0..length).try_fold(rest, |rest, _| value(rest, depth + 1).map(|(_, rest)| rest))?;
            Some((Value::Other, rest))
        }
        5 if length <= MEMBERS_MAX => {
            let (mut members, mut rest) = (Vec::new(), rest);
            for _ in 0..length {
                let (key, after) = value(rest, depth + 1)?;
                let (content, after) = value(after, depth + 1)?;
                members.push((key, content));
                rest = after;
            }
            Some((Value::Map(members), rest))
        }
        7 if (20..=22).contains(&length) => Some((Value::Other, rest)),
        _ => None,
    }
}

/// The number that follows a first byte.
fn argument(short: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    let wide = match short {
        0..=23 => return Some((u64::from(short), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (bytes, rest) = rest.split_at_checked(wide)?;
    Some((bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), rest))
}

fn take(length: u64, rest: &[u8]) -> Option<(&[u8], &[u8])> {
    rest.split_at_checked(usize::try_from(length).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_what_follows_is_left() {
        // {1: 2, 3: -7, "fmt": "none", "x": h'0102', "l": [1, true]}, and one byte more.
        let bytes = b"\xa5\x01\x02\x03\x26\x63fmt\x64none\x61x\x42\x01\x02\x61l\x82\x01\xf5\xff";
        let (map, rest) = read(bytes).expect("a map");
        assert_eq!(rest, b"\xff");
        assert_eq!(map.at(3).and_then(Value::number), Some(-7));
        assert_eq!(map.under("x").and_then(Value::bytes), Some(&[1_u8, 2][..]));
        assert_eq!((map.under("fmt"), map.under("l")), (Some(&Value::Text("none")), Some(&Value::Other)));
        assert_eq!(read(b"\x19\x01\x00").expect("a number").0, Value::Number(256));
    }

    #[test]
    fn bytes_that_mean_nothing_give_nothing() {
        let deep = [0x81_u8; 20];
        for bytes in [
            &b""[..],
            b"\xa1\x01",
            b"\x5a\xff\xff\xff\xff",
            b"\x62a",
            b"\x61\xff",
            b"\x9f",
            b"\xbf\xff",
            b"\xf9\x00\x00",
            &deep,
        ] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }
}

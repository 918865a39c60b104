//! Where a body ends, so that the head behind it is found. What a body holds is not looked at.

/// What of a body is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// So many bytes.
    Length(u64),
    /// Chunks, each with its length before it.
    Chunks(At),
    /// Chunks that are none: hyper refuses them and ends the connection.
    Unknown,
}

/// A place among chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// In the length of a chunk, of which so much was read.
    Size(u64),
    /// Behind it, in what extends it.
    Extension(u64),
    /// Before the LF behind it.
    SizeEnd(u64),
    /// In a chunk, of which so many bytes are left.
    Data(u64),
    /// Before the CR behind a chunk.
    DataEnd,
    /// Before the LF behind a chunk.
    DataLineEnd,
    /// At the beginning of a line behind the last chunk.
    Trailer,
    /// In such a line.
    InTrailer,
    /// Before the last LF.
    End,
}

impl Framing {
    /// A body of a known length.
    pub fn of_length(bytes: u64) -> Self {
        Self::Length(bytes)
    }

    /// A body in chunks.
    pub fn chunked() -> Self {
        Self::Chunks(At::Size(0))
    }

    /// True when nothing of the body is to come.
    pub fn is_over(self) -> bool {
        self == Self::Length(0)
    }

    /// Passes over what of the body is at the beginning of some bytes; returns how many these are.
    pub fn skip(&mut self, bytes: &[u8]) -> usize {
        let mut passed = 0;
        while !self.is_over()
            && let Some(rest) = bytes.get(passed..).filter(|rest| !rest.is_empty())
        {
            passed += match self {
                Self::Length(left) | Self::Chunks(At::Data(left)) => {
                    let n = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                    *left -= n as u64;
                    n
                }
                Self::Chunks(at) => {
                    *self = next(*at, rest.first().copied().unwrap_or_default());
                    1
                }
                Self::Unknown => rest.len(),
            };
            if *self == Self::Chunks(At::Data(0)) {
                *self = Self::Chunks(At::DataEnd);
            }
        }
        passed
    }
}

/// Where one byte leads to.
fn next(at: At, byte: u8) -> Framing {
    let next = match (at, byte) {
        (At::Size(n) | At::Extension(n), b'\r') => At::SizeEnd(n),
        (At::Extension(n), _) | (At::Size(n), b';' | b' ' | b'\t') => At::Extension(n),
        (At::Size(n), _) => {
            let digit = char::from(byte).to_digit(16).map(u64::from);
            let longer = digit.and_then(|digit| n.checked_mul(16)?.checked_add(digit));
            return longer.map_or(Framing::Unknown, |n| Framing::Chunks(At::Size(n)));
        }
        (At::SizeEnd(0) | At::InTrailer, b'\n') => At::Trailer,
        (At::SizeEnd(n), b'\n') => At::Data(n),
        (At::DataEnd, b'\r') => At::DataLineEnd,
        (At::DataLineEnd, b'\n') => At::Size(0),
        (At::Trailer, b'\r') => At::End,
        (At::Trailer | At::InTrailer, _) => At::InTrailer,
        (At::End, b'\n') => return Framing::Length(0),
        _ => return Framing::Unknown,
    };
    Framing::Chunks(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_ends_where_its_length_or_its_last_chunk_says_wherever_it_is_cut() {
        let chunked = "5;a=b\r\nhe\nlo\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nx-sum: 1\r\n\r\n";
        for (framing, body) in [(Framing::of_length(9), "\r\n\r\nGET /"), (Framing::chunked(), chunked)] {
            let bytes = format!("{body}GET / HTTP/1.1\r\n");
            for cut in 0..bytes.len() {
                let mut left = framing;
                let first = left.skip(&bytes.as_bytes()[..cut]);
                assert!(first == cut || left.is_over());
                assert_eq!(first + left.skip(&bytes.as_bytes()[first..]), body.len(), "{cut}");
                assert!(left.is_over());
            }
        }
    }

    #[test]
    fn chunks_that_are_none_are_left_to_who_reads_them() {
        for wrong in ["x\r\n", "5\nhello", "2\r\nabc\r\n", "ffffffffffffffff1\r\n", "0\r\n\r\r"] {
            let mut left = Framing::chunked();
            assert_eq!(left.skip(wrong.as_bytes()), wrong.len(), "{wrong:?}");
            assert_eq!(left, Framing::Unknown, "{wrong:?}");
        }
    }
}

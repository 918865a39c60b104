//! What events are known by: events and passes both need it, and neither is below the other.

/// An event's number in the database.
pub type EventId = i64;

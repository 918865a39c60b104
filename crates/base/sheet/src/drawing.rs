//! A card with everything in its place, as the page, the picture and the paper draw it.

use crate::brand::{Logo, Rgb};
use crate::qr::Qr;

/// The width of a card.
pub const WIDTH: f32 = 360.0;

/// A text in its place: `y` is its base line.
#[derive(Clone, Debug, PartialEq)]
pub struct CardText {
    /// Where it begins, or its middle.
    pub x: f32,
    /// Its base line.
    pub y: f32,
    /// Its size.
    pub size: f32,
    /// True for bold letters.
    pub is_bold: bool,
    /// True where `x` is the middle.
    pub is_centred: bool,
    /// Its colour.
    pub color: Rgb,
    /// What it says, as it was typed.
    pub text: String,
}

/// A square or a box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CardArea {
    /// Its left edge.
    pub x: f32,
    /// Its upper edge.
    pub y: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
}

/// A card with everything in its place.
pub struct Drawing {
    /// Its height; its width is [`WIDTH`].
    pub height: f32,
    /// The height of the band.
    pub band: f32,
    /// The colours of the band.
    pub colours: [Rgb; 2],
    /// Its texts.
    pub texts: Vec<CardText>,
    /// Where the code is.
    pub code: Option<(CardArea, Qr)>,
    /// Where the picture is.
    pub logo: Option<(CardArea, Logo)>,
}

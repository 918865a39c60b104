//! Whose paper it is: the name, the colour and the logo that a site puts on its PDFs and workbooks.

use krilla::error::KrillaResult;
use krilla::geom::Size;
use krilla::image::Image;
use krilla::surface::Surface;
use krilla::{Data, Document};

/// A colour: red, green, blue.
pub type Rgb = [u8; 3];

/// Most bytes of a logo. It is in memory as long as the program runs, and in every PDF.
pub const LOGO_BYTES_MAX: usize = 512 * 1024;
/// Most pixels of a logo on each side.
pub const LOGO_SIDE_MAX: u32 = 2000;
/// The contrast with white paper that text must have (WCAG 2.2, 1.4.3).
const CONTRAST_MIN: f64 = 4.5;

/// Whose paper it is.
#[derive(Clone, Debug)]
pub struct Brand {
    /// The name of the site.
    pub name: String,
    /// Its colour, dark enough to be read on white.
    pub color: Rgb,
    /// Its logo.
    pub logo: Option<Logo>,
}

impl Default for Brand {
    fn default() -> Self {
        Self { name: "Tallyhouse".into(), color: [0x2d, 0x50, 0x16], logo: None }
    }
}

impl Brand {
    /// Reads `#2d5016`, or tells what is wrong with it.
    pub fn color_of(text: &str) -> Result<Rgb, String> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
        let part = |at: usize| digits.and_then(|digits| u8::from_str_radix(&digits[at..at + 2], 16).ok());
        let (Some(red), Some(green), Some(blue)) = (part(0), part(2), part(4)) else {
            return Err(format!("{text:?} is no colour such as #2d5016"));
        };
        let color = [red, green, blue];
        if 1.05 / (luminance(color) + 0.05) < CONTRAST_MIN {
            return Err(format!("{text} is too light to be read on white paper; choose a darker colour"));
        }
        Ok(color)
    }
}

/// The relative luminance of WCAG, 0 to 1.
pub(crate) fn luminance(color: Rgb) -> f64 {
    let part = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = color.map(part);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// A logo that was read and can be drawn.
#[derive(Clone, Debug)]
pub struct Logo {
    image: Image,
}

impl Logo {
    /// Reads a PNG or a JPEG, or tells what is wrong with it.
    pub fn read(bytes: Vec<u8>) -> Result<Self, String> {
        if bytes.len() > LOGO_BYTES_MAX {
            return Err(format!("is larger than {} kB", LOGO_BYTES_MAX / 1024));
        }
        let is_png = bytes.starts_with(b"\x89PNG\r\n\x1a\n");
        let is_jpeg = bytes.starts_with(b"\xff\xd8\xff");
        if !is_png && !is_jpeg {
            return Err("is neither PNG nor JPEG".into());
        }
        // The size stands in the head of the file: known before anything is unpacked.
        let data = Data::from(bytes);
        let image = if is_png { Image::from_png(data, false) } else { Image::from_jpeg(data, false) };
        let image = image.map_err(|error| format!("cannot be read: {error}"))?;
        let (width, height) = image.size();
        if width == 0 || height == 0 || width > LOGO_SIDE_MAX || height > LOGO_SIDE_MAX {
            return Err(format!("is {width} × {height} pixels; at most {LOGO_SIDE_MAX} on each side"));
        }
        let logo = Self { image };
        logo.try_once().map_err(|_| "cannot be read: it is damaged".to_owned())?;
        Ok(logo)
    }

    /// Draws it on a page that nobody sees: it is unpacked only then.
    fn try_once(&self) -> KrillaResult<()> {
        let mut document = Document::new();
        let mut page = document.start_page();
        let mut surface = page.surface();
        self.draw(&mut surface, Size::from_wh(10.0, 10.0).expect("a size"));
        surface.finish();
        page.finish();
        document.finish().map(drop)
    }

    /// Draws it in a size, where the surface stands.
    pub(crate) fn draw(&self, surface: &mut Surface<'_>, size: Size) {
        surface.draw_image(self.image.clone(), size);
    }

    /// Width over height.
    pub(crate) fn proportion(&self) -> f32 {
        let side = |pixels: u32| f32::from(u16::try_from(pixels.max(1)).unwrap_or(u16::MAX));
        let (width, height) = self.image.size();
        side(width) / side(height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_digits_and_can_be_read_on_white() {
        assert_eq!(Brand::color_of("#2d5016"), Ok(Brand::default().color));
        assert_eq!(Brand::color_of("#0000FF"), Ok([0, 0, 255]));
        for text in ["2d5016", "#2d501", "#2d50161", "#gg0000", "", "#é1234", "green"] {
            assert!(Brand::color_of(text).unwrap_err().contains("is no colour"), "{text}");
        }
        for text in ["#ffffff", "#ffcc00", "#8a9a5b"] {
            assert!(Brand::color_of(text).unwrap_err().contains("too light"), "{text}");
        }
    }

    #[test]
    fn what_is_no_picture_or_a_damaged_one_is_refused() {
        let png = include_bytes!("../tests/logo.png").to_vec();
        assert!(Logo::read(png.clone()).is_ok());
        assert!(Logo::read(include_bytes!("../tests/logo.jpg").to_vec()).is_ok());
        assert_eq!(Logo::read(vec![0; LOGO_BYTES_MAX + 1]).unwrap_err(), "is larger than 512 kB");
        assert_eq!(Logo::read(b"GIF89a".to_vec()).unwrap_err(), "is neither PNG nor JPEG");
        assert!(Logo::read(png[..png.len() / 2].to_vec()).is_err());
        let mut huge = png;
        huge[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        assert!(Logo::read(huge).is_err());
    }
}

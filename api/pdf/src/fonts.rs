//! The built-in fonts: which one has a character, how wide text is, and which glyphs it becomes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Face, UnicodeBuffer};

/// Weight of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Running text.
    Regular,
    /// Headings and labels.
    Bold,
}

/// One font file, parsed for shaping and for embedding.
struct Built {
    shaper: Face<'static>,
    embedded: Font,
    units: f32,
    /// Glyph and advance (in em) of characters seen so far; `None` if the font has no glyph.
    seen: RefCell<HashMap<char, Option<(u16, f32)>>>,
}

impl Built {
    fn new(data: &'static [u8]) -> Option<Self> {
        let shaper = Face::from_slice(data, 0)?;
        let embedded = Font::new(data.into(), 0)?;
        let units = f32::from(u16::try_from(shaper.units_per_em()).ok()?);
        Some(Self { shaper, embedded, units, seen: RefCell::default() })
    }

    fn glyph(&self, letter: char) -> Option<(u16, f32)> {
        *self.seen.borrow_mut().entry(letter).or_insert_with(|| {
            let id = self.shaper.glyph_index(letter).filter(|id| id.0 != 0)?;
            Some((id.0, f32::from(self.shaper.glyph_hor_advance(id)?) / self.units))
        })
    }
}

/// A stretch of one line in one font, in the order in which it is drawn.
pub struct Run {
    /// Font to draw with.
    pub font: Font,
    /// The text that the glyphs point into.
    pub text: String,
    /// Glyphs, left to right.
    pub glyphs: Vec<KrillaGlyph>,
    /// Width in em.
    pub width: f32,
}

/// All built-in fonts.
pub struct Fonts {
    regular: Built,
    bold: Built,
    emoji: Built,
}

impl Fonts {
    /// Parses the built-in fonts; `None` if one of them is damaged.
    pub fn load() -> Option<Self> {
        Some(Self {
            regular: Built::new(dejavu::sans_condensed::regular())?,
            bold: Built::new(dejavu::sans_condensed::bold())?,
            emoji: Built::new(epaint_default_fonts::NOTO_EMOJI_REGULAR)?,
        })
    }

    /// Whether any built-in font can print the character.
    pub fn covers(&self, letter: char) -> bool {
        is_joiner(letter) || self.regular.glyph(letter).is_some() || self.emoji.glyph(letter).is_some()
    }

    /// Width of `text` in em.
    pub fn width(&self, text: &str, weight: Weight) -> f32 {
        if text.chars().all(is_simple) {
            return text.chars().map(|letter| self.simple(letter, weight).2).sum();
        }
        self.runs(text, weight).iter().map(|run| run.width).sum()
    }

    /// The glyphs of one line, in the order in which they are drawn from left to right.
    pub fn runs(&self, line: &str, weight: Weight) -> Vec<Run> {
        if line.chars().all(is_simple) {
            return self.simple_runs(line, weight);
        }
        // The lines of a paragraph are ordered one by one, so all of them take the direction of the document.
        let bidi = unicode_bidi::BidiInfo::new(line, Some(unicode_bidi::Level::ltr()));
        let mut runs = Vec::new();
        for paragraph in &bidi.paragraphs {
            let (levels, visual) = bidi.visual_runs(paragraph, paragraph.range.clone());
            for stretch in visual {
                let backwards = levels[stretch.start].is_rtl();
                let direction = if backwards { Direction::RightToLeft } else { Direction::LeftToRight };
                let mut pieces = self.by_font(line, stretch, weight);
                if backwards {
                    pieces.reverse();
                }
                runs.extend(pieces.into_iter().map(|(font, range)| shape(font, &line[range], direction)));
            }
        }
        runs
    }

    /// Splits a stretch of text wherever another font has to take over.
    fn by_font(&self, line: &str, stretch: Range<usize>, weight: Weight) -> Vec<(&Built, Range<usize>)> {
        let mut pieces: Vec<(&Built, Range<usize>)> = Vec::new();
        for (at, letter) in line[stretch.clone()].char_indices() {
            let (start, end) = (stretch.start + at, stretch.start + at + letter.len_utf8());
            match pieces.last_mut() {
                Some((font, range))
                    if is_joiner(letter) || std::ptr::eq(*font, self.pick(letter, weight)) =>
                {
                    let _ = font;
                    range.end = end;
                }
                _ => pieces.push((self.pick(letter, weight), start..end)),
            }
        }
        pieces
    }

    /// The font for a character: the wanted weight, then the emoji, then the regular one.
    fn pick(&self, letter: char, weight: Weight) -> &Built {
        let wanted = match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        };
        [wanted, &self.regular, &self.emoji]
            .into_iter()
            .find(|font| font.glyph(letter).is_some())
            .unwrap_or(wanted)
    }

    /// Font, glyph and width in em of a character that needs no shaping; `?` stands in for one without a glyph.
    fn simple(&self, letter: char, weight: Weight) -> (&Built, u16, f32) {
        let font = self.pick(letter, weight);
        let (glyph, width) = font.glyph(letter).or_else(|| font.glyph('?')).unwrap_or((0, 0.5));
        (font, glyph, width)
    }

    fn simple_runs(&self, line: &str, weight: Weight) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut current: Option<&Built> = None;
        for letter in line.chars() {
            let (font, glyph, width) = self.simple(letter, weight);
            if !current.is_some_and(|known| std::ptr::eq(known, font)) {
                current = Some(font);
                runs.push(Run {
                    font: font.embedded.clone(),
                    text: String::new(),
                    glyphs: Vec::new(),
                    width: 0.0,
                });
            }
            let Some(run) = runs.last_mut() else { continue };
            let start = run.text.len();
            run.text.push(letter);
            run.width += width;
            let range = start..run.text.len();
            run.glyphs.push(KrillaGlyph::new(
                GlyphId::new(u32::from(glyph)),
                width,
                0.0,
                0.0,
                0.0,
                range,
                None,
            ));
        }
        runs
    }
}

/// Shapes text of one font and one direction (joined Arabic letters, combining accents).
fn shape(font: &Built, text: &str, direction: Direction) -> Run {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    buffer.set_direction(direction);
    let shaped = rustybuzz::shape(&font.shaper, &[], buffer);
    let infos = shaped.glyph_infos();
    let mut starts: Vec<usize> = infos.iter().map(|info| info.cluster as usize).collect();
    starts.sort_unstable();
    let mut run = Run { font: font.embedded.clone(), text: text.to_owned(), glyphs: Vec::new(), width: 0.0 };
    for (info, position) in infos.iter().zip(shaped.glyph_positions()) {
        let start = info.cluster as usize;
        let after = starts.partition_point(|other| *other <= start);
        let end = starts.get(after).copied().unwrap_or(text.len());
        let stand_in = font.glyph('?').filter(|_| info.glyph_id == 0);
        let (glyph, width) = match stand_in {
            Some((glyph, width)) => (u32::from(glyph), width),
            None => (info.glyph_id, position.x_advance as f32 / font.units),
        };
        run.width += width;
        run.glyphs.push(KrillaGlyph::new(
            GlyphId::new(glyph),
            width,
            position.x_offset as f32 / font.units,
            position.y_offset as f32 / font.units,
            0.0,
            start..end,
            None,
        ));
    }
    run
}

/// Characters that join or part their neighbours and are not printed themselves.
fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200C}' | '\u{200D}')
}

/// Characters that become one glyph each, left to right, whatever stands next to them.
fn is_simple(letter: char) -> bool {
    matches!(u32::from(letter),
        0x20..=0x2FF | 0x370..=0x482 | 0x48A..=0x52F | 0x1E00..=0x1FFF | 0x2010..=0x2027 | 0x2030..=0x205E
        | 0x2070..=0x209C | 0x20A0..=0x20BF | 0x2100..=0x23FF)
}

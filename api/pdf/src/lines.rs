//! From a caller's text to lines: cleans it, marks letters that no font has, and wraps it to a width.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::fonts::{Fonts, Weight};

/// Size and weight of text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Size in points.
    pub size: f32,
    /// Weight.
    pub weight: Weight,
}

impl Style {
    /// Regular text of `size` points.
    pub const fn regular(size: f32) -> Self {
        Self { size, weight: Weight::Regular }
    }

    /// Bold text of `size` points.
    pub const fn bold(size: f32) -> Self {
        Self { size, weight: Weight::Bold }
    }

    /// Distance from one line to the next, in points.
    pub fn leading(self) -> f32 {
        self.size * 1.35
    }
}

/// One printed line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What is printed, a space at the end included if the text goes on.
    pub text: Box<str>,
    /// What a screen reader should say instead, where the print differs from the text: codes for missing letters.
    /// Scripts from right to left need none: readers put these back into their order themselves.
    pub spoken: Option<Box<str>>,
}

/// Removes what must not be printed (control characters, invisible formatting) and makes all spaces plain.
/// Line breaks stay.
pub fn clean(text: &str) -> String {
    if text.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
        return text.to_owned();
    }
    let mut cleaned = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").nfc() {
        match letter {
            '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => cleaned.push('\n'),
            '\t' => cleaned.push(' '),
            '\u{A0}' | '\u{202F}' | '\u{2007}' => cleaned.push('\u{A0}'),
            // Nobody can see these: byte order marks, soft hyphens, direction overrides, variation selectors, tags.
            '\u{AD}'
            | '\u{200B}'
            | '\u{200E}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' => {}
            '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}' => {}
            '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{FDD0}'..='\u{FDEF}' => {}
            // The emoji font draws each tone as a square of its own.
            '\u{1F3FB}'..='\u{1F3FF}' => {}
            _ if letter.is_control() || u32::from(letter) & 0xFFFE == 0xFFFE => {}
            _ if letter.is_whitespace() => cleaned.push(' '),
            _ => cleaned.push(letter),
        }
    }
    cleaned
}

/// Whether some letter of `text` is in no built-in font.
pub fn has_missing(text: &str, fonts: &Fonts) -> bool {
    !text.is_ascii() && clean(text).chars().any(|letter| letter != '\n' && !fonts.covers(letter))
}

/// Cleans `text` and breaks it into lines of at most `width` points. Gives no line for text without a letter.
pub fn wrap(text: &str, style: Style, width: f32, fonts: &Fonts) -> Vec<Line> {
    let room = (width / style.size).max(2.0);
    let mut lines = Vec::new();
    let cleaned = clean(text);
    for paragraph in cleaned.trim().split('\n') {
        let first = lines.len();
        wrap_paragraph(paragraph, style.weight, room, fonts, &mut lines);
        if lines.len() == first && first > 0 {
            lines.push(Line { text: " ".into(), spoken: None });
        }
    }
    lines
}

/// Cleans `text` and gives it as one line, cut with an ellipsis where it is wider than `width` points.
pub fn one_line(text: &str, style: Style, width: f32, fonts: &Fonts) -> Option<Line> {
    let flat = clean(text).replace('\n', " ");
    let mut lines = wrap(&flat, style, width - style.size, fonts);
    let more = lines.len() > 1;
    if lines.is_empty() {
        return None;
    }
    let mut line = lines.swap_remove(0);
    if more {
        line.text = format!("{}…", line.text.trim_end()).into();
    }
    Some(line)
}

/// Width in points of the longest line and of the longest word of `text`, as if nothing were wrapped.
pub fn extent(text: &str, style: Style, fonts: &Fonts) -> (f32, f32) {
    let (mut longest_line, mut longest_word) = (0.0_f32, 0.0_f32);
    for paragraph in clean(text).split('\n') {
        let mut line = 0.0;
        for word in paragraph.split(' ') {
            let wide = match printed(word, fonts) {
                Some(codes) => fonts.width(&codes, style.weight),
                None => fonts.width(word, style.weight),
            };
            longest_word = longest_word.max(wide);
            line += wide + 0.32;
        }
        longest_line = longest_line.max(line);
    }
    (longest_line * style.size, longest_word * style.size)
}

/// The line being filled.
#[derive(Default)]
struct Filling {
    text: String,
    original: String,
    width: f32,
}

impl Filling {
    fn add(&mut self, piece: &str, original: &str, width: f32) {
        self.text.push_str(piece);
        self.original.push_str(original);
        self.width += width;
    }

    fn finish(&mut self, lines: &mut Vec<Line>) {
        let done = std::mem::take(self);
        if done.text.trim().is_empty() {
            return;
        }
        let differs = done.text != done.original;
        lines.push(Line { text: done.text.into(), spoken: differs.then(|| done.original.into()) });
    }
}

fn wrap_paragraph(paragraph: &str, weight: Weight, room: f32, fonts: &Fonts, lines: &mut Vec<Line>) {
    let space = fonts.width(" ", weight);
    let mut line = Filling::default();
    for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
        let codes = printed(word, fonts);
        let shown = codes.as_deref().unwrap_or(word);
        let wide = if shown.len() > 4_000 { f32::INFINITY } else { fonts.width(shown, weight) };
        let gap = if line.text.is_empty() { 0.0 } else { space };
        if line.width + gap + wide <= room {
            if gap > 0.0 {
                line.add(" ", " ", space);
            }
            line.add(shown, word, wide);
            continue;
        }
        if !line.text.is_empty() {
            line.add(" ", " ", space);
            line.finish(lines);
        }
        if wide <= room {
            line.add(shown, word, wide);
        } else {
            break_word(word, weight, room, fonts, (&mut line, lines));
        }
    }
    line.finish(lines);
}

/// Breaks a word that is wider than a line: after a hyphen or slash if one is near the end, else anywhere between letters.
fn break_word(word: &str, weight: Weight, room: f32, fonts: &Fonts, out: (&mut Filling, &mut Vec<Line>)) {
    let (line, lines) = out;
    for part in word.split_inclusive(['-', '/', '_', ',', ';', '|', '&', '@']) {
        if line.width > 0.0
            && line.width + quick_width(part, weight, room, fonts) > room
            && line.width > room * 0.5
        {
            line.finish(lines);
        }
        for letter in part.graphemes(true).flat_map(sane) {
            let codes = printed(letter, fonts);
            let shown = codes.as_deref().unwrap_or(letter);
            let wide = fonts.width(shown, weight);
            if line.width > 0.0 && line.width + wide > room {
                line.finish(lines);
            }
            line.add(shown, letter, wide);
        }
    }
}

/// A letter with its accents; one with an absurd number of them in pieces.
fn sane(letter: &str) -> Vec<&str> {
    if letter.len() <= 64 { vec![letter] } else { letter.split_inclusive(|_: char| true).collect() }
}

/// Width of a part of a word, without measuring what is far too long for a line anyway.
fn quick_width(part: &str, weight: Weight, room: f32, fonts: &Fonts) -> f32 {
    if part.len() > 400 { room } else { fonts.width(part, weight) }
}

/// What is printed for a word with letters that no built-in font has: `[U+4E2D]` for each of them.
/// `None` if it can be printed as it is.
fn printed(word: &str, fonts: &Fonts) -> Option<String> {
    if word.is_ascii() || word.chars().all(|letter| fonts.covers(letter)) {
        return None;
    }
    let mut codes = String::new();
    for letter in word.chars() {
        if fonts.covers(letter) {
            codes.push(letter);
        } else {
            codes.push_str(&format!("[U+{:04X}]", u32::from(letter)));
        }
    }
    Some(codes)
}

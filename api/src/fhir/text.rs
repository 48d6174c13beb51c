//! Text of resources as searches compare it. Punctuation stays, because it tells codes and amounts apart;
//! `base::fold` drops it, because it tells no two names apart.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Lower case, accents folded, every run of white space one space.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// The same, put behind what is there.
pub(super) fn fold_into(text: &str, out: &mut String) {
    let start = out.len();
    let mut gap = false;
    let mut put = |c: char| {
        if c.is_whitespace() || c.is_control() {
            gap = true;
            return;
        }
        if gap && out.len() > start {
            out.push(' ');
        }
        gap = false;
        out.push(c);
    };
    if text.is_ascii() {
        text.bytes().for_each(|b| put(char::from(b.to_ascii_lowercase())));
    } else {
        text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).for_each(put);
    }
}

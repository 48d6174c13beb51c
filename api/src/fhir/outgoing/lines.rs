//! JSON laid out in lines for people (`_pretty`; FHIR R4, http.html#parameters). Only spaces between tokens change: numbers
//! and strings stay as they are written.

/// Levels that move to the right; deeper ones stand below each other, so that a text grows by a bound.
const MOST_LEVELS: usize = 20;

/// Lays out a text that comes in pieces, cut anywhere. What it keeps between two pieces is a few bytes.
#[derive(Debug, Default)]
pub struct Lines {
    depth: usize,
    within: Within,
    /// The bracket that was opened last has nothing in it yet.
    empty: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Within {
    #[default]
    Tokens,
    Text,
    /// Behind a backslash in a text.
    Escape,
}

impl Lines {
    /// Puts a piece behind `out`.
    pub fn lay_out(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        for byte in piece {
            self.byte(*byte, out);
        }
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<u8>) {
        match self.within {
            Within::Tokens => self.token(byte, out),
            Within::Text => {
                out.push(byte);
                match byte {
                    b'\\' => self.within = Within::Escape,
                    b'"' => self.within = Within::Tokens,
                    _ => {}
                }
            }
            Within::Escape => {
                out.push(byte);
                self.within = Within::Text;
            }
        }
    }

    fn token(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => return,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                // What is empty stays on its line.
                if !std::mem::take(&mut self.empty) {
                    self.new_line(out);
                }
                return out.push(byte);
            }
            _ => {}
        }
        if std::mem::take(&mut self.empty) {
            self.new_line(out);
        }
        out.push(byte);
        match byte {
            b'{' | b'[' => {
                self.depth += 1;
                self.empty = true;
            }
            b',' => self.new_line(out),
            b':' => out.push(b' '),
            b'"' => self.within = Within::Text,
            _ => {}
        }
    }

    fn new_line(&self, out: &mut Vec<u8>) {
        out.push(b'\n');
        out.resize(out.len() + 2 * self.depth.min(MOST_LEVELS), b' ');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn laid_out(pieces: &[&[u8]]) -> String {
        let (mut lines, mut out) = (Lines::default(), Vec::new());
        for piece in pieces {
            lines.lay_out(piece, &mut out);
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn texts_are_laid_out() {
        for (raw, expected) in [
            ("{}", "{}"),
            (" [ ] ", "[]"),
            ("7", "7"),
            (r#"{"a":1.10,"b":-0.0}"#, "{\n  \"a\": 1.10,\n  \"b\": -0.0\n}"),
            (
                r#"{"a":[{"b":{}},[],null]}"#,
                "{\n  \"a\": [\n    {\n      \"b\": {}\n    },\n    [],\n    null\n  ]\n}",
            ),
            (r#"{"a":"x, {y}: [\"z\\"}"#, "{\n  \"a\": \"x, {y}: [\\\"z\\\\\"\n}"),
            ("{ \"a\" :\n \"b  c\" }", "{\n  \"a\": \"b  c\"\n}"),
        ] {
            assert_eq!(laid_out(&[raw.as_bytes()]), expected, "{raw}");
            // Laid out again it stays, and wherever it is cut.
            assert_eq!(laid_out(&[expected.as_bytes()]), expected, "{raw}");
            for at in 0..raw.len() {
                assert_eq!(laid_out(&[&raw.as_bytes()[..at], &raw.as_bytes()[at..]]), expected, "{raw} {at}");
            }
        }
        let deep = format!("{}{}", "[".repeat(60), "]".repeat(60));
        let widest = laid_out(&[deep.as_bytes()]).lines().map(str::len).max();
        assert_eq!(widest, Some(2 * MOST_LEVELS + 2));
    }

    proptest::proptest! {
        /// Whatever the bytes are, nothing panics, and what was JSON is the same JSON.
        #[test]
        fn nothing_else_changes(raw in "[\\[\\]{}\":,a-z\\\\ 0-9]{0,60}") {
            let out = laid_out(&[raw.as_bytes()]);
            if let Ok(value) = serde_json::from_str::<Value>(&raw) {
                proptest::prop_assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), value);
            }
        }
    }
}

//! The project's own files, as text: which there are, and what of a Rust file is code and what is string.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The folder of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A file of the project.
pub struct Source {
    /// Its path from the root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Folders that hold nothing of ours.
const LEFT_OUT: [&str; 6] = [".git", "target", "node_modules", "data", "out", ".github"];

/// Every text file of the project, read once, in order of path.
pub fn files() -> &'static [Source] {
    static FILES: LazyLock<Vec<Source>> = LazyLock::new(|| {
        let mut found = Vec::new();
        walk(root(), &mut found);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    });
    &FILES
}

fn walk(folder: &Path, found: &mut Vec<Source>) {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    for path in entries.collect::<Vec<PathBuf>>() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !LEFT_OUT.contains(&name.as_str()) {
                walk(&path, found);
            }
        } else if name != ".git"
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            let path = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            found.push(Source { path, text });
        }
    }
}

/// The Rust files under a folder of the project.
pub fn rust(under: &str) -> impl Iterator<Item = &'static Source> {
    files().iter().filter(move |file| file.path.starts_with(under) && file.path.ends_with(".rs"))
}

impl Source {
    /// Whether the whole file is there for tests.
    pub fn is_test(&self) -> bool {
        self.path.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "examples" | "benches"))
    }

    /// The file without what is only compiled for tests: by our custom that stands at the end.
    pub fn shipped(&self) -> &str {
        let end = self.text.find("\n#[cfg(test)]\nmod tests {").unwrap_or(self.text.len());
        if self.is_test() { "" } else { &self.text[..end] }
    }

    /// The code of the shipped part: comments and the insides of strings are blanks. Lines stay lines.
    pub fn code(&self) -> String {
        split(self.shipped()).0
    }

    /// The strings of the shipped part with their lines, counted from 1.
    pub fn strings(&self) -> Vec<(usize, String)> {
        split(self.shipped()).1
    }
}

/// Rust text as code without comments and strings, and the strings.
pub fn split(text: &str) -> (String, Vec<(usize, String)>) {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut strings = Vec::new();
    let (mut at, mut line) = (0, 1);
    let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
    while at < chars.len() {
        let rest = &chars[at..];
        let end = if rest.starts_with(&['/', '/']) {
            rest.iter().position(|c| *c == '\n').unwrap_or(rest.len())
        } else if rest.starts_with(&['/', '*']) {
            end_of_comment(rest)
        } else if let Some((open, close)) = raw_string(rest).filter(|_| !in_word(&chars, at)) {
            strings.push((line, rest[open..close.0].iter().collect()));
            close.1
        } else if rest[0] == '"' {
            let close = end_of_string(rest);
            strings.push((line, unescape(&rest[1..close.min(rest.len())])));
            (close + 1).min(rest.len())
        } else if let Some(end) = char_literal(rest) {
            end
        } else {
            if rest[0] == '\n' {
                line += 1;
            }
            code.push(rest[0]);
            at += 1;
            continue;
        };
        line += rest[..end].iter().filter(|c| **c == '\n').count();
        code.extend(rest[..end].iter().map(|c| blank(*c)));
        at += end;
    }
    (code, strings)
}

fn in_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
}

fn end_of_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with(&['/', '*']) {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(&['*', '/']) {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// Where the inside of a raw string begins, and where it and its closing mark end.
fn raw_string(rest: &[char]) -> Option<(usize, (usize, usize))> {
    let start = match rest {
        ['r', ..] => 1,
        ['b', 'r', ..] => 2,
        _ => return None,
    };
    let hashes = rest[start..].iter().take_while(|c| **c == '#').count();
    if rest.get(start + hashes) != Some(&'"') {
        return None;
    }
    let inside = start + hashes + 1;
    let closing: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let length = rest[inside..].windows(closing.len()).position(|w| w == closing)?;
    Some((inside, (inside + length, inside + length + closing.len())))
}

fn end_of_string(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != '"' {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at
}

/// A character literal; a lifetime is none.
fn char_literal(rest: &[char]) -> Option<usize> {
    match rest {
        ['\'', '\\', _, tail @ ..] => tail.iter().take(10).position(|c| *c == '\'').map(|n| n + 4),
        ['\'', _, '\'', ..] => Some(3),
        _ => None,
    }
}

/// A backslash at the end of a line joins it with the next.
fn unescape(inside: &[char]) -> String {
    let text: String = inside.iter().collect();
    let mut out = String::new();
    for (n, part) in text.split("\\\n").enumerate() {
        out.push_str(if n == 0 { part } else { part.trim_start() });
    }
    out.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\")
}

#[test]
fn code_and_strings_are_told_apart() {
    let text = "let a = \"x // y\"; // \"z\"\nlet b: &'a str = r#\"q\"w\"#; /* \"c\" */ let c = '\"'; f(\"d \\\n   e\")";
    let (code, strings) = split(text);
    assert_eq!(code.lines().next().unwrap().trim_end(), "let a =         ;");
    assert!(code.contains("let b: &'a str =") && code.contains("let c =") && !code.contains('"'));
    let expected = [(1, "x // y"), (2, "q\"w"), (2, "d e")].map(|(line, text)| (line, text.to_owned()));
    assert_eq!(strings, expected);
}

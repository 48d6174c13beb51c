//! What is split, what is bad, and where it stands.

use super::reader::MOST_GIVEN_BACK;
use super::*;
use proptest::prelude::*;

/// Gives at most `step` bytes at a time.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(buffer.len()).min(self.0.len());
        let (now, later) = self.0.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

fn shown(item: Item) -> String {
    match item {
        Ok(entry) => {
            let extra = [entry.full_url, entry.method, entry.url, entry.if_none_exist];
            let extra: String = extra.into_iter().flatten().map(|text| format!(" {text}")).collect();
            String::from_utf8_lossy(&entry.raw).into_owned() + &extra
        }
        Err(bad) => format!("! {}", bad.reason),
    }
}

fn all(text: &[u8]) -> Vec<String> {
    read(text).map(shown).collect()
}

#[test]
fn every_kind_of_source_is_split() {
    let cases: Vec<(&str, Vec<&str>)> = vec![
        ("", vec![]),
        (" \n\r\n", vec![]),
        ("{\"resourceType\":\"Patient\", \"id\":\"1\"}", vec!["{\"resourceType\":\"Patient\", \"id\":\"1\"}"]),
        ("{\"id\":\"1\",\"resourceType\":\"P\"}", vec!["{\"id\":\"1\",\"resourceType\":\"P\"}"]),
        ("{}", vec!["{}"]),
        ("\u{feff}{\"a\":1}\r\n\r\n{\"a\":2}\r\n", vec!["{\"a\":1}", "{\"a\":2}"]),
        ("{\"a\":1}{\"a\":2}\n{\n \"a\":3\n}", vec!["{\"a\":1}", "{\"a\":2}", "{\n \"a\":3\n}"]),
        ("[{\"a\":1}, {\"a\":2}]", vec!["{\"a\":1}", "{\"a\":2}"]),
        ("[]", vec![]),
        ("[{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":1}}]},{\"a\":2}]", vec!["{\"a\":1}", "{\"a\":2}"]),
        ("{\"resourceType\":\"Bundle\",\"type\":\"batch\"}", vec![]),
        ("{\"resourceType\":\"Bundle\",\"entry\":[]}", vec![]),
        (
            "{\"resourceType\":\"Bundle\",\"entry\":[{\"fullUrl\":\"u:1\",\"resource\":{ \"a\" : 1.0 },\"search\":{\"mode\":\"match\"}},
              {\"resource\":{\"a\":2},\"request\":{\"method\":\"PUT\",\"url\":\"A/2\",\"ifNoneExist\":\"i=1\"}}],\"total\":2}",
            vec!["{ \"a\" : 1.0 } u:1", "{\"a\":2} PUT A/2 i=1"],
        ),
        ("{\"type\":\"x\",\"entry\":[{\"resource\":{\"a\":1}},{\"resource\":{\"a\":2}}],\"resourceType\":\"Bundle\"}",
            vec!["{\"a\":1}", "{\"a\":2}"]),
        ("{\"entry\":[{\"resource\":{\"a\":1}}],\"resourceType\":\"List\"}",
            vec!["{\"a\":1}", "! entries in something that is not a Bundle"]),
        ("{\"entry\":[{\"item\":{\"a\":1}}, {\"item\":{}}],\"resourceType\":\"List\"}",
            vec!["{\"entry\":[{\"item\":{\"a\":1}}, {\"item\":{}}],\"resourceType\":\"List\"}"]),
        ("{\"resourceType\":\"List\",\"entry\":[{\"item\":{\"a\":1}}]}",
            vec!["{\"resourceType\":\"List\",\"entry\":[{\"item\":{\"a\":1}}]}"]),
        ("{\"entry\":[ ],\"id\":\"1\"}", vec!["{\"entry\":[ ],\"id\":\"1\"}"]),
        ("{\"resourceType\":\"Bundle\",\"entry\":[{\"request\":{\"method\":\"DELETE\",\"url\":\"A/1\"}}]}", vec![" DELETE A/1"]),
        ("{\"a\":\"}\\\"{\\\\\"}", vec!["{\"a\":\"}\\\"{\\\\\"}"]),
    ];
    for (text, expected) in cases {
        assert_eq!(all(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn what_is_bad_does_not_stop_the_rest() {
    let cases: Vec<(&str, Vec<&str>)> = vec![
        ("<html>", vec!["! not JSON: expected { or ["]),
        ("{\"a\":1}\nnonsense\n{\"a\":2}", vec!["{\"a\":1}", "! not JSON: expected { or [", "{\"a\":2}"]),
        ("{\"a\":1\n{\"a\":2}\n", vec!["! not JSON: expected a comma or the end", "{\"a\":2}"]),
        ("{\"a\":{\"b\":[1,\n{\"a\":2}\n", vec!["! ends in the middle"]),
        ("{\"a\":{\"b\":1,\n{\"a\":2}\n", vec!["! not JSON: expected a name in quotes", "{\"a\":2}"]),
        (
            "{\"a\":\"x\n{\"a\":2}\n",
            vec!["! not JSON: expected the end of a string before the end of the line", "{\"a\":2}"],
        ),
        ("{\"a\":1}\n{\"a\":", vec!["{\"a\":1}", "! ends in the middle"]),
        // A line that breaks off before a value takes the next one for it.
        (
            "{\"resourceType\":\n{\"resourceType\":\"A\"}\n{\"resourceType\":\"B\"}\n",
            vec![
                "! not JSON: expected a comma or the end",
                "{\"resourceType\":\"A\"}",
                "{\"resourceType\":\"B\"}",
            ],
        ),
        (
            "{\"resourceType\":\"A\",\"x\":[\n{\"resourceType\":\"B\"}",
            vec!["! ends in the middle", "{\"resourceType\":\"B\"}"],
        ),
        // The same within a Bundle: before a resource, an entry, a member.
        (
            "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":\n{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":1}},{\"resource\":{\"a\":2}}]}\n{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":3}}]}\n",
            vec!["! not JSON: expected a comma or the end", "{\"a\":1}", "{\"a\":2}", "{\"a\":3}"],
        ),
        (
            "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":0}},{\"resource\":\n{\"resourceType\":\"B\"}",
            vec!["{\"a\":0}", "! ends in the middle", "{\"resourceType\":\"B\"}"],
        ),
        (
            "{\"resourceType\":\"Bundle\",\"entry\":[\n{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":1}},\n{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":2}}]}",
            vec!["! ends in the middle", "{\"a\":1}", "! ends in the middle", "{\"a\":2}"],
        ),
        (
            "{\"resourceType\":\"Bundle\",\"total\":\n{\"resourceType\":\"A\"}\n{\"resourceType\":\"Bundle\",\"meta\":{\"x\":\n{\"resourceType\":\"B\"}\n",
            vec![
                "! not JSON: expected a comma or the end",
                "{\"resourceType\":\"A\"}",
                "! ends in the middle",
                "{\"resourceType\":\"B\"}",
            ],
        ),
        (
            "[{\"a\":1}, 3, null, \"x\", [1], {\"a\":2}",
            vec![
                "{\"a\":1}",
                "! not an object",
                "! not an object",
                "! not an object",
                "! not an object",
                "{\"a\":2}",
                "! ends in the middle",
            ],
        ),
        (
            "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":1}},null,{},{\"resource\":3},{\"resource\":{\"a\":2}}]}",
            vec![
                "{\"a\":1}",
                "! not an object",
                "! an entry without a resource",
                "! not an object",
                "{\"a\":2}",
            ],
        ),
        (
            "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\" 1}},{\"fullUrl\":\"u\",\"resource\":{\"a\":2}}]}",
            vec!["! not JSON: expected a colon", "{\"a\":2} u"],
        ),
        (
            "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":}}]}\n{\"resourceType\":\"X\"}",
            vec!["! not JSON: expected a value", "{\"resourceType\":\"X\"}"],
        ),
        (
            "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":1}},",
            vec!["{\"a\":1}", "! ends in the middle"],
        ),
        (
            "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":1}}]",
            vec!["{\"a\":1}", "! ends in the middle"],
        ),
        ("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"a\":", vec!["! ends in the middle"]),
        ("{\"entry\":[3,{\"resource\":{\"a\":1}}]}", vec!["! not an object", "{\"a\":1}"]),
    ];
    for (text, expected) in cases {
        assert_eq!(all(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn lines_that_break_off_within_one_another_are_not_read_for_ever() {
    let (long, good) = ("x".repeat(2000), "{\"resourceType\":\"P\"}");
    for opener in [
        format!("{{\"resourceType\":\"A\",\"l\":\"{long}\",\"x\":[\n"),
        format!("{{\"resourceType\":\"Bundle\",\"l\":\"{long}\",\"x\":[\n"),
        format!("{{\"resourceType\":\"Bundle\",\"entry\":[{{\"l\":\"{long}\",\"resource\":\n"),
    ] {
        let text = format!("{}{good}\n{good}\n", opener.repeat(2000));
        let found = all(text.as_bytes());
        let (bad, rest) = found.split_at(found.len() - 2);
        assert!(bad.iter().all(|one| one.starts_with("! ")), "{opener}");
        // One more where they nest too deep before they end.
        assert!(bad.len() <= MOST_GIVEN_BACK as usize + 2, "{}", bad.len());
        assert_eq!(rest, [good, good]);
        let kept: usize = read(text.as_bytes())
            .map(|item| item.map_or_else(|bad| bad.raw.len(), |entry| entry.raw.len()))
            .sum();
        // What a Bundle says of itself besides its entries is never given out.
        assert!(kept + bad.len() * opener.len() >= text.len(), "nothing is lost: {kept} of {}", text.len());
    }
}

#[test]
fn the_large_is_passed_over_without_being_held() {
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(1000));
    let lines = format!("{{\"a\":1}}\n{large}\n{{\"a\":2}}");
    let found: Vec<_> = read_limited(lines.as_bytes(), 100).map(shown).collect();
    assert_eq!(found, ["{\"a\":1}", "! larger than 100 bytes", "{\"a\":2}"]);
    for head in ["{\"resourceType\":\"Bundle\",\"entry\":[", "{\"entry\":["] {
        let bundle = format!("{head}{{\"resource\":{large}}},{{\"resource\":{{\"a\":2}}}}]}}");
        let found: Vec<_> = read_limited(bundle.as_bytes(), 100).map(shown).collect();
        assert_eq!(found, ["! larger than 100 bytes", "{\"a\":2}"]);
    }
    let key = format!("{{\"{}\":1}}\n{{\"a\":2}}", "k".repeat(100_000));
    assert_eq!(read_limited(key.as_bytes(), 5000).map(shown).next_back_of_two(), "{\"a\":2}");
    let deep = format!("{}\n{{\"a\":2}}", "[{\"a\":".repeat(5000));
    assert_eq!(all(deep.as_bytes())[0], "! nested too deep");
}

trait Second {
    fn next_back_of_two(self) -> String;
}

impl<I: Iterator<Item = String>> Second for I {
    fn next_back_of_two(mut self) -> String {
        assert!(self.next().is_some_and(|first| first.starts_with("! larger")));
        self.next().unwrap()
    }
}

#[test]
fn places_are_lines_columns_and_offsets() {
    let text = b"\n{\"resourceType\":\"Bundle\",\"entry\":[\n  {\"resource\":{}},\n  null]}\n{}";
    let places: Vec<_> =
        read(text.as_slice()).map(|item| item.map_or_else(|bad| bad.place, |e| e.place)).collect();
    let place = |line, column, entry, offset| Place { line, column, entry, offset };
    assert_eq!(places, [place(3, 3, Some(0), 38), place(4, 3, Some(1), 57), place(5, 1, None, 64)]);
}

#[test]
fn bundles_within_bundles_are_split_unless_they_are_documents() {
    let nested = |kind: &str, inner: &str| {
        format!(
            "{{\"resourceType\":\"Bundle\",\"type\":\"{kind}\",\"entry\":[{{\"resource\":{inner}}},{{\"resource\":{{\"a\":2}}}}]}}"
        )
    };
    let one = "{\"a\":1}";
    for kind in ["collection", "searchset", "batch", "transaction"] {
        let text = nested("batch", &nested(kind, one));
        assert_eq!(all(text.as_bytes()), [one, "{\"a\":2}", "{\"a\":2}"], "{kind}");
    }
    for kind in ["document", "message", "history", "transaction-response"] {
        let whole = nested(kind, one);
        assert_eq!(all(nested("batch", &whole).as_bytes()), [whole.as_str(), "{\"a\":2}"], "{kind}");
    }
    // Three levels within the outermost; the next one is given out whole.
    let deepest = nested("batch", one);
    let mut text = deepest.clone();
    for _ in 0..=DEEPEST_BUNDLE {
        text = nested("collection", &text);
    }
    let found = all(text.as_bytes());
    assert_eq!((found.len(), &found[0]), (usize::from(DEEPEST_BUNDLE) + 2, &deepest));
    assert!(is_carrier(deepest.as_bytes()));
    // What is bad in the inner one does not stop the outer one.
    let text = nested(
        "batch",
        "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[3,{\"resource\":{\"a\":1}}]}",
    );
    assert_eq!(all(text.as_bytes()), ["! not an object", one, "{\"a\":2}"]);
}

#[test]
fn places_within_a_bundle_are_places_of_the_source() {
    let text = "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{}},\n  {\"resource\":\n {\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":{\"a\":1}},\n{\"resource\":{\"a\":2}}]}}]}";
    let places: Vec<Place> = read(text.as_bytes()).map(|item| item.unwrap().place).collect();
    for (place, (line, entry)) in places.iter().zip([(1, 0), (3, 1), (4, 1)]) {
        assert_eq!((place.line, place.entry), (line, Some(entry)));
        let (at, line_at) =
            (place.offset as usize, text[..place.offset as usize].rfind('\n').map_or(0, |n| n + 1));
        assert!(text[at..].starts_with("{\"resource\":{"), "{at}");
        assert_eq!(place.column as usize, at - line_at + 1);
    }
    assert_eq!(places.len(), 3);
}

#[test]
fn only_white_space_is_blank() {
    for (text, blank) in [
        ("", true),
        (" \r\n\t", true),
        ("\u{feff}", true),
        ("\u{feff}\n{}", false),
        ("[]", false),
        ("x", false),
    ] {
        let mut reader = read(text.as_bytes());
        while reader.next().is_some() {}
        assert_eq!(reader.is_blank(), blank, "{text:?}");
    }
}

#[test]
fn a_failing_reader_is_told() {
    struct Failing(bool);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(ErrorKind::ConnectionReset.into());
            }
            buffer[..9].copy_from_slice(b"{\"a\":1}\n{");
            Ok(9)
        }
    }
    let found: Vec<_> = read(Failing(false)).map(shown).collect();
    assert_eq!(
        found,
        ["{\"a\":1}".to_owned(), format!("! could not be read: {}", ErrorKind::ConnectionReset)]
    );
}

proptest! {
    #[test]
    fn the_size_of_reads_changes_nothing(
        parts in prop::collection::vec(prop::sample::select(vec![
            "{\"resourceType\":\"Bundle\",\"entry\":[", "{\"fullUrl\":\"u\",\"resource\":{\"a\":\"\\\"x\"}}", "{\"resource\":{}}",
            ",", "]}", "\n", "{\"a\":[1,2.50,{}]}", "{", "}", "[", "]", "\"", "\\", "null", "12", ":", " ", "é",
        ]), 0..24),
        step in 1usize..12,
    ) {
        let text: String = parts.concat();
        let whole: Vec<_> = read(text.as_bytes()).collect();
        let slowly: Vec<_> = read(Slow(text.as_bytes(), step)).collect();
        prop_assert_eq!(whole, slowly);
    }

    #[test]
    fn any_bytes_come_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read(bytes.as_slice()).count() <= bytes.len() + 1);
    }
}

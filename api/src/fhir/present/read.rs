//! Reading FHIR data types out of untyped JSON: paths, concepts, names, addresses, numbers with units.
//! Every function takes any JSON and gives nothing where the form is not the expected one.

use serde_json::Value;

use super::line;

/// Longest text kept for one value of a list line or field.
pub(super) const LONG: usize = 20_000;

/// A non-empty string member of an object.
pub(super) fn flag<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(text)
}

/// A string with something in it.
pub(super) fn text(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim).filter(|s| !s.is_empty())
}

/// Calls `visit` for every value at a dotted path. Arrays are entered at each step; a step that ends in `*` is a
/// choice type, so that `value*` means valueQuantity, valueString and so on.
pub(super) fn each<'a>(value: &'a Value, path: &str, visit: &mut dyn FnMut(&'a str, &'a Value)) {
    let (step, rest) = match path.split_once('.') {
        Some((step, rest)) => (step, Some(rest)),
        None => (path, None),
    };
    match value {
        Value::Array(items) => items.iter().for_each(|item| each(item, path, visit)),
        Value::Object(members) => {
            let mut go = |key: &'a str, found: &'a Value| match rest {
                Some(rest) => each(found, rest, visit),
                None => ends(key, found, visit),
            };
            if let Some(stem) = step.strip_suffix('*') {
                members
                    .iter()
                    .filter(|(key, _)| is_choice(key, stem))
                    .for_each(|(key, found)| go(key, found));
            } else if let Some((key, found)) = members.get_key_value(step) {
                go(key, found);
            }
        }
        _ => {}
    }
}

fn ends<'a>(key: &'a str, value: &'a Value, visit: &mut dyn FnMut(&'a str, &'a Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| ends(key, item, visit)),
        Value::Null => {}
        other => visit(key, other),
    }
}

/// Whether `key` is `stem` with a data type behind it, as in `valueQuantity`.
pub(super) fn is_choice(key: &str, stem: &str) -> bool {
    key.strip_prefix(stem).is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// The first value at a path.
pub(super) fn first<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let mut found = None;
    each(value, path, &mut |_, v| {
        found.get_or_insert(v);
    });
    found
}

/// The system and code of every coding of the concept or concepts in member `key`.
pub(super) fn codes<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let concepts = value.get(key).map(many).unwrap_or_default();
    concepts.iter().flat_map(|concept| concept.get("coding").map(many).unwrap_or_default()).filter_map(
        |coding| {
            Some((
                coding.get("system").and_then(Value::as_str).unwrap_or_default(),
                coding.get("code")?.as_str()?,
            ))
        },
    )
}

/// One or many: the items of an array, or the value itself.
pub(super) fn many(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        other => std::slice::from_ref(other),
    }
}

/// The words of a CodeableConcept, a Coding or a plain string: its text, else the best display, else its code.
pub(super) fn concept(value: &Value) -> Option<String> {
    if let Some(text) = text(value) {
        return Some(plain(text));
    }
    if let Some(text) = flag(value, "text") {
        return Some(plain(text));
    }
    let codings = value.get("coding").map(many).unwrap_or_default();
    let chosen = codings.iter().find(|c| c.get("userSelected") == Some(&Value::Bool(true)));
    let best = chosen.into_iter().chain(codings).chain([value]).find_map(|c| flag(c, "display"));
    best.map(plain).or_else(|| codings.iter().chain([value]).find_map(|c| flag(c, "code")).map(str::to_owned))
}

/// SNOMED CT's semantic tags, which tell librarians and not patients what a term is.
const TAGS: &[&str] = &[
    "disorder",
    "finding",
    "procedure",
    "situation",
    "regime/therapy",
    "substance",
    "product",
    "event",
    "observable entity",
    "physical object",
    "body structure",
    "morphologic abnormality",
    "qualifier value",
    "environment",
    "occupation",
    "person",
    "organism",
    "specimen",
    "record artifact",
    "medicinal product",
    "clinical drug",
    "assessment scale",
    "social concept",
    "attribute",
    "context-dependent category",
];

/// A term without its SNOMED CT semantic tag, in one line.
pub(super) fn plain(term: &str) -> String {
    let term = term.trim();
    let bare = term
        .strip_suffix(')')
        .and_then(|t| t.rsplit_once(" ("))
        .filter(|(name, tag)| !name.is_empty() && TAGS.contains(tag))
        .map_or(term, |(name, _)| name);
    cut(&one_line(bare), LONG)
}

fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// At most `most` bytes of a text, cut between characters and marked with an ellipsis.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most);
    format!("{}…", &text[..end])
}

/// The name a reference gives: its display, else the title of the contained resource it points to.
pub(super) fn reference_name(reference: &Value, root: &Value) -> Option<String> {
    if let Some(display) = flag(reference, "display") {
        return Some(plain(display));
    }
    let id = flag(reference, "reference")?.strip_prefix('#')?;
    let inside = root.get("contained")?.as_array()?.iter().find(|r| flag(r, "id") == Some(id))?;
    line::own_title(inside)
}

/// Whether a name, an address or a number is said to be out of use, or to hold only until a day.
fn is_ended(value: &Value) -> bool {
    flag(value, "use") == Some("old") || first(value, "period.end").is_some()
}

/// A person's name: as written out by the source, else from its parts. From several the official one is taken, and one
/// that ended only where there is no other.
pub(super) fn human_name(value: &Value) -> Option<String> {
    let names = many(value);
    let standing = |name: &&Value| !is_ended(name);
    let by_use = |wanted| names.iter().filter(standing).find(|n| flag(n, "use") == Some(wanted));
    let any = || names.iter().find(standing).or(names.first());
    let name = by_use("official").or_else(|| by_use("usual")).or_else(any)?;
    if let Some(text) = flag(name, "text") {
        return Some(one_line(text));
    }
    let mut parts: Vec<&str> = Vec::new();
    for key in ["prefix", "given", "family", "suffix"] {
        parts.extend(name.get(key).map(many).unwrap_or_default().iter().filter_map(text));
    }
    let whole = one_line(&parts.join(" "));
    (!whole.is_empty()).then_some(whole)
}

/// An address in one line.
pub(super) fn address(value: &Value) -> Option<String> {
    if let Some(text) = flag(value, "text") {
        return Some(one_line(text));
    }
    let mut parts: Vec<String> = Vec::new();
    parts.extend(value.get("line").map(many).unwrap_or_default().iter().filter_map(text).map(one_line));
    parts.extend(flag(value, "city").map(one_line));
    let state: Vec<&str> = ["state", "postalCode"].iter().filter_map(|k| flag(value, k)).collect();
    if !state.is_empty() {
        parts.push(state.join(" "));
    }
    parts.extend(flag(value, "country").map(one_line));
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A number as people write it: as stated, but never with more than four digits behind the point where the
/// source computed more. The exact value stays in the resource.
pub(super) fn number(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let exact = format!("{value}");
    let decimals = exact.split_once('.').map_or(0, |(_, tail)| tail.len());
    if decimals <= 4 {
        return exact;
    }
    let size = value.abs();
    let keep = match size {
        s if s >= 10.0 => 2,
        s if s >= 1.0 => 3,
        s if s >= 0.001 => 4,
        // Very small numbers keep three digits that say something.
        s if s > 1e-9 => (3 - s.log10().floor() as i32).clamp(4, 12) as usize,
        _ => 0,
    };
    let rounded = format!("{value:.keep$}");
    if keep == 0 { rounded } else { rounded.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

/// Units as UCUM writes them, and as people read them.
const UNITS: &[(&str, &str)] = &[
    ("mm[Hg]", "mmHg"),
    ("mm Hg", "mmHg"),
    ("cm[H2O]", "cmH₂O"),
    ("Cel", "°C"),
    ("[degF]", "°F"),
    ("degC", "°C"),
    ("degF", "°F"),
    ("kg/m2", "kg/m²"),
    ("kg/m^2", "kg/m²"),
    ("10*3/uL", "× 10³/µL"),
    ("10*6/uL", "× 10⁶/µL"),
    ("10*9/L", "× 10⁹/L"),
    ("10*12/L", "× 10¹²/L"),
    ("10*3/mL", "× 10³/mL"),
    ("10^3/uL", "× 10³/µL"),
    ("10^6/uL", "× 10⁶/µL"),
    ("10^9/L", "× 10⁹/L"),
    ("10^12/L", "× 10¹²/L"),
    ("/uL", "/µL"),
    ("ug", "µg"),
    ("ug/dL", "µg/dL"),
    ("ug/L", "µg/L"),
    ("ug/mL", "µg/mL"),
    ("umol/L", "µmol/L"),
    ("u[IU]/mL", "µIU/mL"),
    ("m[IU]/L", "mIU/L"),
    ("[IU]/L", "IU/L"),
    ("[IU]/mL", "IU/mL"),
    ("[IU]", "IU"),
    ("[lb_av]", "lb"),
    ("[in_i]", "in"),
    ("[ft_i]", "ft"),
    ("[oz_av]", "oz"),
    ("mL/min/{1.73_m2}", "mL/min/1.73 m²"),
    ("mL/min/1.73m2", "mL/min/1.73 m²"),
    ("mL/min/1.73 m2", "mL/min/1.73 m²"),
    ("mL/min/1.73_m2", "mL/min/1.73 m²"),
    ("uL", "µL"),
    ("um", "µm"),
    ("[pH]", "pH"),
    ("meq/L", "mEq/L"),
    ("meq", "mEq"),
    ("1", ""),
    ("[arb'U]", "units"),
    ("U", "units"),
];

/// A unit in readable form: known UCUM codes by table, annotations in braces left out.
pub(crate) fn unit(raw: &str) -> String {
    let raw = raw.trim();
    if let Some((_, nice)) = UNITS.iter().find(|row| row.0 == raw) {
        return (*nice).to_owned();
    }
    let mut out = String::with_capacity(raw.len());
    let mut inside = false;
    for c in raw.chars() {
        match c {
            '{' => inside = true,
            '}' => inside = false,
            c if !inside && !c.is_control() => out.push(c),
            _ => {}
        }
    }
    cut(out.trim(), 60)
}

/// The readable unit of a Quantity: its unit text, else its code.
pub(super) fn unit_of(quantity: &Value) -> String {
    flag(quantity, "unit").or_else(|| flag(quantity, "code")).map(unit).unwrap_or_default()
}

/// Comparator and number of a Quantity: "5.4", "< 5".
pub(super) fn amount(quantity: &Value) -> Option<String> {
    let value = decimal(quantity.get("value")?)?;
    let sign = match flag(quantity, "comparator") {
        Some("<") => "< ",
        Some("<=") => "≤ ",
        Some(">") => "> ",
        Some(">=") => "≥ ",
        _ => "",
    };
    Some(format!("{sign}{}", number(value)))
}

/// A number, also where the source wrote it as a string.
pub(super) fn decimal(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(n) => n.as_f64(),
        Value::String(s) => s.trim().parse().ok(),
        _ => None,
    };
    number.filter(|n| n.is_finite())
}

/// A Quantity in one text: "5.4 %", "< 5 mg/dL".
pub(super) fn quantity(value: &Value) -> Option<String> {
    let amount = amount(value)?;
    Some(with_unit(&amount, &unit_of(value)))
}

/// A number followed by its unit, if there is one.
pub(super) fn with_unit(amount: &str, unit: &str) -> String {
    if unit.is_empty() { amount.to_owned() } else { format!("{amount} {unit}") }
}

/// The two ends of a range in one text: "4–5.6 %", "≥ 40 mg/dL".
pub(super) fn range(value: &Value) -> Option<String> {
    let side = |key: &str| value.get(key).and_then(|q| Some((amount(q)?, unit_of(q))));
    match (side("low"), side("high")) {
        (Some((low, a)), Some((high, b))) if a == b || a.is_empty() => {
            Some(with_unit(&format!("{low}–{high}"), &b))
        }
        (Some((low, a)), Some((high, b))) => {
            Some(format!("{}–{}", with_unit(&low, &a), with_unit(&high, &b)))
        }
        (Some((low, a)), None) => Some(with_unit(&format!("≥ {low}"), &a)),
        (None, Some((high, b))) => Some(with_unit(&format!("≤ {high}"), &b)),
        (None, None) => None,
    }
}

/// A ratio in one text: "1 : 128", "5 mg / 10 mL".
pub(super) fn ratio(value: &Value) -> Option<String> {
    let top = value.get("numerator")?;
    let bottom = value.get("denominator")?;
    let (a, b) = (quantity(top)?, quantity(bottom)?);
    let bare = unit_of(top).is_empty() && unit_of(bottom).is_empty();
    Some(if bare { format!("{a} : {b}") } else { format!("{a} / {b}") })
}

/// A sum of money: amount with two decimals and its currency (ISO 4217, US dollars where the source has none).
pub(super) fn money(value: &Value) -> Option<(String, String)> {
    let sum = decimal(value.get("value")?)?;
    let currency = flag(value, "currency").or_else(|| flag(value, "code")).unwrap_or("USD");
    Some((format!("{sum:.2}"), cut(currency, 10)))
}

//! Parts of pages as types: a field without a label does not compile.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::i18n::Words;
use crate::page::Page;

/// A text field with its label, a hint, and how to mend it.
#[derive(Template)]
#[template(path = "parts/text.html")]
pub struct Text {
    /// Name and id.
    pub name: &'static str,
    /// The label.
    pub label: String,
    /// More about it.
    pub hint: Option<String>,
    /// How to mend it.
    pub problem: Option<String>,
    /// What was typed.
    pub value: String,
    /// The kind of field: `text`, `date`, `password`, `search`.
    pub kind: &'static str,
    /// What the browser may fill in (HTML autofill), `off` for nothing.
    pub fill: &'static str,
}

impl HtmlSafe for Text {}

impl Text {
    /// A field of a page, with the page's problem for it.
    pub fn new(page: &Page, name: &'static str, label: &str) -> Self {
        Self {
            name,
            label: page.w.t(label),
            hint: None,
            problem: page.problem(name),
            value: String::new(),
            kind: "text",
            fill: "off",
        }
    }

    /// With a hint.
    pub fn hint(mut self, hint: String) -> Self {
        self.hint = Some(hint);
        self
    }

    /// With what was typed.
    pub fn value(mut self, value: &str) -> Self {
        self.value = value.into();
        self
    }

    /// Of another kind.
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// With what the browser may fill in.
    pub fn fill(mut self, fill: &'static str) -> Self {
        self.fill = fill;
        self
    }

    /// The ids of what describes the field.
    pub fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let problem = self.problem.as_ref().map(|_| format!("{}-problem", self.name));
        hint.into_iter().chain(problem).collect::<Vec<_>>().join(" ")
    }
}

/// One box to tick or one of several choices.
#[derive(Template)]
#[template(path = "parts/choice.html")]
pub struct Choice {
    /// `checkbox` or `radio`.
    pub kind: &'static str,
    /// The name.
    pub name: &'static str,
    /// The value.
    pub value: String,
    /// The label.
    pub label: String,
    /// More about it.
    pub hint: Option<String>,
    /// Whether it is ticked.
    pub ticked: bool,
}

impl HtmlSafe for Choice {}

/// A list to choose one from.
#[derive(Template)]
#[template(path = "parts/select.html")]
pub struct Select {
    /// Name and id.
    pub name: &'static str,
    /// The label.
    pub label: String,
    /// Values and their words.
    pub options: Vec<(String, String)>,
    /// The chosen value.
    pub chosen: String,
}

impl HtmlSafe for Select {}

/// A code that a page shows once: large, in groups, and letter by letter for who reads it aloud.
#[derive(Template)]
#[template(path = "parts/code.html")]
pub struct Code {
    /// Its id.
    pub id: &'static str,
    /// The code, in groups.
    pub code: String,
    /// How it is read aloud.
    pub aloud: String,
}

impl HtmlSafe for Code {}

impl Code {
    /// A code in groups of letters.
    pub fn new(w: Words, id: &'static str, code: &str) -> Self {
        let apart = |group: &str| group.chars().map(String::from).collect::<Vec<_>>().join(" ");
        let letters = code.split('-').map(apart).collect::<Vec<_>>().join(", ");
        Self { id, code: code.to_owned(), aloud: w.t1("handout-aloud", "letters", letters) }
    }
}

/// Links to the earlier and later pages of a list.
#[derive(Template)]
#[template(path = "parts/pager.html")]
pub struct Pager {
    /// Names the navigation for screen readers.
    pub name: String,
    /// Address and words of the page before.
    pub before: Option<(String, String)>,
    /// Address and words of the page after.
    pub after: Option<(String, String)>,
}

impl HtmlSafe for Pager {}

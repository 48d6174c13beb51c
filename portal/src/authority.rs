//! Authorities in words, and the part of a form that says what of a record somebody may see. For pages of patients and
//! of staff.

use api::base::{Problem, Problems};
use api::fhir::present::Category;
use api::fhir::sensitivity::Label;
use api::records::Preview;
use api::representation::{self, Authority, End, Event, Ground, Held, Kind, Proof, Scope, Standing};
use askama::Template;
use askama::filters::HtmlSafe;

use crate::components::{Choice, Text};
use crate::form::{self, Fields};
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::acting::kind_name;

/// A list to choose one from, with a hint and how to mend it.
#[derive(Template)]
#[template(path = "parts/pick.html")]
pub struct Pick {
    /// Name and id.
    pub name: &'static str,
    /// The label.
    pub label: String,
    /// More about it.
    pub hint: Option<String>,
    /// How to mend it.
    pub problem: Option<String>,
    /// Values and their words.
    pub options: Vec<(String, String)>,
    /// The chosen value.
    pub chosen: String,
}

impl HtmlSafe for Pick {}

impl Pick {
    /// A list of a page, with the page's problem for it and what was chosen.
    pub fn new(page: &Page, (name, label): (&'static str, &str), typed: &Fields) -> Self {
        Self {
            name,
            label: page.w.t(label),
            hint: None,
            problem: page.problem(name),
            options: Vec::new(),
            chosen: typed.get(name).to_owned(),
        }
    }

    /// With these to choose from.
    pub fn of(mut self, options: impl IntoIterator<Item = (String, String)>) -> Self {
        self.options = options.into_iter().collect();
        self
    }

    /// With a hint.
    pub fn hint(mut self, hint: String) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The ids of what describes the field.
    pub fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let problem = self.problem.as_ref().map(|_| format!("{}-problem", self.name));
        hint.into_iter().chain(problem).collect::<Vec<_>>().join(" ")
    }
}

/// The part of a form that says what somebody may see.
#[derive(Template)]
#[template(path = "parts/scope.html")]
pub struct ScopeForm {
    w: Words,
    meant: Option<String>,
    what: [Choice; 2],
    categories: Vec<Choice>,
    problem: Option<String>,
    labels: Vec<Choice>,
    labels_legend: &'static str,
    labels_hint: &'static str,
    labels_problem: Option<String>,
    dates: Dates,
    copies: Choice,
}

impl HtmlSafe for ScopeForm {}

impl ScopeForm {
    /// The form for an authority of a kind, from what was typed; the categories are those that have something.
    pub fn new(page: &Page, (kind, categories): (Kind, &[Category]), typed: &Fields) -> Self {
        let w = page.w;
        let box_of = |name, value: &str, label: &str, ticked| Choice {
            kind: "checkbox",
            name,
            value: value.into(),
            label: w.t(label),
            hint: None,
            ticked,
        };
        let some = typed.get("what") == "some";
        let what = [("all", "scope-all", !some), ("some", "scope-some", some)]
            .map(|(value, label, ticked)| Choice { kind: "radio", ..box_of("what", value, label, ticked) });
        let chosen = typed.all("categories");
        let categories = categories.iter().map(|category| {
            box_of(
                "categories",
                category.slug(),
                category.name(),
                chosen.contains(&category.slug().to_owned()),
            )
        });
        let ticked = typed.all("labels");
        let labels = representation::choosable().map(|label| Choice {
            hint: (label == Label::Unreviewed).then(|| w.t("label-unreviewed-hint")),
            ..box_of("labels", label.slug(), label.name(), ticked.contains(&label.slug().to_owned()))
        });
        let (labels_legend, labels_hint) = match kind {
            Kind::Delegate => ("scope-labels", "scope-labels-hint"),
            _ => ("scope-hidden", "scope-hidden-hint"),
        };
        Self {
            w,
            meant: meant(page, typed),
            what,
            categories: categories.collect(),
            problem: page.problem("categories"),
            labels: labels.collect(),
            labels_legend,
            labels_hint,
            labels_problem: page.problem("labels"),
            dates: Dates::new(page, ["scope-dates", "scope-dates-hint"], typed),
            copies: Choice {
                hint: Some(w.t("scope-copies-hint")),
                ..box_of("copies", "yes", "scope-copies", typed.get("copies") == "yes")
            },
        }
    }

    /// With what to know beside the ticked categories of which nothing would be seen.
    pub fn warning(mut self, preview: &Preview) -> Self {
        for choice in self.categories.iter_mut().filter(|choice| choice.ticked) {
            choice.hint = unseen_hint(self.w, preview, &choice.value);
        }
        self
    }
}

/// The part of a form that says which time of a record somebody may see.
#[derive(Template)]
#[template(path = "parts/dates.html")]
pub struct Dates {
    legend: String,
    hint: String,
    days: [Text; 2],
}

impl HtmlSafe for Dates {}

impl Dates {
    /// The fields with what was typed, in the words of these ids: over both, and about both.
    pub fn new(page: &Page, [legend, hint]: [&str; 2], typed: &Fields) -> Self {
        let day = |name, label| Text::new(page, name, label).kind("date").value(typed.get(name));
        Self {
            legend: page.w.t(legend),
            hint: page.w.t(hint),
            days: [day("from", "scope-from"), day("to", "scope-to")],
        }
    }
}

/// With this field a form says that its choice is meant, although nothing of it would be seen.
pub const MEANT: &str = "meant";
/// What is left out, so that nothing is seen.
const NOTHING: [&str; 2] = ["problem-shows-nothing", "problem-shows-nothing-labels"];

/// That nothing of what is chosen would be seen although there is something of it. They are asked once whether they mean
/// it: a choice of letters alone easily shows none.
pub fn shows_nothing(preview: &Preview, typed: &Fields) -> Option<Problem> {
    let some = typed.get("what") == "some";
    let ticked = typed.all("categories");
    // Who the person is is not what somebody is let in for.
    let chosen = |category: Category| {
        category != Category::Demographics && (!some || ticked.iter().any(|slug| slug == category.slug()))
    };
    let (mut all, mut seen) = (0, 0);
    for (_, total, shown) in preview.shelves.iter().filter(|(category, ..)| chosen(*category)) {
        (all, seen) = (all + total, seen + shown);
    }
    if all == 0 || seen > 0 || typed.get(MEANT) == said(typed) {
        return None;
    }
    // Days that were typed are what most likely leaves out all; what is hidden by its label is told for these days only.
    let dated = typed.some("from").or_else(|| typed.some("to")).is_some();
    let by_label = !dated && preview.hidden.iter().any(|(_, count)| *count > 0);
    let [other, labels] = NOTHING;
    Some(match by_label {
        true => Problem { field: "labels", code: labels },
        false => Problem { field: "from", code: other },
    })
}

/// The choice that a form says, in one line.
fn said(typed: &Fields) -> String {
    let lists = ["categories", "labels"].map(|name| typed.all(name).join(" "));
    let ones = ["what", "from", "to"].map(|name| typed.get(name).to_owned());
    [ones.as_slice(), lists.as_slice()].concat().join(";")
}

/// The choice about which the question of [`shows_nothing`] was put, so that the same form sent again is the answer, and
/// another choice is none.
pub fn meant(page: &Page, typed: &Fields) -> Option<String> {
    let said = said(typed);
    let asked = page.problems.0.iter().any(|problem| NOTHING.contains(&problem.code));
    (asked || typed.get(MEANT) == said).then_some(said)
}

/// What to know of a category of which nothing would be seen although there is something.
pub fn unseen_hint(w: Words, preview: &Preview, slug: &str) -> Option<String> {
    let found = preview.shelves.iter().find(|(category, ..)| category.slug() == slug);
    let (category, total, _) = found.filter(|(_, total, seen)| *total > 0 && *seen == 0)?;
    let in_words = matches!(category, Category::Notes | Category::Documents | Category::Imaging);
    let left_out = preview.hidden.iter().any(|(label, count)| *label == Label::Unreviewed && *count > 0);
    let id = if in_words && left_out { "scope-part-unseen-text" } else { "scope-part-unseen" };
    Some(w.t1(id, "items", w.n("record-items", *total)))
}

/// The scope that was chosen. For a delegate the ticked labels are shown, for a representative they are hidden.
pub fn scope(kind: Kind, typed: &Fields) -> Scope {
    let categories = (typed.get("what") == "some")
        .then(|| typed.all("categories").iter().filter_map(|slug| Category::from_slug(slug)).collect());
    let labels: Vec<Label> = typed.all("labels").iter().filter_map(|slug| Label::from_slug(slug)).collect();
    let (shown, hidden) = if kind == Kind::Delegate { (labels, Vec::new()) } else { (Vec::new(), labels) };
    let copies = typed.get("copies") == "yes";
    Scope {
        categories,
        shown,
        hidden,
        from: typed.some("from"),
        to: typed.some("to"),
        copies,
        ..Scope::WHOLE
    }
}

/// What a form about a part of the record names that is not known. Left out without a word it would change what is meant:
/// a kind of information that is to be hidden would be seen.
pub fn unknown(typed: &Fields) -> Vec<Problem> {
    let mut problems = Problems::default();
    form::ticked(typed, ("categories", Category::from_slug), &mut problems);
    form::ticked(typed, ("labels", Label::from_slug), &mut problems);
    problems.0
}

/// The fields of a form that stand for a scope.
pub fn fields_of(authority: &Authority) -> Fields {
    let scope = &authority.granted;
    let mut fields = Fields::default();
    fields.set("what", if scope.categories.is_some() { "some" } else { "all" });
    let chosen: Vec<&str> = scope.categories.iter().flatten().map(|category| category.slug()).collect();
    fields.extend("categories", &chosen);
    let labels = if authority.kind == Kind::Delegate { &scope.shown } else { &scope.hidden };
    fields.extend("labels", &labels.iter().map(|label| label.slug()).collect::<Vec<_>>());
    fields.set("from", scope.from.as_deref().unwrap_or_default());
    fields.set("to", scope.to.as_deref().unwrap_or_default());
    fields.set("copies", if scope.copies { "yes" } else { "" });
    fields
}

/// What part of a record somebody may see, in words.
pub fn scope_words(w: Words, (kind, scope): (Kind, &Scope)) -> String {
    let names_of = |labels: &[Label]| {
        let names: Vec<String> = labels.iter().map(|label| w.t(label.name())).collect();
        api::words::list(w.language, &names)
    };
    let parts = match scope.categories.as_deref() {
        None if kind.of_a_minor() => w.t("people-scope-all-minor"),
        None => w.t("people-scope-all"),
        Some([]) => w.t("people-scope-nothing"),
        Some(chosen) => {
            let names: Vec<String> = chosen.iter().map(|category| w.t(category.name())).collect();
            let parts = w.t1("people-scope-parts", "list", api::words::list(w.language, &names));
            match kind {
                Kind::Delegate if chosen.contains(&Category::Demographics) => parts,
                Kind::Delegate => format!("{parts} {}", w.t("people-scope-parts-name")),
                _ if scope.without.contains(&Category::Demographics) => {
                    format!("{parts} {}", w.t("people-scope-parts-name"))
                }
                _ => format!("{parts} {}", w.t("people-scope-parts-who")),
            }
        }
    };
    let mut words = vec![parts];
    match (kind, scope.shown.as_slice()) {
        (Kind::Delegate, []) => words.push(w.t("people-scope-no-protected")),
        (Kind::Delegate, shown) => words.push(w.t1("people-scope-protected", "list", names_of(shown))),
        _ if scope.hidden.is_empty() => {}
        _ => words.push(w.t1("people-scope-without", "list", names_of(&scope.hidden))),
    }
    if kind == Kind::Delegate && !scope.shown.contains(&Label::Unreviewed) {
        words.push(w.t("people-scope-no-free-text"));
    }
    words.extend(days_words(w, (scope.from.as_deref(), scope.to.as_deref())));
    words.push(w.t(if scope.copies { "people-scope-copies" } else { "people-scope-no-copies" }));
    words.join(" ")
}

/// Which time of a record somebody may see, in words; none where it is all of it.
pub fn days_words(w: Words, days: (Option<&str>, Option<&str>)) -> Option<String> {
    Some(match days {
        (None, None) => return None,
        (Some(from), None) => w.t1("people-scope-from", "from", w.date(from)),
        (None, Some(to)) => w.t1("people-scope-to", "to", w.date(to)),
        (Some(from), Some(to)) => w.t2("people-scope-between", ("from", w.date(from)), ("to", w.date(to))),
    })
}

/// Where an authority stands, in words for the people concerned: why it is suspended is not among them.
pub fn standing_words(w: Words, held: &Held) -> String {
    let authority = &held.authority;
    let day = |at: Option<api::base::Instant>| at.map(|at| w.day(&at)).unwrap_or_default();
    match (held.standing, held.ends) {
        (Standing::Invited, _) => w.t1("people-invited", "date", day(authority.code_until)),
        (Standing::NotYet, _) => w.t1("people-not-yet", "date", day(authority.starts)),
        (Standing::Springing, _) => w.t("people-springing"),
        (Standing::Active, Some(until)) => w.t1("people-active-until", "date", last_day(w, until)),
        (Standing::Active, None) => w.t("people-active"),
        (Standing::Limited, _) => w.t("people-limited"),
        (Standing::Suspended, _) if representation::waits_for_name(authority) => w.t("people-name-waits"),
        (Standing::Suspended, _) => w.t("people-suspended"),
        (Standing::Ended(end), _) => w.t(ended(end)),
    }
}

/// Who holds an authority, as their sign-in tells it: the name that the person gave them may be another's.
pub fn holder_words(w: Words, held: &Held) -> Option<String> {
    let (name, email) = held.holder.as_ref()?;
    Some(match email {
        Some(email) => w.t2("people-holder-email", ("name", name), ("email", email)),
        None => w.t1("people-holder", "name", name),
    })
}

/// What to know where the account that holds an authority goes by another name than the one who was meant: for the person
/// whose record it is.
pub fn holder_warning(w: Words, held: &Held) -> Option<String> {
    let (account, _) = held.holder.as_ref()?;
    let named = &held.authority.name;
    if !held.standing.is_live() || api::identity::same_name(named, account) {
        return None;
    }
    let id = match (held.authority.kind, representation::waits_for_name(&held.authority)) {
        (Kind::Delegate, _) => "people-holder-meant",
        (_, true) => "people-holder-checked",
        (_, false) => return None,
    };
    Some(w.t2(id, ("account", account), ("named", named)))
}

/// The last day on which something holds, in words: an end at midnight is the day before.
pub fn last_day(w: Words, until: api::base::Instant) -> String {
    w.day(&until.minus(std::time::Duration::from_micros(1)))
}

fn ended(end: End) -> &'static str {
    match end {
        End::ByPerson => "people-ended-by-person",
        End::GivenUp => "people-ended-given-up",
        End::ByClinic => "people-ended-by-clinic",
        End::Expired => "people-ended-expired",
        End::Majority => "people-ended-majority",
        End::Emancipation => "people-ended-emancipation",
        End::Court => "people-ended-court",
        End::Recovered => "people-ended-recovered",
        End::Death => "people-ended-death",
        End::FiftyYears => "people-ended-fifty-years",
        End::NotTaken => "people-ended-not-taken",
    }
}

/// The words for why an authority is suspended: for staff.
pub fn ground_name(ground: Ground) -> &'static str {
    match ground {
        Ground::Declined => "desk-ground-declined",
        Ground::Safety => "desk-ground-safety",
        Ground::Dispute => "desk-ground-dispute",
        Ground::Earlier => "desk-ground-earlier",
        Ground::Name => "desk-ground-name",
    }
}

/// An earlier authority that the clinic declined or limited, in words for staff: whose it is, what was decided, and where
/// it stands.
pub fn earlier_words(w: Words, held: &Held) -> String {
    let authority = &held.authority;
    let who =
        w.t2("log-who-acts", ("name", authority.name.as_str()), ("kind", w.t(kind_name(authority.kind))));
    let decided = authority.suspension.as_ref().map_or("desk-earlier-limited", |of| ground_name(of.ground));
    w.t2(
        "desk-earlier-line",
        ("who", who),
        ("decided", format!("{} {}.", w.t(decided), standing_words(w, held))),
    )
}

/// Who acts for somebody already, as what, and where that stands.
pub fn already_words(w: Words, held: &Held) -> String {
    let authority = &held.authority;
    let who =
        w.t2("log-who-acts", ("name", authority.name.as_str()), ("kind", w.t(kind_name(authority.kind))));
    w.t2("desk-earlier-line", ("who", who), ("decided", standing_words(w, held)))
}

/// The words for a kind of paper.
pub fn proof_name(proof: Proof) -> &'static str {
    match proof {
        Proof::BirthCertificate => "proof-birth-certificate",
        Proof::AdoptionDecree => "proof-adoption-decree",
        Proof::Parentage => "proof-parentage",
        Proof::CourtOrder => "proof-court-order",
        Proof::Guardianship => "proof-guardianship",
        Proof::CaregiverAffidavit => "proof-caregiver-affidavit",
        Proof::Placement => "proof-placement",
        Proof::PowerOfAttorney => "proof-power-of-attorney",
        Proof::AdvanceDirective => "proof-advance-directive",
        Proof::SurrogateStatement => "proof-surrogate-statement",
        Proof::Marriage => "proof-marriage",
        Proof::Testamentary => "proof-testamentary",
        Proof::Administration => "proof-administration",
        Proof::SmallEstate => "proof-small-estate",
        Proof::Chosen => "proof-chosen",
    }
}

/// What became of an authority or a claim, in words.
pub fn event_words(w: Words, event: &Event) -> String {
    let what = w.t(event_name(&event.what));
    if event.by.is_empty() { what } else { w.t2("event-by", ("what", what), ("name", &event.by)) }
}

fn event_name(what: &str) -> &'static str {
    match what {
        "invited" => "event-invited",
        "taken" => "event-taken",
        "verified" => "event-verified",
        "active" => "event-active",
        "changed" => "event-changed",
        "limited" => "event-limited",
        "limits-lifted" => "event-limits-lifted",
        "suspended" => "event-suspended",
        "declined" => "event-declined",
        "declined-by-two" => "event-declined-by-two",
        "flagged" => "event-flagged",
        "flag-answered" => "event-flag-answered",
        "lift-signed" => "event-lift-signed",
        "resumed" => "event-resumed",
        "waits" => "event-waits",
        "clear-signed" => "event-clear-signed",
        "name-differs" => "event-name-differs",
        "name-confirmed" => "event-name-confirmed",
        "cleared" => "event-cleared",
        "certified" => "event-certified",
        "review" => "event-review",
        "ended" => "event-ended",
        "claimed" => "event-claimed",
        "paper" => "event-paper",
        "paper-removed" => "event-paper-removed",
        "papers-erased" => "event-papers-erased",
        "withdrawn" => "event-withdrawn",
        "rejected" => "event-rejected",
        "viewed" => "event-viewed",
        "paper-viewed" => "event-paper-viewed",
        _ => "event-other",
    }
}

/// "They would see 412 of 430 items", and what the rest is.
pub fn preview_words(w: Words, (name, preview): (&str, &Preview)) -> Vec<String> {
    let (all, seen) =
        preview.shelves.iter().fold((0, 0), |(all, seen), (_, total, shown)| (all + total, seen + shown));
    let (seen, all) = (("seen", w.number(seen)), ("all", w.n("record-items", all)));
    let mut words = vec![match name {
        "" => w.t2("people-preview", seen, all),
        name => {
            use crate::i18n::Say;
            let values = [("name", name.fluent()), (seen.0, seen.1.fluent()), (all.0, all.1.fluent())];
            w.with("people-preview-name", &values)
        }
    }];
    for (category, total, shown) in &preview.shelves {
        if shown < total {
            let hidden = ("hidden", w.n("record-items", total - shown));
            words.push(w.t2("people-preview-part", ("category", w.t(category.name())), hidden));
        }
    }
    for (label, count) in preview.hidden.iter().filter(|(_, count)| *count > 0) {
        let hidden = ("hidden", w.n("record-items", *count));
        words.push(w.t2("people-preview-label", ("label", w.t(label.name())), hidden));
    }
    if preview.limited {
        words.push(w.t("people-preview-limited"));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_left_out_without_a_word() {
        for (form, wanted) in [
            ("what=all", &[][..]),
            ("what=some&categories=labs&labels=hiv", &[]),
            ("labels=hivv", &["labels"]),
            ("labels=hiv&labels=labz", &["labels"]),
            ("categories=labs%2Clabz&labels=", &["categories", "labels"]),
        ] {
            let found: Vec<_> =
                unknown(&Fields::parse(form.as_bytes())).iter().map(|problem| problem.field).collect();
            assert_eq!(found, wanted, "{form}");
        }
    }

    /// Asked once, where something was chosen and nothing of it would be seen; never where there is nothing yet.
    #[test]
    fn a_choice_that_shows_nothing_is_asked_about() {
        use Category::{Demographics, Labs, Notes};
        let letters = [(Notes, 3, 0), (Labs, 5, 5)];
        for (typed, shelves, hidden, field) in [
            ("what=some&categories=notes", &letters[..], 3, Some("labels")),
            ("what=some&categories=notes", &letters, 0, Some("from")),
            // Days were typed: they are what to look at first, also where something is hidden besides.
            ("what=some&categories=notes&from=2031-01-01", &letters, 0, Some("from")),
            ("what=some&categories=notes&to=1980-01-01", &letters, 3, Some("from")),
            ("what=all&from=2031-01-01&meant=all;2031-01-01;;;", &letters[..1], 3, None),
            ("what=some&categories=notes&meant=some;;;notes;", &letters, 3, None),
            // The answer about another choice.
            ("what=some&categories=notes&meant=all;;;;", &letters, 3, Some("labels")),
            ("what=some&categories=notes&categories=labs", &letters, 3, None),
            // Parts that were ticked before "all" was chosen do not count.
            ("what=all&categories=notes", &letters, 3, None),
            ("what=all", &letters[..1], 3, Some("labels")),
            ("what=all", &[(Notes, 3, 0), (Demographics, 1, 1)], 3, Some("labels")),
            ("what=some&categories=demographics", &[(Demographics, 1, 1)], 0, None),
            ("what=some&categories=vitals", &letters, 3, None),
            ("what=all", &[], 0, None),
        ] {
            let person = crate::tests::sample::person();
            let hidden = vec![(Label::Unreviewed, hidden)];
            let preview = Preview { person, shelves: shelves.to_vec(), hidden, limited: false };
            let found = shows_nothing(&preview, &Fields::parse(typed.as_bytes()));
            assert_eq!(found.map(|problem| problem.field), field, "{typed}");
        }
    }
}

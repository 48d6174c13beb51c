//! Apps and what they may read, in words, and the parts of forms that say it.

use api::fhir::present::{self, Category};
use api::fhir::sensitivity::Label;
use api::representation;
use api::smart::groups::{self, Group};
use api::smart::{Grant, GrantEnd, Scopes, Standing, Stay};
use api::words;

use crate::authority::{days_words, last_day};
use crate::components::Choice;
use crate::i18n::Words;
use crate::page::Page;

/// The name of a group.
pub fn group(group: &Group) -> &'static str {
    if group.is_whole_category() {
        return group.category.name();
    }
    match group.slug {
        "problems" => "apps-group-problems",
        "diagnoses" => "apps-group-diagnoses",
        "concerns" => "apps-group-concerns",
        "family" => "apps-group-family",
        "daily-life" => "apps-group-daily-life",
        "surveys" => "apps-group-surveys",
        "living" => "apps-group-living",
        "abilities" => "apps-group-abilities",
        _ => "apps-group-rest",
    }
}

/// One line about what is behind a label.
pub fn label(label: Label) -> &'static str {
    match label {
        Label::SubstanceUse => "apps-label-substance-use",
        Label::MentalHealth | Label::PsychotherapyNotes => "apps-label-mental-health",
        Label::Hiv => "apps-label-hiv",
        Label::Reproductive => "apps-label-reproductive",
        Label::Genetic => "apps-label-genetic",
        Label::Violence => "apps-label-violence",
        Label::Minor => "apps-label-minor",
        Label::Litigation | Label::Restricted => "apps-label-restricted",
        Label::Unreviewed => "apps-label-unreviewed",
    }
}

/// The groups of a category, as boxes.
pub struct Shelf {
    /// The category's words, where it has several groups.
    pub title: Option<String>,
    /// How much there is of it.
    pub count: String,
    /// Its boxes.
    pub boxes: Vec<Choice>,
}

/// Boxes for these groups, which are of what an app asked for, by category, with what `count` says of each category.
pub fn shelves(
    w: Words,
    (asked, groups): (&Scopes, &[&'static Group]),
    (ticked, count): (&[String], impl Fn(Category) -> String),
) -> Vec<Shelf> {
    let mut shelves: Vec<(Category, Shelf)> = Vec::new();
    for one in groups {
        let words = w.t(group(one));
        let mut choice = Choice {
            kind: "checkbox",
            name: "groups",
            value: one.slug.into(),
            label: words,
            hint: match one.part(asked) {
                _ if !one.is_asked_for(asked) => Some(w.t("apps-group-among")),
                part if part.is_empty() => None,
                part => Some(w.t1("apps-group-only", "list", kind_names(w, part))),
            },
            ticked: ticked.iter().any(|slug| slug == one.slug),
        };
        let several = !one.is_whole_category();
        if let Some((_, shelf)) = shelves.last_mut().filter(|(category, _)| *category == one.category) {
            shelf.boxes.push(choice);
            continue;
        }
        let count = count(one.category);
        // How much there is of the whole says nothing of a part, whose kinds stand in its place.
        choice.hint = choice.hint.or_else(|| (!several && !count.is_empty()).then(|| count.clone()));
        let title = several.then(|| w.t(one.category.name()));
        shelves.push((one.category, Shelf { title, count, boxes: vec![choice] }));
    }
    shelves.into_iter().map(|(_, shelf)| shelf).collect()
}

/// Whether something was ticked that goes by itself. Of a group that is only among others nothing goes without these.
pub fn any_ticked(asked: &Scopes, (groups, slugs): (&[&'static Group], &[String])) -> bool {
    groups.iter().any(|group| group.is_asked_for(asked) && slugs.iter().any(|slug| slug == group.slug))
}

/// Types by the word that people know them by: those that they call the same go together.
fn by_word(types: Vec<&'static str>) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut kinds: Vec<(&str, Vec<&str>)> = Vec::new();
    for one in types {
        let word = present::kind_of_type(one).unwrap_or(one);
        match kinds.iter_mut().find(|(known, _)| *known == word) {
            Some((_, types)) => types.push(one),
            None => kinds.push((word, vec![one])),
        }
    }
    kinds
}

/// What people call these types, as a list.
fn kind_names(w: Words, types: Vec<&'static str>) -> String {
    let names: Vec<String> = by_word(types).into_iter().map(|(word, _)| w.t(word)).collect();
    words::list(w.language, &names)
}

/// The words for the directory, which is one kind here.
const DIRECTORY: &str = "apps-kind-names";

/// What an app asks for and can be left out one by one; nothing where there is no choice.
fn single_kinds(asked: &Scopes) -> Vec<(&'static str, Vec<&'static str>)> {
    let kinds = by_word(groups::kinds(asked));
    let kinds = if kinds.len() > 1 { kinds } else { Vec::new() };
    let directory = Some((DIRECTORY, groups::directory(asked))).filter(|(_, types)| !types.is_empty());
    kinds.into_iter().chain(directory).collect()
}

/// Whether the names of doctors and places go along with what is ticked.
pub fn names_go(asked: &Scopes, ticked: &[String]) -> bool {
    groups::directory(asked).first().is_some_and(|first| ticked.iter().any(|name| name == first))
}

/// The ticks of all single kinds, as the app asks for them.
pub fn all_kinds(asked: &Scopes) -> Vec<&'static str> {
    groups::kinds(asked).into_iter().chain(groups::directory(asked)).collect()
}

/// Boxes for single kinds of items.
pub fn kind_boxes(w: Words, asked: &Scopes, ticked: &[String]) -> Vec<Choice> {
    let choice = |(word, types): (&str, Vec<&str>)| Choice {
        kind: "checkbox",
        name: "kinds",
        value: types[0].into(),
        label: w.t(word),
        hint: None,
        ticked: ticked.iter().any(|name| name == types[0]),
    };
    single_kinds(asked).into_iter().map(choice).collect()
}

/// The types that have no tick among single kinds of items.
pub fn unticked_kinds(asked: &Scopes, ticked: &[String]) -> Vec<&'static str> {
    let unticked = |(_, types): &(&str, Vec<&str>)| !ticked.iter().any(|name| name == types[0]);
    single_kinds(asked).into_iter().filter(unticked).flat_map(|(_, types)| types).collect()
}

/// Boxes for very private parts.
pub fn label_boxes(w: Words, labels: impl Iterator<Item = Label>, ticked: &[String]) -> Vec<Choice> {
    let choice = |one: Label| Choice {
        kind: "checkbox",
        name: "labels",
        value: one.slug().into(),
        label: w.t(one.name()),
        hint: Some(w.t(label(one))),
        ticked: ticked.iter().any(|slug| slug == one.slug()),
    };
    labels.map(choice).collect()
}

/// The labels that a grant lets an app see.
pub fn labels_of(grant: &Grant) -> impl Iterator<Item = Label> {
    let hidden = grant.lens.hidden;
    representation::choosable().filter(move |label| !hidden.has(*label))
}

/// What a grant lets an app read, in a few sentences; of one that is over, what it let it read.
pub fn reads(w: Words, grant: &Grant) -> String {
    let (may, may_of) = match grant.standing {
        Standing::Ended { .. } => ("apps-could-read", "apps-could-read-part"),
        Standing::Active | Standing::Paused { .. } => ("apps-may-read", "apps-may-read-part"),
    };
    let names = |ids: Vec<&'static str>| {
        let names: Vec<String> = ids.into_iter().map(|id| w.t(id)).collect();
        words::list(w.language, &names)
    };
    // Groups of which it may read the same kinds only are told together, after those whose name says what it may read.
    let mut parts: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for one in groups_of(&grant.scopes, grant.sees.categories) {
        let part = one.part(&grant.scopes);
        match parts.iter_mut().find(|(known, _)| *known == part) {
            Some((_, groups)) => groups.push(group(one)),
            None => parts.push((part, vec![group(one)])),
        }
    }
    parts.sort_by_key(|(part, _)| !part.is_empty());
    let mut sentences: Vec<String> = Vec::new();
    for (part, groups) in parts {
        sentences.push(match part.is_empty() {
            true => w.t1(may, "list", names(groups)),
            false => w.t2(may_of, ("groups", names(groups)), ("list", kind_names(w, part))),
        });
    }
    let without = by_word(groups::left_out_of(&grant.scopes, grant.sees.categories));
    let directory = groups::is_without_directory(&grant.scopes).then_some(DIRECTORY);
    let kinds: Vec<_> = without.into_iter().map(|(word, _)| word).chain(directory).collect();
    if !kinds.is_empty() {
        sentences.push(w.t1("apps-may-not-kinds", "list", names(kinds)));
    }
    let [from, to] = grant.sees.days();
    sentences.extend(days_words(w, (from.as_deref(), to.as_deref())));
    let labels: Vec<_> =
        labels_of(grant).filter(|label| !grant.sees.closes(*label)).map(Label::name).collect();
    sentences.push(match labels.as_slice() {
        [] => w.t("apps-may-no-protected"),
        _ => w.t1("apps-may-protected", "list", names(labels)),
    });
    sentences.join(" ")
}

/// The groups of a grant.
pub fn groups_of(scopes: &Scopes, categories: i64) -> Vec<&'static Group> {
    groups::granted(scopes, categories)
}

/// Where a grant stands.
pub fn standing(w: Words, grant: &Grant) -> String {
    let ended = |why| match why {
        GrantEnd::Stopped => "apps-ended-person",
        GrantEnd::Expired => "apps-ended-expired",
        GrantEnd::Replaced => "apps-ended-replaced",
        GrantEnd::Misused => "apps-ended-misused",
        GrantEnd::GivenUp => "apps-ended-given-up",
        GrantEnd::NoRight => "apps-ended-no-right",
    };
    if grant.standing == Standing::Active && !grant.app.is_active() {
        return w.t("apps-suspended");
    }
    match grant.standing {
        Standing::Active => match grant.stay {
            Stay::Offline => w.t1("apps-until", "date", last_day(w, grant.until)),
            Stay::Online => w.t1("apps-until-session", "date", w.moment(&grant.until)),
            Stay::Once => w.t1("apps-until-once", "date", w.moment(&grant.until)),
        },
        Standing::Paused { since } => w.t1("apps-paused", "date", w.day(&since)),
        Standing::Ended { at, why } => w.t1(ended(why), "date", w.moment(&at)),
    }
}

/// When an app was connected, to whose record where the page says that, and by whom if that was somebody else: what
/// tells one connection of an app from another.
pub fn since(page: &Page, grant: &Grant) -> String {
    let w = page.w;
    let own = page.visit.session.as_ref().is_some_and(|session| session.actor.account == grant.account);
    let date = ("date", w.moment(&grant.created));
    let since = match own {
        true => w.t1("apps-since", date.0, date.1),
        false => w.t2("apps-since-by", date, ("by", grant.by.as_str())),
    };
    let whose = page.whose.as_ref().map(|whose| w.t1("apps-since-whose", "name", whose.name.as_str()));
    [Some(since), whose].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What became of a grant.
pub fn event(what: &str) -> &'static str {
    match what {
        "given" => "apps-event-given",
        "changed" => "apps-event-changed",
        "paused" => "apps-event-paused",
        "resumed" => "apps-event-resumed",
        "first-read" => "apps-event-first-read",
        "ended" => "apps-event-ended",
        _ => "apps-event-other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tick stands for all types that have its words, and there is none where there is no choice.
    #[test]
    fn kinds_are_ticked_one_by_one() {
        for (asked, ticked, unticked) in [
            ("patient/CarePlan.rs patient/Goal.rs", "CarePlan Goal", ""),
            ("patient/CarePlan.rs patient/Goal.rs", "CarePlan", "Goal"),
            ("patient/CarePlan.rs patient/Goal.rs", "", "CarePlan Goal"),
            ("patient/Flag.rs patient/DetectedIssue.rs patient/Goal.rs", "Goal", "DetectedIssue Flag"),
            ("patient/Flag.rs patient/DetectedIssue.rs patient/Goal.rs", "DetectedIssue", "Goal"),
            ("patient/Flag.rs patient/DetectedIssue.rs", "", ""),
            // The names of doctors and places are one kind, of which there is a choice beside a single other one.
            ("patient/Goal.rs patient/Practitioner.rs", "", "Practitioner"),
            ("patient/Goal.rs patient/Practitioner.rs", "Practitioner", ""),
            ("patient/Goal.rs patient/Location.rs patient/Practitioner.rs", "Goal", "Location Practitioner"),
            ("patient/Practitioner.rs patient/Organization.rs", "", ""),
        ] {
            let asked = Scopes::parse(asked).unwrap();
            let ticked: Vec<String> = ticked.split_whitespace().map(str::to_owned).collect();
            assert_eq!(unticked_kinds(&asked, &ticked).join(" "), unticked, "{asked}: {ticked:?}");
        }
    }

    /// No two boxes read the same.
    #[test]
    fn each_kind_has_a_word_of_its_own() {
        let asked = Scopes::parse("patient/*.rs").unwrap();
        for language in words::Language::ALL {
            let w = Words { language, zone: chrono_tz::UTC, acting: false };
            let boxes = kind_boxes(w, &asked, &[]);
            let labels: Vec<&str> = boxes.iter().map(|choice| choice.label.as_str()).collect();
            assert!(labels.len() > 40, "{labels:?}");
            for (n, label) in labels.iter().enumerate() {
                assert!(!labels[..n].contains(label), "{label}");
            }
        }
    }
}

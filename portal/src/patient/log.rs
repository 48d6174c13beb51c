//! Who has seen the record: every ledger entry in plain words.

use api::base::{AccountId, Instant, Problem, Problems};
use api::disclosures::questions::Question;
use api::disclosures::{self, By, Entry, Filter, Line, Marked, Numbers, Place, What};
use api::fhir::present::{self, Category};
use api::representation::Kind;
use api::staff;
use api::visibility::{Basis, Part2};
use askama::Template;
use chrono::{Days, NaiveDate, NaiveTime, TimeZone};

use crate::components::{Pager, Select, Text};
use crate::error::Reply;
use crate::form::{Fields, Query, address, days};
use crate::guard::Patient;
use crate::i18n::{self, Words};
use crate::page::Page;
use crate::patient::acting::kind_name;
use crate::patient::question;
use crate::staff::words;

/// What entries can be about, as `What::kind` names them.
const KINDS: [&str; 28] = [
    "home",
    "overview",
    "list",
    "search",
    "item",
    "report",
    "document",
    "missing",
    "copies",
    "copy",
    "people",
    "label",
    "protect-asked",
    "protect-answered",
    "unshown",
    "opened",
    "unopened",
    "export",
    "log",
    "apps",
    "consents",
    "linked",
    "unlinked",
    "code-given",
    "code-sent",
    "code-stopped",
    "permissions",
    "reach",
];

/// Who is meant by the reader themselves.
const ME: &str = "me";
/// Whom the log can be narrowed to, and in which words.
const BY: [(&str, By, &str); 4] = [
    ("acting", By::Acting, "log-filter-helpers"),
    ("staff", By::Staff, "log-filter-staff"),
    ("apps", By::Apps, "log-filter-only-apps"),
    ("systems", By::Systems, "log-filter-systems"),
];

/// The log.
#[derive(Template)]
#[template(path = "log.html")]
pub struct Log {
    /// The frame.
    pub page: Page,
    /// The entries, newest first.
    pub log: disclosures::Page,
    /// The filters.
    pub dates: [Text; 2],
    /// What and who.
    pub selects: [Select; 2],
    /// The grant of an app, where only its lines are shown.
    pub grant: String,
    /// Whether any filter is set.
    pub filtered: bool,
    /// Whether the one filter is that apps read.
    pub only_apps: bool,
    /// Older entries.
    pub pager: Pager,
}

impl Log {
    /// What stands in place of the lines where there are none.
    fn none(&self) -> String {
        self.page.w.t(match (self.only_apps, self.filtered) {
            (true, _) => "log-none-apps",
            (false, true) => "log-none-found",
            (false, false) => "log-none",
        })
    }

    /// That the reader may not see all lines, if that is so; staff see those of their own looks.
    fn left_out(&self) -> Option<String> {
        let id = if self.page.is_look() { "log-left-out-staff" } else { "log-left-out" };
        (self.log.numbers == Numbers::Own).then(|| self.page.w.t(id))
    }

    /// How many lines there are, or how many the reader sees of them: nobody tells how many are left out.
    fn total(&self) -> String {
        let id = if self.log.numbers == Numbers::Own { "log-total-seen" } else { "log-total" };
        self.page.w.n(id, self.log.total)
    }

    fn questions(&self, line: &Line) -> &[Question] {
        let asked = self.log.asked.as_ref().and_then(|asked| asked.get(&line.seq));
        asked.map_or(&[], Vec::as_slice)
    }

    /// Each asks their own: what others asked stands in nobody's way.
    fn may_ask(&self, line: &Line) -> bool {
        let own = self.own();
        let asked = self.questions(line).iter().any(|question| Some(question.account) == own);
        self.log.asked.is_some() && !asked
    }

    fn became(&self, question: &Question) -> String {
        question::state(self.page.w, question, self.own())
    }

    fn said(&self, line: &Line) -> String {
        sentence(self.page.w, line, self.own())
    }

    fn own(&self) -> Option<AccountId> {
        self.page.visit.session.as_ref().map(|session| session.actor.account)
    }

    /// What allowed it; where a consent opened more than that ground alone, that too.
    fn ground(&self, line: &Line) -> String {
        let (w, basis) = (self.page.w, &line.entry.basis);
        let told = matches!(basis, Basis::Consent { .. } | Basis::Staff { .. });
        let opened = basis.consent().filter(|_| !told).map(|_| w.t("log-part-two-consent"));
        [self.alone(line)].into_iter().chain(opened).collect::<Vec<_>>().join(" ")
    }

    fn alone(&self, line: &Line) -> String {
        let w = self.page.w;
        match &line.entry.basis {
            Basis::RightOfAccess { ground, since } => w.t2(
                "log-basis-own",
                ("ground", w.t(&known("ground", ground))),
                ("date", since_day(w, since)),
            ),
            Basis::Representative { of, since, .. } => {
                w.t2("log-basis-representative", ("kind", w.t(kind_name(*of))), ("date", since_day(w, since)))
            }
            Basis::Delegate { since, .. } => w.t1("log-basis-delegate", "date", since_day(w, since)),
            Basis::Staff { purpose, reason, part2, .. } => {
                let looked = ("purpose", w.t(words::purpose_within(purpose)));
                let said = w.t2("log-basis-staff", looked, ("reason", one_way(reason)));
                let protected = part2.iter().map(|part2| self.protected(part2));
                [said].into_iter().chain(protected).collect::<Vec<_>>().join(" ")
            }
            Basis::Decision { reason, .. } if reason.is_empty() => w.t("log-basis-decision"),
            Basis::Decision { reason, .. } => w.t1("log-basis-decision-why", "reason", one_way(reason)),
            Basis::Office { .. } => w.t("log-basis-office"),
            Basis::Consent { since, .. } => w.t1("log-basis-consent", "date", since_day(w, since)),
            Basis::App { name, since, .. } => {
                w.t2("log-basis-app", ("app", one_way(name)), ("date", since_day(w, since)))
            }
            Basis::System { recipient, purpose, since, .. } => w.t2(
                &format!("log-basis-system-{}", purpose.slug()),
                ("recipient", one_way(recipient)),
                ("date", since_day(w, since)),
            ),
        }
    }

    /// Why staff saw what 42 CFR Part 2 protects.
    fn protected(&self, part2: &Part2) -> String {
        let w = self.page.w;
        match part2 {
            Part2::Consent { .. } => w.t("log-part-two-consent"),
            Part2::Program => w.t("log-part-two-program"),
            Part2::Emergency(medical) => w.t2(
                "log-part-two-emergency",
                ("nature", one_way(&medical.nature)),
                ("affiliation", one_way(&medical.affiliation)),
            ),
        }
    }

    /// What allowed it, in three words.
    fn short(&self, line: &Line) -> String {
        self.page.w.t(match line.entry.basis {
            Basis::RightOfAccess { .. } => "log-basis-short",
            Basis::Representative { .. } => "log-basis-short-representative",
            Basis::Delegate { .. } => "log-basis-short-delegate",
            Basis::Staff { purpose: staff::Purpose::Emergency, .. } => "log-basis-short-emergency",
            Basis::Staff { .. } | Basis::Decision { .. } | Basis::Office { .. } => "log-basis-short-staff",
            Basis::Consent { .. } => "log-basis-short-consent",
            Basis::App { .. } => "log-basis-short-app",
            Basis::System { .. } => "log-basis-short-system",
        })
    }

    /// How sure it was who acted; entries of earlier versions do not say.
    fn strength(&self, line: &Line) -> Option<String> {
        let (w, who) = (self.page.w, &line.entry.who);
        let level = |level: Option<u8>| match level {
            Some(level) => w.number(i64::from(level)),
            None => w.t("strength-level-unknown"),
        };
        let known = who.ial.is_some() || who.aal.is_some();
        known.then(|| w.t2("strength-log-levels", ("ial", level(who.ial)), ("aal", level(who.aal))))
    }

    /// Which mark staff changed: among the details, since the first page has the newest lines for all who pass by.
    fn mark(&self, line: &Line) -> Option<String> {
        let w = self.page.w;
        line.entry.what.marked.map(|Marked { label, put }| match put {
            true => w.t1("mark-put", "label", w.t(label.name())),
            false => w.t1("mark-take", "label", w.t(label.name())),
        })
    }

    /// The items about which was decided, as the reader sees them now: title and address.
    fn places(&self, line: &Line) -> Vec<(String, String)> {
        if !line.entry.what.is_about_items() {
            return Vec::new();
        }
        let place = |place: &Place| {
            let title = place.title.clone().unwrap_or_else(|| self.page.w.t(place.category.name()));
            (title, self.page.href(&format!("/record/{}/{}", place.category.slug(), place.address)))
        };
        line.entry.what.items.iter().filter_map(|name| self.log.places.get(name)).map(place).collect()
    }

    /// The pages of what allowed it, each with what it is: who may look, an app, a permission.
    fn grounds(&self, line: &Line) -> Vec<(&'static str, String, String)> {
        let (w, basis) = (self.page.w, &line.entry.basis);
        let theirs = self.page.visit.base.is_empty() || self.own() == Some(line.entry.who.account);
        let ground = match basis {
            Basis::App { grant, .. } => {
                Some(("log-app-grant", self.page.href(&format!("/apps/{grant}")), w.t("apps-one-title")))
            }
            // Who else acts for the person knows nothing of the papers of others.
            Basis::Representative { authority, .. } | Basis::Delegate { authority, .. } if theirs => {
                Some(("log-authority", format!("/people/{authority}"), w.t("log-authority-link")))
            }
            _ => None,
        };
        let known = basis.consent().and_then(|id| Some((id, self.log.permissions.get(&id)?)));
        let permission = known.map(|(id, kind)| {
            let page = self.page.href(&format!("/privacy/permissions/{id}"));
            ("log-permission", page, w.t(kind.name()))
        });
        ground.into_iter().chain(permission).collect()
    }

    fn hash(&self, line: &Line) -> String {
        line.hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn resources(&self, line: &Line) -> String {
        counted(self.page.w, line)
    }
}

/// How many of each kind of thing a line is about. A kind of which we know no word stands as it is called.
fn counted(w: Words, line: &Line) -> String {
    let one = |(kind, count): (&String, &u64)| {
        let word = present::kind_of_type(kind).map_or_else(|| kind.clone(), |id| w.t(id));
        format!("{word}: {}", w.number(i64::try_from(*count).unwrap_or(i64::MAX)))
    };
    line.entry.what.counts.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The day of a moment that the ledger wrote down, where the clinic is: beside it stand other moments of that day.
fn since_day(w: Words, since: &str) -> String {
    let at = chrono::DateTime::parse_from_rfc3339(since).ok();
    at.map_or_else(|| w.date(since), |at| w.day(&Instant(at.timestamp_micros())))
}

/// An id of a family, or the family's `-other` where there is no sentence for it yet.
fn known(family: &str, word: &str) -> String {
    let id = format!("{family}-{word}");
    if i18n::exists(api::words::Language::English, &id) { id } else { format!("{family}-other") }
}

/// A name without the signs that turn the direction of what follows (UAX 9): it stands within a sentence of ours.
pub(super) fn one_way(name: &str) -> String {
    name.replace(|c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'), "")
}

/// What an entry is about, as the lists of the record count it: items, what belongs to them such as files, and doctors,
/// organizations and places, which are nobody's own.
fn parts(what: &What) -> [u64; 3] {
    // Lines of the log and permissions that came along are no items of the record.
    let apart = |kind: &str| what.kind == "copy" && ["AuditEvent", "Consent"].contains(&kind);
    let counted = |is: fn(&str) -> bool| what.counts.iter().filter(move |(kind, _)| !apart(kind) && is(kind));
    let sum = |is| counted(is).map(|(_, count)| count).sum::<u64>();
    match (&what.parts, what.kind.as_str()) {
        (Some(parts), _) => {
            let rest = sum(|_| true).saturating_sub(parts.items + parts.beside);
            [parts.items, parts.beside, rest]
        }
        // Of what an app took, and of copies of before, only the types are known.
        (None, "copy") => {
            let own = sum(|kind| kind != "Binary" && !disclosures::is_directory(kind));
            [own, sum(|kind| kind == "Binary"), sum(disclosures::is_directory)]
        }
        (None, _) => [sum(|_| true), 0, 0],
    }
}

/// An entry as a sentence: who did what.
pub fn sentence(w: Words, line: &Line, own: Option<AccountId>) -> String {
    let entry = &line.entry;
    let name = if own == Some(entry.who.account) { w.t("log-you") } else { one_way(&entry.who.name) };
    let who = match &entry.basis {
        Basis::RightOfAccess { .. } | Basis::Consent { .. } => name,
        Basis::Representative { of, .. } => {
            w.t2("log-who-acts", ("name", name), ("kind", w.t(kind_name(*of))))
        }
        Basis::Delegate { .. } => {
            w.t2("log-who-acts", ("name", name), ("kind", w.t(kind_name(Kind::Delegate))))
        }
        Basis::Staff { role, .. } | Basis::Decision { role: Some(role), .. } | Basis::Office { role } => {
            w.t2("log-who-acts", ("name", name), ("kind", w.t(words::role(role))))
        }
        Basis::Decision { role: None, .. } => w.t1("log-who-clinic", "name", name),
        Basis::App { name: app, .. } if own == Some(entry.who.account) => {
            w.t1("log-app-for-you", "app", one_way(app))
        }
        Basis::App { name: app, .. } => w.t2("log-app-for", ("app", one_way(app)), ("name", name)),
        Basis::System { .. } => w.t1("log-system", "system", name),
    };
    let what = match &entry.what.whom {
        Some(whom) => {
            let kind = ("kind", w.t(kind_name(whom.kind)));
            let said = match entry.what.kind.as_str() {
                "unopened" => "log-kind-unopened-whom",
                _ => "log-kind-opened-whom",
            };
            let said = w.t2(said, ("name", one_way(&whom.name)), kind);
            let counts = [("log-decided-opened", whom.opened), ("log-decided-closed", whom.closed)];
            let counts = counts.into_iter().filter(|(_, count)| *count > 0);
            let counts: Vec<_> =
                counts.map(|(id, count)| w.n(id, i64::try_from(count).unwrap_or(i64::MAX))).collect();
            if entry.what.kind == "opened" && !counts.is_empty() {
                return w.t2(
                    "log-sentence",
                    ("who", who),
                    ("what", format!("{said} ({})", counts.join(", "))),
                );
            }
            Some(said)
        }
        None => None,
    };
    let what = what.or_else(|| {
        let linked = entry.what.linked.as_ref()?;
        let id = if entry.what.kind == "linked" { "log-kind-linked-whom" } else { "log-kind-unlinked-whom" };
        Some(w.t1(id, "name", one_way(&linked.name)))
    });
    let what = what.unwrap_or_else(|| said_of(w, entry));
    let line = w.t2("log-sentence", ("who", who), ("what", what));
    // A copy has the files of its items and its doctors and places too; only the items are counted elsewhere.
    let [items, beside, directory] = parts(&entry.what).map(|n| i64::try_from(n).unwrap_or(i64::MAX));
    let counts = [("record-items", items), ("log-beside", beside), ("log-directory", directory)];
    let counts = counts.into_iter().filter(|(_, n)| *n > 0).map(|(id, n)| w.n(id, n));
    match counts.collect::<Vec<_>>() {
        none if none.is_empty() => line,
        counts => format!("{line} ({})", api::words::list(w.language, &counts)),
    }
}

/// What was done, and where in the record.
fn said_of(w: Words, entry: &Entry) -> String {
    let what = w.t(&known("log-kind", &entry.what.kind));
    match entry.what.category.as_deref().and_then(Category::from_slug) {
        Some(category) => w.t2("log-in-category", ("what", what), ("category", w.t(category.name()))),
        None => what,
    }
}

/// Shows the log. Looking at it is logged too.
pub async fn show(who: Patient, Query(query): Query) -> Reply {
    let mut problems = Problems::default();
    let filter = filter(&who, &query, &mut problems);
    let log = disclosures::log(&who.visit.app, who.actor(), (who.patient, filter)).await?;
    let page = Page::new(&who.visit, "log-title").of_named(&log.whose.0, log.whose.1.as_deref());
    let page = page.under("/home", "nav-home").with_problems(problems);
    page.ok(|page| log_page(page, log, &query))
}

fn filter(who: &Patient, query: &Fields, problems: &mut Problems) -> Filter {
    let w = who.visit.w;
    let [from, to] = days(query, problems);
    let kind = query.some("what");
    let known = kind.as_deref().is_none_or(|kind| KINDS.contains(&kind));
    let someone = query.some("who");
    if !known {
        problems.0.push(Problem { field: "what", code: "problem-choice" });
    }
    let someone = someone.as_deref();
    let by = BY.iter().find(|(name, ..)| someone == Some(*name)).map(|(_, by, _)| *by);
    if someone.is_some_and(|someone| someone != ME) && by.is_none() {
        problems.0.push(Problem { field: "who", code: "problem-choice" });
    }
    Filter {
        before: query.get("before").parse().ok(),
        from: from.and_then(|day| midnight(w, &day, 0)),
        to: to.and_then(|day| midnight(w, &day, 1)),
        kind: kind.filter(|_| known),
        account: (someone == Some(ME)).then_some(who.actor().account),
        by: by.unwrap_or_default(),
        grant: query.get("grant").parse().ok(),
        limit: 50,
        ..Filter::default()
    }
}

/// The moment a day begins in the clinic's zone, some days on.
fn midnight(w: Words, day: &str, on: u64) -> Option<Instant> {
    let day: NaiveDate = day.parse().ok()?;
    let start = day.checked_add_days(Days::new(on))?.and_time(NaiveTime::MIN);
    // Where the clocks change at midnight, the day begins an hour later.
    let moment = w
        .zone
        .from_local_datetime(&start)
        .earliest()
        .or_else(|| w.zone.from_local_datetime(&(start + chrono::TimeDelta::hours(1))).earliest())?;
    Some(Instant(moment.timestamp_micros()))
}

/// The page from what was found.
pub fn log_page(page: Page, log: disclosures::Page, query: &Fields) -> Log {
    let w = page.w;
    let dates = [("from", "filter-from"), ("to", "filter-to")]
        .map(|(name, label)| Text::new(&page, name, label).kind("date").value(query.get(name)));
    let any = || (String::new(), w.t("filter-any"));
    let kinds = KINDS.iter().map(|kind| ((*kind).to_owned(), w.t(&format!("log-filter-{kind}"))));
    let selects = [
        Select {
            name: "what",
            label: w.t("log-filter-what"),
            options: std::iter::once(any()).chain(kinds).collect(),
            chosen: query.get("what").into(),
        },
        Select {
            name: "who",
            label: w.t("log-filter-who"),
            options: [("", "log-filter-anyone"), (ME, "log-filter-me")]
                .into_iter()
                .chain(BY.map(|(name, _, words)| (name, words)))
                .map(|(name, words)| (name.to_owned(), w.t(words)))
                .collect(),
            chosen: query.get("who").into(),
        },
    ];
    let filters = ["from", "to", "what", "who", "grant"];
    let filtered = filters.iter().any(|name| !query.get(name).is_empty());
    let at = |before: String| {
        let mut fields = filters.map(|name| (name, query.get(name))).to_vec();
        fields.push(("before", before.as_str()));
        address(&page.href("/access-log"), &fields)
    };
    let pager = Pager {
        name: w.t("pager-name"),
        before: (!query.get("before").is_empty()).then(|| (at(String::new()), w.t("pager-newest"))),
        after: log.next.map(|next| (at(next.to_string()), w.t("pager-older"))),
    };
    let grant = query.get("grant").to_owned();
    let only_apps =
        query.get("who") == "apps" && filters.iter().all(|name| *name == "who" || query.get(name).is_empty());
    Log { page, log, dates, selects, grant, filtered, only_apps, pager }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_the_ledger_are_told_as_days_of_the_clinic() {
        let w = Words {
            language: api::words::Language::English,
            zone: chrono_tz::America::Chicago,
            acting: false,
        };
        for (since, day) in [
            ("2026-11-23T03:27:00Z", "November 22, 2026"),
            ("2026-11-23T03:27:00.123456Z", "November 22, 2026"),
            ("2026-11-23T06:00:00Z", "November 23, 2026"),
            // What is no moment has no zone.
            ("2026-11-23", "November 23, 2026"),
        ] {
            assert_eq!(since_day(w, since), day, "{since}");
        }
    }
}

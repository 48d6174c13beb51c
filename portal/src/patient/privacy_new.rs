//! Giving a permission step by step: which sort, what it says with a look at what would be seen, the exact text, the
//! signature. What is typed is kept as it goes.

use std::collections::BTreeSet;

use api::app::App;
use api::base::{DraftId, Error, Problem, Problems};
use api::config::Act;
use api::consents::{self, Consent, Expiry, Kind, Party, Purpose, Scope, Terms};
use api::fhir::present::Category;
use api::fhir::sensitivity::{Label, Service};
use api::records::{self, Preview};
use askama::Template;
use url::form_urlencoded;

use crate::authority::{self, preview_words, unseen_hint};
use crate::components::{Choice, Text};
use crate::error::{Failure, Reply};
use crate::form::{self, At, Fields, Form, Query, day, mendable};
use crate::guard::Patient;
use crate::i18n::Words;
use crate::law;
use crate::page::Page;
use crate::patient::privacy::short;
use crate::patient::step_up;
use crate::send;

/// Which sort of permission.
#[derive(Template)]
#[template(path = "privacy_new.html")]
pub struct PrivacyNew {
    /// The frame.
    pub page: Page,
    /// One each.
    pub kinds: Vec<Choice>,
    /// What cannot be signed by whoever is here, and why.
    pub closed: Vec<(String, String)>,
}

/// The sorts, each with why it cannot be signed by whoever is here, if so.
pub type Kinds = Vec<(Kind, Result<(), &'static str>)>;

/// Asks which sort.
pub async fn choose(who: Patient) -> Reply {
    choose_page(&who, Problems::default()).await
}

async fn choose_page(who: &Patient, problems: Problems) -> Reply {
    let kinds = consents::kinds(&who.visit.app, who.actor(), who.patient).await?;
    let page = Page::new(&who.visit, "privacy-new-title").under("/privacy", "privacy-title");
    page.with_problems(problems).ok(|page| privacy_new(page, kinds))
}

/// The page with the sorts, none chosen.
pub fn privacy_new(page: Page, kinds: Kinds) -> PrivacyNew {
    let w = page.w;
    let why = |(kind, may): &(Kind, Result<(), &str>)| Some((w.t(kind.name()), w.t((*may).err()?)));
    let closed = kinds.iter().filter_map(why).collect();
    let open = kinds.iter().filter(|(_, may)| may.is_ok()).map(|(kind, _)| *kind);
    let kinds = open.map(|kind| Choice {
        kind: "radio",
        name: "kind",
        value: kind.slug().into(),
        label: w.t(kind.name()),
        hint: Some(w.t(hint(kind))),
        ticked: false,
    });
    PrivacyNew { kinds: kinds.collect(), closed, page }
}

fn hint(kind: Kind) -> &'static str {
    match kind {
        Kind::Directive => "privacy-hint-directive",
        Kind::Hipaa508 | Kind::AppGrant => "privacy-hint-hipaa",
        Kind::Psych508 => "privacy-hint-psych",
        Kind::Part2Tpo => "privacy-hint-tpo",
        Kind::Part2Specific => "privacy-hint-specific",
        Kind::Part2Counseling => "privacy-hint-counseling",
        Kind::Part2Proceedings => "privacy-hint-proceedings",
        Kind::Research => "privacy-hint-research",
    }
}

/// Begins a form of that sort.
pub async fn begin(who: Patient, Form(fields): Form) -> Reply {
    let Some(kind) = Kind::from_slug(fields.get("kind")) else {
        let problems = Problems(vec![Problem { field: "kind", code: "problem-consent-kind" }]);
        return choose_page(&who, problems).await;
    };
    let id = consents::begin(&who.visit.app, who.actor(), (who.patient, kind)).await?;
    Ok(send::elsewhere(&who.visit.href(&format!("/privacy/drafts/{id}"))))
}

/// What the permission says.
#[derive(Template)]
#[template(path = "privacy_terms.html")]
pub struct PrivacyTerms {
    /// The frame.
    pub page: Page,
    /// The form.
    pub id: DraftId,
    /// The sort, in words.
    pub kind: String,
    /// Of what alone it can be, where a minor signs.
    pub alone: Option<String>,
    /// Whether they were asked if they mean a choice of which nothing would be seen.
    pub meant: Option<String>,
    /// Who receives it: by name, or the classes that treat and pay.
    pub who: Vec<Choice>,
    /// The name of who receives it.
    pub recipient: Text,
    /// Permissions in force beside which this one cannot be signed.
    pub others: Vec<Consent>,
    /// Where to send it.
    pub address: Text,
    /// Of which notes alone it is, where it has no parts to choose.
    pub notes: Option<String>,
    /// Everything, or chosen parts.
    pub what: [Choice; 2],
    /// The categories.
    pub categories: Vec<Choice>,
    /// From when, until when.
    pub dates: [Text; 2],
    /// Protected kinds of information; none where there is nothing to choose.
    pub labels: Vec<Choice>,
    /// What for; none where nobody asks.
    pub purposes: Vec<Choice>,
    /// How it ends; none where nobody asks.
    pub until: Vec<Choice>,
    /// The last day, and the event.
    pub ends: [Text; 2],
    /// What they would see.
    pub preview: Vec<String>,
}

impl PrivacyTerms {
    fn other(&self, other: &Consent) -> String {
        short(self.page.w, other)
    }
}

/// Shows the form with what was typed, and what would be seen.
pub async fn terms(who: Patient, At((id,)): At<(String,)>, Query(query): Query) -> Reply {
    let (id, kind, kept) = draft(&who, &id).await?;
    let typed = step_up::typed(&who.visit, who.actor(), &query).await?.map(|typed| typed.fields);
    let fields = typed.unwrap_or(kept);
    answer(&who, (id, kind), &fields, Problems::default()).await
}

/// Keeps what was typed and shows what would be seen.
pub async fn look(who: Patient, At((id,)): At<(String,)>, Form(fields): Form) -> Reply {
    let (id, ..) = draft(&who, &id).await?;
    keep(&who, id, &fields).await?;
    Ok(send::elsewhere(&who.visit.href(&format!("/privacy/drafts/{id}#preview"))))
}

/// Keeps what was typed; where nothing is missing, leads to the text.
pub async fn go_on(who: Patient, At((id,)): At<(String,)>, Form(fields): Form) -> Reply {
    let (id, kind, _) = draft(&who, &id).await?;
    keep(&who, id, &fields).await?;
    let app = &who.visit.app;
    let blank = consents::blank(app, who.actor(), (who.patient, kind)).await?;
    let (terms, mut problems) = own(app, blank, &fields);
    let text = consents::read_back(app, who.actor(), (who.patient, &terms), who.visit.w.language).await;
    let of_own = terms.scope.as_ref().is_some_and(|scope| !scope.alone.is_empty());
    if text.is_ok() && problems.0.is_empty() && !of_own && !kind.is_of_notes() {
        let seen = records::preview(app, who.actor(), (who.patient, consents::lens(&terms))).await?;
        problems.0.extend(authority::shows_nothing(&seen, &fields));
    }
    match text {
        Ok(_) if problems.0.is_empty() => {
            Ok(send::elsewhere(&who.visit.href(&format!("/privacy/drafts/{id}/sign"))))
        }
        Ok(_) => answer(&who, (id, kind), &fields, problems).await,
        Err(error) => {
            add(&mut problems, mendable(error)?);
            answer(&who, (id, kind), &fields, problems).await
        }
    }
}

/// Throws the form away.
pub async fn remove(who: Patient, At((id,)): At<(String,)>, _form: Form) -> Reply {
    let (id, ..) = draft(&who, &id).await?;
    consents::drop_draft(&who.visit.app, who.actor(), (who.patient, id)).await?;
    Ok(send::elsewhere(&who.visit.href("/privacy")))
}

async fn draft(who: &Patient, id: &str) -> Result<(DraftId, Kind, Fields), Failure> {
    let id: DraftId = id.parse().map_err(|_| Error::NotFound)?;
    let draft = consents::draft(&who.visit.app, who.actor(), (who.patient, id)).await?;
    Ok((id, draft.kind, Fields::parse(draft.fields.as_bytes())))
}

/// The fields that are kept; never the token, and never the signature.
const KEPT: [&str; 12] = [
    "who",
    "recipient",
    "address",
    "what",
    "categories",
    "labels",
    "from",
    "to",
    "purposes",
    "until",
    "until_day",
    "until_event",
];

async fn keep(who: &Patient, id: DraftId, fields: &Fields) -> Result<(), Failure> {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for name in KEPT {
        for value in fields.all(name) {
            kept.append_pair(name, &value);
        }
    }
    kept.append_pair("looked", "yes");
    consents::keep_draft(&who.visit.app, who.actor(), (who.patient, id, &kept.finish())).await?;
    Ok(())
}

/// One sentence beside a field is enough.
fn add(problems: &mut Problems, more: Problems) {
    for problem in more.0 {
        if !problems.0.iter().any(|known| known.field == problem.field) {
            problems.0.push(problem);
        }
    }
}

/// The terms of a form of ours: with the statements that the law asks for what was ticked.
fn own(app: &App, blank: Terms, fields: &Fields) -> (Terms, Problems) {
    let (terms, mut problems) = read(app, blank, fields);
    // One sentence: nothing was chosen, so no name is missing yet.
    if terms.kind == Kind::Part2Tpo && fields.get("who").is_empty() {
        add(&mut problems, Problems(vec![Problem { field: "recipient", code: "problem-consent-who" }]));
    }
    let statements = consents::statements(terms.kind, &terms.purposes);
    (Terms { statements, ..terms }, problems)
}

/// The terms that a form says, with the statements that are known to stand on it.
pub fn read(app: &App, blank: Terms, fields: &Fields) -> (Terms, Problems) {
    let mut problems = Problems(form::parts_fault(fields).into_iter().collect());
    let kind = blank.kind;
    let categories = of_parts(kind, fields)
        .then(|| form::ticked(fields, ("categories", Category::from_slug), &mut problems));
    let mut labels = form::ticked(fields, ("labels", Label::from_slug), &mut problems);
    labels.extend(consents::needed(kind));
    // Who may sign for what they asked for alone only, does so for what they ticked of it.
    let mut alone = blank.scope.as_ref().map(|scope| scope.alone.clone()).unwrap_or_default();
    alone.retain(|one| one.label().is_some_and(|label| labels.contains(&label)));
    labels.extend((!alone.is_empty()).then_some(Label::Minor));
    let scope = Scope {
        categories,
        labels,
        alone,
        from: day(fields, "from", &mut problems),
        to: day(fields, "to", &mut problems),
    };
    let by_class = kind == Kind::Part2Tpo && fields.get("who") == "classes";
    let recipient = Party {
        name: if by_class { String::new() } else { fields.get("recipient").to_owned() },
        address: fields.get("address").to_owned(),
        classes: if by_class { consents::tpo_classes() } else { BTreeSet::new() },
    };
    let purposes = match fixed_purposes(kind) {
        Some(fixed) => fixed.iter().copied().collect(),
        None => form::ticked(fields, ("purposes", Purpose::from_slug), &mut problems),
    };
    let expiry = expiry(app, kind, fields, &mut problems);
    let terms = Terms { recipient, scope: Some(scope), purposes, expiry, ..blank };
    (terms, problems)
}

/// Whether a form is for the parts that are ticked. What may be used against the person is never all that there is unless
/// they say so.
fn of_parts(kind: Kind, fields: &Fields) -> bool {
    match fields.get("what") {
        "" => kind == Kind::Part2Proceedings,
        what => what == "some",
    }
}

/// Purposes that a sort has by itself.
fn fixed_purposes(kind: Kind) -> Option<&'static [Purpose]> {
    match kind {
        Kind::Directive => Some(&[]),
        Kind::Part2Tpo => Some(&[Purpose::Treatment, Purpose::Payment, Purpose::Operations]),
        Kind::Part2Proceedings => Some(&[Purpose::Proceedings]),
        Kind::Research => Some(&[Purpose::Research]),
        _ => None,
    }
}

fn may_be_endless(kind: Kind) -> bool {
    matches!(kind, Kind::Research | Kind::Part2Tpo)
}

fn expiry(app: &App, kind: Kind, fields: &Fields, problems: &mut Problems) -> Option<Expiry> {
    if kind == Kind::Directive {
        return None;
    }
    match fields.get("until") {
        "day" => {
            let mut found = Problems::default();
            let last = day(fields, "until_day", &mut found);
            problems.0.extend(found.0.iter().map(|_| Problem { field: "until", code: "problem-date" }));
            let last = last?;
            consents::end_of(app, &last).map(|over| Expiry::Day { last, over })
        }
        "event" => Some(Expiry::Event { what: fields.get("until_event").to_owned() }),
        "never" => Some(Expiry::Never),
        _ => None,
    }
}

async fn answer(who: &Patient, (id, kind): (DraftId, Kind), fields: &Fields, problems: Problems) -> Reply {
    let app = &who.visit.app;
    let blank = consents::blank(app, who.actor(), (who.patient, kind)).await?;
    let alone = blank.scope.as_ref().map(|scope| scope.alone.clone()).unwrap_or_default();
    let (terms, _) = own(app, blank, fields);
    let lens = consents::lens(&terms);
    let preview = records::preview(app, who.actor(), (who.patient, lens)).await?;
    let others = match problems.0.iter().any(|problem| problem.field == "recipient") {
        true => consents::in_the_way(app, who.actor(), (who.patient, &terms)).await?,
        false => vec![],
    };
    let page = Page::new(&who.visit, "privacy-terms-title").of(&preview.person).with_problems(problems);
    let page = page.under("/privacy", "privacy-title");
    page.ok(|page| privacy_terms(page, (id, &terms, others), (&alone, &preview, fields)))
}

/// The form from what is known and what was typed.
pub fn privacy_terms(
    page: Page,
    (id, terms, others): (DraftId, &Terms, Vec<Consent>),
    (alone, preview, typed): (&BTreeSet<Service>, &Preview, &Fields),
) -> PrivacyTerms {
    let (w, kind) = (page.w, terms.kind);
    let choice = |name: &'static str, (value, label): (&str, String), ticked: bool| Choice {
        kind: "radio",
        name,
        value: value.into(),
        label,
        hint: None,
        ticked,
    };
    let tick = |name: &'static str, value: &str, label: String| Choice {
        kind: "checkbox",
        ..choice(name, (value, label), typed.all(name).iter().any(|ticked| ticked == value))
    };
    let some = of_parts(kind, typed);
    let classes = typed.get("who") == "classes";
    let who = [
        choice("who", ("classes", w.t("privacy-who-classes")), classes),
        choice("who", ("name", w.t("privacy-who-name")), typed.get("who") == "name"),
    ];
    let until = typed.get("until");
    let ends =
        [("day", "privacy-until-day"), ("event", "privacy-until-event"), ("never", "privacy-until-never")];
    let ends = ends.into_iter().filter(|(value, _)| *value != "never" || may_be_endless(kind));
    let purposes = Purpose::ALL.into_iter().filter(|purpose| *purpose != Purpose::Proceedings);
    let named = |id| if w.acting { consents::for_another(id) } else { id };
    let text = |name, label: &str| Text::new(&page, name, label).value(typed.get(name));
    let words = match typed.get("looked") {
        "yes" => seen_words(w, (terms, preview)),
        _ => vec![w.t("privacy-preview-none")],
    };
    // What they asked for alone is in it by itself.
    let labels =
        consents::choosable(kind).filter(|label| alone.is_empty() || *label != Label::Minor).map(|label| {
            Choice {
                hint: (label == Label::Unreviewed).then(|| w.t("label-unreviewed-hint")),
                ..tick("labels", label.slug(), w.t(label.name()))
            }
        });
    PrivacyTerms {
        id,
        kind: w.t(kind.name()),
        alone: of_services(w, alone).map(|list| w.t1("privacy-terms-alone", "list", list)),
        meant: authority::meant(&page, typed),
        who: if kind == Kind::Part2Tpo { who.into() } else { vec![] },
        others,
        recipient: text("recipient", "privacy-recipient").hint(w.t("privacy-recipient-hint")),
        address: text("address", "privacy-address").hint(w.t(match kind {
            Kind::Directive => "privacy-address-hint-must",
            _ => "privacy-address-hint",
        })),
        notes: notes(kind).map(|id| w.t(id)),
        what: [
            choice("what", ("all", w.t("privacy-what-all")), !some),
            choice("what", ("some", w.t("privacy-what-some")), some),
        ],
        categories: Category::ALL
            .into_iter()
            .map(|category| tick("categories", category.slug(), w.t(category.name())))
            .map(|choice| match choice.ticked {
                true => Choice { hint: unseen_hint(w, preview, &choice.value), ..choice },
                false => choice,
            })
            .collect(),
        dates: [("from", "filter-from"), ("to", "filter-to")]
            .map(|(name, label)| text(name, label).kind("date")),
        labels: labels.collect(),
        purposes: match fixed_purposes(kind) {
            Some(_) => vec![],
            None => {
                purposes.map(|purpose| tick("purposes", purpose.slug(), w.t(named(purpose.name())))).collect()
            }
        },
        until: match kind {
            Kind::Directive => vec![],
            _ => ends.map(|(value, label)| choice("until", (value, w.t(label)), until == value)).collect(),
        },
        ends: [
            law::at_latest(&page, text("until_day", "privacy-until-last").kind("date")),
            text("until_event", "privacy-until-what").hint(w.t("privacy-until-what-hint")),
        ],
        preview: words,
        page,
    }
}

/// The sentence on the notes that a sort is about, where it is about nothing else.
fn notes(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Psych508 => Some("privacy-terms-psych"),
        Kind::Part2Counseling => Some("privacy-terms-counseling"),
        _ => None,
    }
}

/// The names of services; none of none.
fn of_services(w: Words, services: &BTreeSet<Service>) -> Option<String> {
    let names: Vec<_> = services.iter().filter_map(|one| Some(w.t(one.label()?.name()))).collect();
    (!names.is_empty()).then(|| api::words::list(w.language, &names))
}

/// What they would see; of records of a program, also whom here a permission for a part of them serves. What a minor asked
/// for alone is told in words: no number of it stands on a page that somebody may look over. So are notes that are kept
/// apart: how many there are is not the reader's to know (45 CFR 164.524(a)(1)(i)), and nothing else is in it.
fn seen_words(w: Words, (terms, preview): (&Terms, &Preview)) -> Vec<String> {
    let own = terms.scope.as_ref().and_then(|scope| of_services(w, &scope.alone));
    if let Some(list) = own {
        return vec![w.t1("privacy-preview-alone", "list", list)];
    }
    if terms.kind.is_of_notes() {
        return vec![w.t("privacy-preview-notes")];
    }
    let mut words = preview_words(w, (&terms.recipient.name, preview));
    let lens = consents::lens(terms);
    if terms.kind.is_part2() && (lens.categories != -1 || lens.is_dated()) {
        words.push(w.t("privacy-preview-program"));
    }
    words
}

/// The exact text and the place to sign.
#[derive(Template)]
#[template(path = "privacy_sign.html")]
pub struct PrivacySign {
    /// The frame.
    pub page: Page,
    /// The form.
    pub id: DraftId,
    /// The text.
    pub text: String,
    /// Its hash, which says that this text was shown.
    pub shown: String,
    /// The name.
    pub typed: Text,
    /// The name of the kept form, where the person signed in again for it.
    pub kept: Option<String>,
    /// Whether they did sign in again.
    pub again: bool,
}

/// Shows the text before it is signed, with the name that was typed before the person went to sign in again.
pub async fn read_back(who: Patient, At((id,)): At<(String,)>, Query(query): Query) -> Reply {
    let (id, kind, fields) = match draft(&who, &id).await {
        // What was signed already is shown: a second click leads to the same.
        Err(Failure::Error(Error::NotFound)) => return signed_already(&who, &id).await,
        other => other?,
    };
    let typed = step_up::typed(&who.visit, who.actor(), &query).await?.map(|typed| typed.fields);
    let typed = typed.unwrap_or_default();
    sign_page(&who, (id, kind), (&fields, &typed), Problems::default()).await
}

async fn signed_already(who: &Patient, id: &str) -> Reply {
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let found = consents::one(&who.visit.app, who.actor(), (who.patient, id), None).await?;
    Ok(send::elsewhere(&who.visit.href(&format!("/privacy/permissions/{}", found.consent.id))))
}

async fn sign_page(
    who: &Patient,
    (id, kind): (DraftId, Kind),
    (fields, typed): (&Fields, &Fields),
    problems: Problems,
) -> Reply {
    let app = &who.visit.app;
    let blank = consents::blank(app, who.actor(), (who.patient, kind)).await?;
    let (terms, mut found) = own(app, blank, fields);
    let text = consents::read_back(app, who.actor(), (who.patient, &terms), who.visit.w.language).await;
    let text = match text {
        Ok(text) if found.0.is_empty() => text,
        Ok(_) => return answer(who, (id, kind), fields, found).await,
        Err(error) => {
            add(&mut found, mendable(error)?);
            return answer(who, (id, kind), fields, found).await;
        }
    };
    let page = Page::new(&who.visit, "privacy-sign-title").with_problems(problems);
    let page = page
        .under("/privacy", "privacy-title")
        .under(&format!("/privacy/drafts/{id}"), "privacy-terms-title");
    let name = consents::signing_name(app, who.actor(), (who.patient, kind)).await?;
    page.ok(|page| privacy_sign(page, (id, text, (&name, &who.actor().name)), typed))
}

/// The page from its text, the name to sign with, and that of the account.
pub fn privacy_sign(
    page: Page,
    (id, text, (name, account)): (DraftId, String, (&str, &str)),
    form: &Fields,
) -> PrivacySign {
    let shown = consents::hash(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    // By another name than that of the account signs only whom the clinic knows by it.
    let hint = match name == account {
        true => page.w.t1("privacy-typed-hint", "name", name),
        false => page.w.t2("privacy-typed-confirmed", ("name", name), ("account", account)),
    };
    let typed = Text::new(&page, "typed", "privacy-typed").hint(hint).value(form.get("typed")).fill("name");
    let kept = form.some(step_up::KEPT);
    let again = kept.is_some() && step_up::is_done(&page.visit, Act::Sign);
    PrivacySign { id, text, shown, typed, kept, again, page }
}

/// Signs.
pub async fn sign(who: Patient, At((path,)): At<(String,)>, Form(form): Form) -> Reply {
    let (id, kind, fields) = match draft(&who, &path).await {
        Err(Failure::Error(Error::NotFound)) => return signed_already(&who, &path).await,
        other => other?,
    };
    let app = &who.visit.app;
    let page = who.visit.href(&format!("/privacy/drafts/{id}/sign"));
    step_up::before(&who.visit, who.actor(), Act::Sign, (&page, &form)).await?;
    let blank = consents::blank(app, who.actor(), (who.patient, kind)).await?;
    let (mut terms, problems) = own(app, blank, &fields);
    if !problems.0.is_empty() {
        return answer(&who, (id, kind), &fields, problems).await;
    }
    terms.signer.typed = form.get("typed").to_owned();
    let text = (who.visit.w.language, form.get("shown"));
    match consents::sign(app, who.actor(), (who.patient, id, terms), text).await {
        Ok(id) => {
            step_up::done(&who.visit, who.actor(), &form).await?;
            Ok(send::elsewhere(&who.visit.href(&format!("/privacy/permissions/{id}"))))
        }
        Err(error) => sign_page(&who, (id, kind), (&fields, &form), mendable(error)?).await,
    }
}

//! People who can act for me, and people I act for: inviting a delegate, what they would see, ending it.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use api::base::{AuthorityId, Problem, Problems};
use api::fhir::present::Category;
use api::fhir::sensitivity::Label;
use api::records::{self, Preview};
use api::representation::{self, Ask, End, Held, Invitation, Kind, Scope, Standing};
use askama::Template;

use crate::components::{Choice, Select, Text};
use crate::error::Reply;
use crate::form::{Fields, Form, mendable};
use crate::guard::{Patient, SignedIn};
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::acting::kind_name;
use crate::send;

/// How long a delegate may look, in days; 0 has no end.
const SPANS: [(&str, i64); 5] = [("week", 7), ("month", 30), ("quarter", 90), ("year", 365), ("open", 0)];

/// The two lists.
#[derive(Template)]
#[template(path = "people.html")]
pub struct People {
    /// The frame.
    pub page: Page,
    /// Who may act for me, if a record is mine.
    pub mine: Option<Vec<Held>>,
    /// For whom I act.
    pub others: Vec<Held>,
}

impl People {
    fn standing(&self, held: &Held) -> String {
        let w = self.page.w;
        match held.standing {
            Standing::Invited => w.t1("people-invited", "date", w.day(&held.authority.code_until)),
            Standing::Active => match held.authority.until {
                Some(until) => w.t1("people-active-until", "date", w.day(&until)),
                None => w.t("people-active"),
            },
            Standing::Ended(end) => w.t(ended(end)),
        }
    }

    fn scope(&self, held: &Held) -> String {
        scope_words(self.page.w, held.authority.kind, &held.authority.scope)
    }

    fn kind(&self, held: &Held) -> String {
        self.page.w.t(kind_name(held.authority.kind))
    }

    fn live(&self, held: &Held) -> bool {
        !matches!(held.standing, Standing::Ended(_))
    }

    fn may_end(&self, held: &Held) -> bool {
        self.live(held) && held.authority.kind == Kind::Delegate
    }
}

fn ended(end: End) -> &'static str {
    match end {
        End::ByPerson => "people-ended-by-person",
        End::GivenUp => "people-ended-given-up",
        End::ByClinic => "people-ended-by-clinic",
        End::Expired => "people-ended-expired",
        End::Majority => "people-ended-majority",
        End::Death => "people-ended-death",
        End::NotTaken => "people-ended-not-taken",
    }
}

/// What part of a record somebody may see, in words.
fn scope_words(w: Words, kind: Kind, scope: &Scope) -> String {
    let parts = match &scope.categories {
        None => w.t("people-scope-all"),
        Some(chosen) => {
            let names: Vec<String> = chosen.iter().map(|category| w.t(category.name())).collect();
            w.t1("people-scope-parts", "list", api::words::list(w.language, &names))
        }
    };
    let mut words = vec![parts];
    if kind == Kind::Delegate {
        let names: Vec<String> = scope.shown.iter().map(|label| w.t(label.name())).collect();
        words.push(match names.as_slice() {
            [] => w.t("people-scope-no-protected"),
            names => w.t1("people-scope-protected", "list", api::words::list(w.language, names)),
        });
    }
    words.push(w.t(if scope.copies { "people-scope-copies" } else { "people-scope-no-copies" }));
    words.join(" ")
}

/// Shows them.
pub async fn list(who: SignedIn) -> Reply {
    let app = &who.visit.app;
    let mine = match &who.session.link {
        Some(link) => Some(representation::over(app, who.actor(), link.patient).await?),
        None => None,
    };
    let others = representation::held_by(app, who.actor()).await?;
    Page::new(&who.visit, "people-title").ok(|page| People { page, mine, others })
}

/// The form of an invitation.
#[derive(Template)]
#[template(path = "people_new.html")]
pub struct PeopleNew {
    /// The frame.
    pub page: Page,
    /// Who.
    pub name: Text,
    /// Everything, or chosen parts.
    pub what: [Choice; 2],
    /// The categories.
    pub categories: Vec<Choice>,
    /// Protected kinds of information.
    pub labels: Vec<Choice>,
    /// Whether they may take copies.
    pub copies: Choice,
    /// How long.
    pub span: Select,
    /// What they would see.
    pub preview: Vec<String>,
}

/// Shows the form; nothing protected is ticked.
pub async fn form(who: Patient) -> Reply {
    let mut fields = Fields::default();
    fields.set("what", "all");
    fields.set("span", "quarter");
    answer(&who, &fields, Problems::default()).await
}

/// Shows the form again with what the invited would see.
pub async fn preview(who: Patient, Form(fields): Form) -> Reply {
    answer(&who, &fields, Problems::default()).await
}

/// Makes the invitation and shows its code, once.
pub async fn invite(who: Patient, Form(fields): Form) -> Reply {
    let app = &who.visit.app;
    let days = SPANS.iter().find(|(name, _)| *name == fields.get("span")).map(|(_, days)| *days);
    let Some(days) = days else {
        let problems = Problems(vec![Problem { field: "span", code: "problem-required" }]);
        return answer(&who, &fields, problems).await;
    };
    let ask = Ask {
        name: fields.get("name").to_owned(),
        kind: Kind::Delegate,
        evidence: String::new(),
        scope: scope(&fields),
        until: (days > 0).then(|| representation::days_from_now(app, days)),
    };
    let name = ask.name.clone();
    match representation::invite(app, who.actor(), (who.patient, ask)).await {
        Ok(invitation) => {
            let page = Page::new(&who.visit, "people-code-title").under("/people", "nav-people");
            page.reply(StatusCode::CREATED, |page| PeopleCode { page, name, invitation })
        }
        Err(error) => answer(&who, &fields, mendable(error)?).await,
    }
}

fn scope(fields: &Fields) -> Scope {
    let categories = (fields.get("what") == "some")
        .then(|| fields.all("categories").iter().filter_map(|slug| Category::from_slug(slug)).collect());
    let shown = fields.all("labels").iter().filter_map(|slug| Label::from_slug(slug)).collect();
    Scope { categories, shown, copies: fields.get("copies") == "yes" }
}

async fn answer(who: &Patient, fields: &Fields, problems: Problems) -> Reply {
    let app = &who.visit.app;
    let lens = representation::lens(Kind::Delegate, &scope(fields));
    let preview = records::preview(app, who.actor(), (who.patient, lens)).await?;
    let page = Page::new(&who.visit, "people-new-title").of(&preview.person).with_problems(problems);
    let page = page.under("/people", "nav-people");
    page.ok(|page| people_new(page, &preview, fields))
}

/// The form from what is known and what was typed.
pub fn people_new(page: Page, preview: &Preview, typed: &Fields) -> PeopleNew {
    let w = page.w;
    let some = typed.get("what") == "some";
    let what = [("all", "people-what-all", !some), ("some", "people-what-some", some)].map(
        |(value, label, ticked)| Choice {
            kind: "radio",
            name: "what",
            value: value.into(),
            label: w.t(label),
            hint: None,
            ticked,
        },
    );
    let chosen = typed.all("categories");
    let categories = preview.shelves.iter().map(|(category, ..)| Choice {
        kind: "checkbox",
        name: "categories",
        value: category.slug().into(),
        label: w.t(category.name()),
        hint: None,
        ticked: chosen.iter().any(|slug| slug == category.slug()),
    });
    let ticked = typed.all("labels");
    let labels = representation::choosable().map(|label| Choice {
        kind: "checkbox",
        name: "labels",
        value: label.slug().into(),
        label: w.t(label.name()),
        hint: (label == Label::Unreviewed).then(|| w.t("label-unreviewed-hint")),
        ticked: ticked.iter().any(|slug| slug == label.slug()),
    });
    let name = Text::new(&page, "name", "people-name").hint(w.t("people-name-hint")).value(typed.get("name"));
    let copies = Choice {
        kind: "checkbox",
        name: "copies",
        value: "yes".into(),
        label: w.t("people-copies"),
        hint: Some(w.t("people-copies-hint")),
        ticked: typed.get("copies") == "yes",
    };
    let spans = SPANS.iter().map(|(name, _)| ((*name).to_owned(), w.t(&format!("people-span-{name}"))));
    let span = Select {
        name: "span",
        label: w.t("people-span"),
        options: spans.collect(),
        chosen: typed.get("span").into(),
    };
    PeopleNew {
        name,
        what,
        categories: categories.collect(),
        labels: labels.collect(),
        copies,
        span,
        preview: preview_words(w, preview),
        page,
    }
}

/// "They would see 412 of 430 items", and what the rest is.
fn preview_words(w: Words, preview: &Preview) -> Vec<String> {
    let (all, seen) =
        preview.shelves.iter().fold((0, 0), |(all, seen), (_, total, shown)| (all + total, seen + shown));
    let mut words =
        vec![w.t2("people-preview", ("seen", w.number(seen)), ("all", w.n("record-items", all)))];
    for (category, total, shown) in &preview.shelves {
        if shown < total {
            let hidden = w.n("record-items", total - shown);
            words.push(w.t2(
                "people-preview-part",
                ("category", w.t(category.name())),
                ("hidden", hidden),
            ));
        }
    }
    words
}

/// The code of an invitation.
#[derive(Template)]
#[template(path = "people_code.html")]
pub struct PeopleCode {
    /// The frame.
    pub page: Page,
    /// For whom.
    pub name: String,
    /// The code.
    pub invitation: Invitation,
}

/// Ends an authority: one's own gift, or what one holds.
pub async fn end(who: SignedIn, id: Path<String>, _form: Form) -> Reply {
    let id: AuthorityId = id.parse().map_err(|_| api::base::Error::NotFound)?;
    representation::end(&who.visit.app, who.actor(), id).await?;
    Ok(send::elsewhere("/people"))
}


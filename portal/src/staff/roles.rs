//! People and roles: who has which and from where, what waits for a second person, and the sign-off.

use api::base::ReviewId;
use api::staff::{self, Action, Grant, Holder, Origin, Review, Role};
use askama::Template;

use super::parts::{self, Area};
use super::words;
use crate::components::Pager;
use crate::error::Reply;
use crate::form::{Fields, Form, Query, mendable};
use crate::guard::Staff;
use crate::page::Page;
use crate::send;

/// How many people stand on a page.
const LINES: usize = 25;

/// The page.
#[derive(Template)]
#[template(path = "staff/roles.html")]
pub struct Roles {
    /// The frame.
    pub page: Page,
    /// What waits for a second person, or for its day.
    pub waiting: Vec<Grant>,
    /// Who has a role.
    pub holders: Vec<Holder>,
    /// How many have not been here for long.
    pub unused: usize,
    /// Links to other pages of what waits.
    pub waits: Pager,
    /// Links to other pages of who has a role.
    pub pager: Pager,
    /// Whether the reader may ask for roles.
    pub asks: bool,
}

impl Roles {
    fn power(&self, grant: &Grant) -> String {
        self.page.w.t(words::power(&grant.power))
    }

    fn standing(&self, grant: &Grant) -> String {
        words::state(self.page.w, &self.page.visit.app, grant)
    }

    fn asked(&self, grant: &Grant) -> String {
        words::asked(self.page.w, grant)
    }
}

/// Shows it.
pub async fn list(who: Staff, Query(query): Query) -> Reply {
    let app = &who.visit.app;
    let number = query.get("waiting").parse().unwrap_or(1).clamp(1, 1_000);
    let (grants, more) = staff::waiting_grants(app, number).await?;
    let holders = staff::holders(app).await?;
    let asks = who.right(Action::ManageRoles).whole();
    let page = Page::new(&who.visit, "desk-roles-title").desk(&who.roles);
    page.ok(|page| {
        let waits = waits(&page, (number, more));
        roles(page, (grants, waits), holders, (parts::number(&query), asks))
    })
}

/// Links to other pages of what waits.
pub fn waits(page: &Page, (number, more): (i64, bool)) -> Pager {
    let link = |number: i64| format!("/staff/roles?waiting={number}");
    Pager {
        name: page.w.t("desk-roles-waiting-pages"),
        before: (number > 1).then(|| (link(number - 1), page.w.t("desk-page-before"))),
        after: more.then(|| (link(number + 1), page.w.t("desk-page-after"))),
    }
}

/// The page from what is known.
pub fn roles(
    page: Page,
    (waiting, waits): (Vec<Grant>, Pager),
    holders: Vec<Holder>,
    (number, asks): (i64, bool),
) -> Roles {
    let unused = holders.iter().filter(|holder| holder.unused).count();
    let before = usize::try_from(number - 1).unwrap_or(0) * LINES;
    let more = holders.len() > before + LINES;
    let holders = holders.into_iter().skip(before).take(LINES).collect();
    let pager = parts::pager(page.w, "/staff/roles", (number, more));
    Roles { page, waiting, holders, unused, waits, pager, asks }
}

/// Grants of the past.
#[derive(Template)]
#[template(path = "staff/roles_past.html")]
pub struct Past {
    /// The frame.
    pub page: Page,
    /// Newest first.
    pub grants: Vec<Grant>,
    /// Links to the pages before and after.
    pub pager: Pager,
}

impl Past {
    fn power(&self, grant: &Grant) -> String {
        self.page.w.t(words::power(&grant.power))
    }

    fn standing(&self, grant: &Grant) -> String {
        words::state(self.page.w, &self.page.visit.app, grant)
    }

    fn asked(&self, grant: &Grant) -> String {
        words::asked(self.page.w, grant)
    }
}

/// Shows them.
pub async fn past(who: Staff, Query(query): Query) -> Reply {
    let number = parts::number(&query);
    let found = staff::past_grants(&who.visit.app, number).await?;
    let page =
        Page::new(&who.visit, "desk-past-title").desk(&who.roles).under("/staff/roles", "desk-roles-title");
    page.ok(|page| past_page(page, number, found))
}

/// The page from what is known.
pub fn past_page(page: Page, number: i64, (grants, more): (Vec<Grant>, bool)) -> Past {
    let pager = parts::pager(page.w, "/staff/roles/past", (number, more));
    Past { page, grants, pager }
}

/// The reviews of access, and the form to sign one off.
#[derive(Template)]
#[template(path = "staff/reviews.html")]
pub struct Reviews {
    /// The frame.
    pub page: Page,
    /// The form's own id.
    pub once: ReviewId,
    /// Newest first.
    pub reviews: Vec<Review>,
    /// Links to the pages before and after.
    pub pager: Pager,
    /// The note of a sign-off, for those who may sign.
    pub remark: Option<Area>,
}

impl Reviews {
    fn line(&self, review: &Review) -> String {
        let w = self.page.w;
        w.t2("desk-review-line", ("name", review.by.name.as_str()), ("date", w.moment(&review.by.at)))
    }
}

/// Shows them.
pub async fn reviews(who: Staff, Query(query): Query) -> Reply {
    let number = parts::number(&query);
    let found = staff::sign_offs(&who.visit.app, number).await?;
    let typed = parts::typed(&who, &query).await?;
    frame(&who).ok(|page| reviews_page(page, (number, found), (&who.roles, once(&who, &typed), &typed)))
}

fn once(who: &Staff, fields: &Fields) -> ReviewId {
    fields.get("once").parse().unwrap_or_else(|_| staff::once(&who.visit.app))
}

fn frame(who: &Staff) -> Page {
    Page::new(&who.visit, "desk-reviews-title").desk(&who.roles).under("/staff/roles", "desk-roles-title")
}

/// The page from what is known and typed.
pub fn reviews_page(
    page: Page,
    (number, (reviews, more)): (i64, (Vec<Review>, bool)),
    (roles, once, typed): (&[Role], ReviewId, &Fields),
) -> Reviews {
    let pager = parts::pager(page.w, "/staff/roles/reviews", (number, more));
    let signs = roles.contains(&Role::PrivacyOfficer);
    let remark = signs.then(|| Area::new(&page, ("remark", "desk-remark", "desk-remark-hint"), typed));
    Reviews { page, once, reviews, pager, remark }
}

/// Signs the review off.
pub async fn sign_off(who: Staff, Form(fields): Form) -> Reply {
    parts::just_signed_in(&who, ("/staff/roles/reviews", &fields)).await?;
    match staff::sign_off(&who.visit.app, who.actor(), (once(&who, &fields), fields.get("remark"))).await {
        Ok(()) => Ok(send::elsewhere("/staff/roles/reviews")),
        Err(error) => {
            let problems = mendable(error)?;
            let found = staff::sign_offs(&who.visit.app, 1).await?;
            frame(&who)
                .with_problems(problems)
                .ok(|page| reviews_page(page, (1, found), (&who.roles, once(&who, &fields), &fields)))
        }
    }
}

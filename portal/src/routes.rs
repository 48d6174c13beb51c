//! The one table of pages: method, address, who may open it, handler. It mounts the pages, and tests read it.

use actix_web::http::Method as Verb;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, Resource, Route, guard};
use api::staff::Action;

use crate::apps::{
    answer as app_answer, ask as app_ask, begin as app_begin, connected as apps, find as app_find,
    one as app_one,
};
use crate::developer::{self, apps as dev_apps, keys as dev_keys, published};
use crate::patient::{
    account, claim, copies, copy_file, copy_new, home, info, item, link, list, log, people, privacy,
    privacy_limits, privacy_messages, privacy_new, protect, question, seers, session, sign_in, step_up,
    unshown,
};
use crate::staff::consents as desk_consents;
use crate::{assets, send, staff};

/// What a browser does with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Asks for it (GET; and HEAD where [`Row::knows_head`]).
    Get,
    /// Sends a form.
    Post,
}

/// Who may open it. The handler's extractor enforces it; tests compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Anyone.
    Anyone,
    /// A person in a session ([`crate::guard::SignedIn`]).
    SignedIn,
    /// A person at a record, their own or under [`FOR`] that of somebody for whom they act
    /// ([`crate::guard::Patient`]).
    Patient,
    /// A person whose account is linked to a record, at what only they decide ([`crate::guard::Own`]).
    Own,
    /// Staff with a second factor and this right ([`crate::guard::Staff`]).
    Staff(Need),
    /// Another server, which proves itself by what it sends.
    Server,
}

/// Which right of staff an address needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Any role.
    Any,
    /// A role that may do this, if only so far.
    May(Action),
    /// A role that may do this without a limit.
    Do(Action),
    /// A role that changes labels of items; who only proposes it does not.
    Label,
}

/// What the address gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A page, or JSON for its script: compressed.
    Page,
    /// A file of a person's record: never compressed, so that parts of it can be asked for.
    File,
    /// The same, made beforehand: what a HEAD asks for is known without opening it.
    ReadyFile,
    /// What is published for programs, those in pages of other sites too: compressed.
    Published,
}

/// A row of the table.
pub struct Row {
    /// What the browser does.
    pub method: Method,
    /// The address, in the router's writing.
    pub path: &'static str,
    /// Who may open it.
    pub guard: Guard,
    /// What it gives.
    pub kind: Kind,
    handler: fn(Route) -> Route,
}

impl Row {
    /// Whether it answers HEAD. What the headers of a page of the record would be is not known without reading
    /// the record, and to read it is to write a line of the log though nothing is shown; so it does not (RFC 9110,
    /// 15.5.6).
    pub fn knows_head(&self) -> bool {
        self.method == Method::Get
            && (!matches!(self.guard, Guard::Patient | Guard::Own) || self.kind == Kind::ReadyFile)
    }
}

const fn get(path: &'static str, guard: Guard, handler: fn(Route) -> Route) -> Row {
    Row { method: Method::Get, path, guard, kind: Kind::Page, handler }
}

const fn file(path: &'static str, guard: Guard, handler: fn(Route) -> Route) -> Row {
    Row { method: Method::Get, path, guard, kind: Kind::File, handler }
}

const fn ready_file(path: &'static str, guard: Guard, handler: fn(Route) -> Route) -> Row {
    Row { method: Method::Get, path, guard, kind: Kind::ReadyFile, handler }
}

const fn published(path: &'static str, handler: fn(Route) -> Route) -> Row {
    Row { method: Method::Get, path, guard: Guard::Anyone, kind: Kind::Published, handler }
}

const fn post(path: &'static str, guard: Guard, handler: fn(Route) -> Route) -> Row {
    Row { method: Method::Post, path, guard, kind: Kind::Page, handler }
}

use Guard::{Anyone, Own, Patient, Server, SignedIn, Staff};

const DESK: Guard = Staff(Need::Any);
const LOOK: Guard = Staff(Need::May(Action::ViewRecord));
const VERIFY: Guard = Staff(Need::May(Action::VerifyIdentity));
const IDENTIFY: Guard = Staff(Need::Do(Action::VerifyIdentity));
const ACTING: Guard = Staff(Need::May(Action::DeclineRepresentative));
const LIMITS: Guard = Staff(Need::May(Action::HandleRestriction));
const CONSENTS: Guard = Staff(Need::May(Action::HandleConsent));
const ROLES: Guard = Staff(Need::May(Action::ManageRoles));
const GROUPS: Guard = Staff(Need::May(Action::HandleGroup));
const QUESTIONS: Guard = Staff(Need::Do(Action::Accounting));
const LEDGER: Guard = Staff(Need::May(Action::Accounting));
const JUDGMENT: Guard = Staff(Need::Do(Action::TagItem));
const PROTECT: Guard = Staff(Need::Label);
const AUDIT: Guard = Staff(Need::May(Action::ReadAuditLog));

/// Every address of the portal. The first that fits counts.
pub static ROUTES: &[Row] = &[
    get("/", Anyone, |r| r.to(info::welcome)),
    get("/help", Anyone, |r| r.to(info::help)),
    get("/accessibility", Anyone, |r| r.to(info::accessibility)),
    get("/assets/{name}", Anyone, |r| r.to(assets::serve)),
    post("/language", Anyone, |r| r.to(info::choose_language)),
    get("/sign-in", Anyone, |r| r.to(sign_in::choose)),
    get("/sign-in/callback", Anyone, |r| r.to(sign_in::callback)),
    post("/sign-in/{provider}", Anyone, |r| r.to(sign_in::begin)),
    get("/sign-in-again", SignedIn, |r| r.to(step_up::show)),
    post("/sign-in-again", SignedIn, |r| r.to(step_up::begin)),
    post("/sign-out", Anyone, |r| r.to(session::sign_out)),
    get("/signed-out", Anyone, |r| r.to(session::signed_out)),
    post("/back-channel-logout", Server, |r| r.to(session::back_channel_logout)),
    get("/session", Anyone, |r| r.to(session::state)),
    post("/session/extension", SignedIn, |r| r.to(session::extend)),
    get("/link", SignedIn, |r| r.to(link::show)),
    post("/link", SignedIn, |r| r.to(link::by_code)),
    get("/link/help", SignedIn, |r| r.to(link::help)),
    post("/link/help", SignedIn, |r| r.to(link::ask_staff)),
    get("/home", Patient, |r| r.to(home::home)),
    get("/record", Patient, |r| r.to(home::record)),
    get("/record/search", Patient, |r| r.to(list::search)),
    post("/record/search", Patient, |r| r.to(list::look_for)),
    get("/record/not-here", Patient, |r| r.to(home::not_here)),
    post("/record/not-here/labels", Patient, |r| r.to(home::unmark)),
    get("/record/{category}", Patient, |r| r.to(list::category)),
    post("/record/{category}", Patient, |r| r.to(list::narrow)),
    get("/record/{category}/{item}", Patient, |r| r.to(item::show)),
    file("/record/{category}/{item}/document/{n}", Patient, |r| r.to(item::document)),
    post("/record/{category}/{item}/labels", Patient, |r| r.to(item::mark)),
    post("/record/{category}/{item}/asks", Patient, |r| r.to(protect::ask)),
    post("/record/{category}/{item}/asks/{id}", Patient, |r| r.to(protect::answer)),
    get("/copies", Patient, |r| r.to(copies::list)),
    post("/copies", Patient, |r| r.to(copy_new::request)),
    get("/copies/new", Patient, |r| r.to(copy_new::form)),
    post("/copies/count", Patient, |r| r.to(copy_new::count)),
    get("/copies/{id}", Patient, |r| r.to(copies::show)),
    get("/copies/{id}/progress", Patient, |r| r.to(copies::progress)),
    ready_file("/copies/{id}/file", Patient, |r| r.to(copy_file::file)),
    post("/copies/{id}/erasure", Patient, |r| r.to(copies::erase)),
    get("/oauth/authorize", Anyone, |r| r.to(app_begin::by_address)),
    post("/oauth/authorize", Server, |r| r.to(app_begin::by_form)),
    get("/apps", Patient, |r| r.to(apps::list)),
    get("/apps/find", Patient, |r| r.to(app_find::list)),
    post("/apps/find", Patient, |r| r.to(app_find::open)),
    get("/apps/ask/{id}", SignedIn, |r| r.to(app_ask::show)),
    post("/apps/ask/{id}", SignedIn, |r| r.to(app_answer::take)),
    get("/apps/{id}", Patient, |r| r.to(app_one::show)),
    post("/apps/{id}", Patient, |r| r.to(app_one::change)),
    post("/apps/{id}/pause", Patient, |r| r.to(app_one::pause)),
    post("/apps/{id}/resumption", Patient, |r| r.to(app_one::resume)),
    get("/apps/{id}/end", Patient, |r| r.to(app_one::end_form)),
    post("/apps/{id}/end", Patient, |r| r.to(app_one::end)),
    get("/access-log", Patient, |r| r.to(log::show)),
    get("/access-log/{n}/question", Patient, |r| r.to(question::show)),
    post("/access-log/{n}/question", Patient, |r| r.to(question::ask)),
    get("/unshown", Patient, |r| r.to(unshown::show)),
    post("/unshown", Patient, |r| r.to(unshown::ask)),
    get("/unshown/{id}", Patient, |r| r.to(staff::unshown::items)),
    post("/unshown/{id}", Patient, |r| r.to(staff::unshown::decide)),
    get("/privacy", Patient, |r| r.to(privacy::show)),
    get("/privacy/permissions/new", Patient, |r| r.to(privacy_new::choose)),
    post("/privacy/permissions/new", Patient, |r| r.to(privacy_new::begin)),
    get("/privacy/drafts/{id}", Patient, |r| r.to(privacy_new::terms)),
    post("/privacy/drafts/{id}", Patient, |r| r.to(privacy_new::go_on)),
    post("/privacy/drafts/{id}/look", Patient, |r| r.to(privacy_new::look)),
    post("/privacy/drafts/{id}/removal", Patient, |r| r.to(privacy_new::remove)),
    get("/privacy/drafts/{id}/sign", Patient, |r| r.to(privacy_new::read_back)),
    post("/privacy/drafts/{id}/sign", Patient, |r| r.to(privacy_new::sign)),
    get("/privacy/permissions/{id}", Patient, |r| r.to(privacy::permission)),
    post("/privacy/permissions/{id}/revocation", Patient, |r| r.to(privacy::revoke)),
    get("/privacy/limits/new", Patient, |r| r.to(privacy_limits::form)),
    post("/privacy/limits/new", Patient, |r| r.to(privacy_limits::ask)),
    post("/privacy/limits/new/look", Patient, |r| r.to(privacy_limits::look)),
    get("/privacy/limits/{id}", Patient, |r| r.to(privacy_limits::show)),
    post("/privacy/limits/{id}/end", Patient, |r| r.to(privacy_limits::end)),
    get("/privacy/messages", Own, |r| r.to(privacy_messages::form)),
    post("/privacy/messages", Own, |r| r.to(privacy_messages::change)),
    post("/privacy/messages/code", Own, |r| r.to(privacy_messages::confirm)),
    get("/people", SignedIn, |r| r.to(people::list)),
    post("/people", Own, |r| r.to(people::invite)),
    get("/people/new", Own, |r| r.to(people::form)),
    post("/people/preview", Own, |r| r.to(people::preview)),
    get("/people/code", SignedIn, |r| r.to(people::code_form)),
    post("/people/code", SignedIn, |r| r.to(people::enter)),
    get("/people/claim", SignedIn, |r| r.to(claim::form)),
    post("/people/claims", SignedIn, |r| r.to(claim::make)),
    get("/people/claims/{id}", SignedIn, |r| r.to(claim::show)),
    post("/people/claims/{id}/papers", SignedIn, |r| r.to(claim::add_paper)),
    post("/people/claims/{id}/papers/{n}/removal", SignedIn, |r| r.to(claim::remove_paper)),
    post("/people/claims/{id}/withdrawal", SignedIn, |r| r.to(claim::withdraw)),
    get("/people/{id}", SignedIn, |r| r.to(people::one)),
    post("/people/{id}", SignedIn, |r| r.to(people::change)),
    post("/people/{id}/preview", SignedIn, |r| r.to(people::preview_one)),
    post("/people/{id}/end", SignedIn, |r| r.to(people::end)),
    get("/account", SignedIn, |r| r.to(account::show)),
    get("/account/links/{id}", Own, |r| r.to(seers::unknown)),
    post("/account/language", SignedIn, |r| r.to(account::language)),
    post("/account/devices/{id}/end", SignedIn, |r| r.to(account::end_device)),
    get("/developers", Anyone, |r| r.to(developer::docs)),
    published("/developers/openapi.json", |r| r.to(published::openapi)),
    published("/developers/brands", |r| r.to(published::brands)),
    get("/developers/systems", Anyone, |r| r.to(developer::systems)),
    get("/developers/apps", SignedIn, |r| r.to(dev_apps::list)),
    post("/developers/apps", SignedIn, |r| r.to(dev_apps::register)),
    get("/developers/apps/new", SignedIn, |r| r.to(dev_apps::form)),
    get("/developers/apps/{id}", SignedIn, |r| r.to(dev_apps::show)),
    post("/developers/apps/{id}", SignedIn, |r| r.to(dev_apps::change)),
    post("/developers/apps/{id}/secret", SignedIn, |r| r.to(dev_apps::new_secret)),
    get("/developers/apps/{id}/removal", SignedIn, |r| r.to(dev_apps::removal)),
    post("/developers/apps/{id}/removal", SignedIn, |r| r.to(dev_apps::remove)),
    get("/developers/apps/{id}/log", SignedIn, |r| r.to(dev_apps::log)),
    get("/developers/apps/{id}/keys", SignedIn, |r| r.to(dev_keys::show)),
    post("/developers/apps/{id}/keys", SignedIn, |r| r.to(dev_keys::test)),
    get("/staff", DESK, |r| r.to(staff::home::show)),
    post("/staff/views/{id}/end", DESK, |r| r.to(staff::person::end)),
    get("/staff/people", LOOK, |r| r.to(staff::people::show)),
    post("/staff/people", LOOK, |r| r.to(staff::people::search)),
    get("/staff/people/{n}/consents", CONSENTS, |r| r.to(desk_consents::of_person)),
    get("/staff/people/{n}/consents/new", CONSENTS, |r| r.to(desk_consents::paper)),
    post("/staff/people/{n}/consents/new", CONSENTS, |r| r.to(desk_consents::record)),
    get("/staff/consents/{id}", CONSENTS, |r| r.to(desk_consents::consent)),
    post("/staff/consents/{id}/change", CONSENTS, |r| r.to(desk_consents::change)),
    post("/staff/consents/{id}/revocation", CONSENTS, |r| r.to(desk_consents::revocation)),
    get("/staff/people/{n}/limits/new", LIMITS, |r| r.to(staff::limits::form)),
    post("/staff/people/{n}/limits/new", LIMITS, |r| r.to(staff::limits::record)),
    get("/staff/people/{n}/reach", LIMITS, |r| r.to(staff::reach::show)),
    post("/staff/people/{n}/reach", LIMITS, |r| r.to(staff::reach::record)),
    get("/staff/limits", LIMITS, |r| r.to(desk_consents::limits)),
    get("/staff/limits/{id}", LIMITS, |r| r.to(desk_consents::limit)),
    post("/staff/limits/{id}/answer", LIMITS, |r| r.to(desk_consents::answer)),
    post("/staff/limits/{id}/facts", LIMITS, |r| r.to(desk_consents::facts)),
    post("/staff/limits/{id}/ending", LIMITS, |r| r.to(desk_consents::ending)),
    get("/staff/people/{n}", LOOK, |r| r.to(staff::person::show)),
    post("/staff/people/{n}/views", LOOK, |r| r.to(staff::person::open)),
    get("/staff/people/{n}/emergency", Staff(Need::May(Action::BreakGlass)), |r| {
        r.to(staff::person::emergency)
    }),
    post("/staff/people/{n}/emergency", Staff(Need::May(Action::BreakGlass)), |r| {
        r.to(staff::person::open_emergency)
    }),
    get("/staff/people/{n}/links/{id}", VERIFY, |r| r.to(staff::links::show)),
    post("/staff/people/{n}/links/{id}/end", VERIFY, |r| r.to(staff::links::end)),
    get("/staff/people/{n}/codes/new", IDENTIFY, |r| r.to(staff::codes::form)),
    post("/staff/people/{n}/codes/new", IDENTIFY, |r| r.to(staff::codes::give)),
    post("/staff/people/{n}/codes/{id}/end", VERIFY, |r| r.to(staff::codes::stop)),
    get("/staff/people/{n}/representatives/new", VERIFY, |r| r.to(staff::representatives::form)),
    post("/staff/people/{n}/representatives/check", VERIFY, |r| r.to(staff::representatives::check)),
    post("/staff/people/{n}/representatives", VERIFY, |r| r.to(staff::representatives::appoint)),
    get("/staff/cases", VERIFY, |r| r.to(staff::cases::list)),
    get("/staff/cases/{id}", VERIFY, |r| r.to(staff::cases::show)),
    post("/staff/cases/{id}/check", VERIFY, |r| r.to(staff::cases::check)),
    post("/staff/cases/{id}/link", VERIFY, |r| r.to(staff::cases::link)),
    post("/staff/cases/{id}/closure", VERIFY, |r| r.to(staff::cases::close)),
    get("/staff/claims", VERIFY, |r| r.to(staff::claims::list)),
    get("/staff/claims/{id}", VERIFY, |r| r.to(staff::claims::show)),
    post("/staff/claims/{id}/check", VERIFY, |r| r.to(staff::claims::check)),
    post("/staff/claims/{id}/verification", VERIFY, |r| r.to(staff::claims::verify)),
    post("/staff/claims/{id}/rejection", VERIFY, |r| r.to(staff::claims::reject)),
    file("/staff/claims/{id}/papers/{n}", VERIFY, |r| r.to(staff::claims::paper)),
    get("/staff/authorities", ACTING, |r| r.to(staff::acting::list)),
    get("/staff/authorities/{id}", ACTING, |r| r.to(staff::authorities::show)),
    post("/staff/authorities/{id}", ACTING, |r| r.to(staff::authorities::decide)),
    get("/staff/roles", ROLES, |r| r.to(staff::roles::list)),
    get("/staff/roles/new", Staff(Need::Do(Action::ManageRoles)), |r| r.to(staff::grants::form)),
    post("/staff/roles/new", Staff(Need::Do(Action::ManageRoles)), |r| r.to(staff::grants::ask)),
    get("/staff/roles/past", ROLES, |r| r.to(staff::roles::past)),
    get("/staff/roles/reviews", ROLES, |r| r.to(staff::roles::reviews)),
    post("/staff/roles/reviews", ROLES, |r| r.to(staff::roles::sign_off)),
    get("/staff/roles/grants/{id}", ROLES, |r| r.to(staff::grants::show)),
    post("/staff/roles/grants/{id}/approval", ROLES, |r| r.to(staff::grants::approve)),
    post("/staff/roles/grants/{id}/end", ROLES, |r| r.to(staff::grants::end)),
    get("/staff/apps", ROLES, |r| r.to(staff::apps::list)),
    get("/staff/apps/new", Staff(Need::Do(Action::ManageRoles)), |r| r.to(staff::apps::form)),
    post("/staff/apps/new", Staff(Need::Do(Action::ManageRoles)), |r| r.to(staff::apps::register)),
    get("/staff/apps/{id}", ROLES, |r| r.to(staff::apps::show)),
    post("/staff/apps/{id}/suspension", Staff(Need::May(Action::HandleApp)), |r| r.to(staff::apps::suspend)),
    post("/staff/apps/{id}/resumption", Staff(Need::May(Action::HandleApp)), |r| {
        r.to(staff::apps::unsuspend)
    }),
    post("/staff/apps/{id}/agreement", ROLES, |r| r.to(staff::apps::agree)),
    post("/staff/apps/{id}/mark", Staff(Need::May(Action::HandleApp)), |r| r.to(staff::apps::mark)),
    get("/staff/groups", ROLES, |r| r.to(staff::groups::list)),
    get("/staff/groups/{id}", ROLES, |r| r.to(staff::groups::show)),
    get("/staff/groups/{id}/members", GROUPS, |r| r.to(staff::proposals::members_form)),
    post("/staff/groups/{id}/members", GROUPS, |r| r.to(staff::proposals::propose_members)),
    post("/staff/groups/{id}/systems", GROUPS, |r| r.to(staff::proposals::propose_system)),
    post("/staff/groups/{id}/systems/end", GROUPS, |r| r.to(staff::groups::take)),
    get("/staff/groups/{id}/end", GROUPS, |r| r.to(staff::proposals::end_form)),
    post("/staff/groups/{id}/end", GROUPS, |r| r.to(staff::proposals::end)),
    get("/staff/group-proposals", ROLES, |r| r.to(staff::proposals::list)),
    get("/staff/group-proposals/new", GROUPS, |r| r.to(staff::proposals::form)),
    post("/staff/group-proposals/new", GROUPS, |r| r.to(staff::proposals::propose)),
    get("/staff/group-proposals/{id}", ROLES, |r| r.to(staff::proposals::show)),
    post("/staff/group-proposals/{id}/agreement", GROUPS, |r| r.to(staff::proposals::agree)),
    post("/staff/group-proposals/{id}/refusal", GROUPS, |r| r.to(staff::proposals::decline)),
    get("/staff/questions", QUESTIONS, |r| r.to(staff::questions::list)),
    get("/staff/questions/{id}", QUESTIONS, |r| r.to(staff::questions::show)),
    post("/staff/questions/{id}/answer", QUESTIONS, |r| r.to(staff::questions::answer)),
    get("/staff/unshown", JUDGMENT, |r| r.to(staff::unshown::list)),
    get("/staff/unshown/{id}", JUDGMENT, |r| r.to(staff::unshown::show)),
    post("/staff/unshown/{id}/view", JUDGMENT, |r| r.to(staff::unshown::open)),
    get("/staff/protection", PROTECT, |r| r.to(staff::protection::list)),
    get("/staff/protection/{id}", PROTECT, |r| r.to(staff::protection::show)),
    post("/staff/protection/{id}/view", PROTECT, |r| r.to(staff::protection::open)),
    get("/staff/ledger", LEDGER, |r| r.to(staff::ledger::chains)),
    get("/staff/ledger/{n}", LEDGER, |r| r.to(staff::ledger::chain)),
    get("/staff/emergencies", AUDIT, |r| r.to(staff::emergencies::list)),
    get("/staff/emergencies/{id}", AUDIT, |r| r.to(staff::emergencies::show)),
    post("/staff/emergencies/{id}/review", AUDIT, |r| r.to(staff::emergencies::review)),
];

/// What stands before the addresses of somebody else's record.
pub const FOR: &str = "/for/{authority}";

/// What stands before the addresses of one's own record as somebody else sees it: only those that show it.
pub const AS: &str = "/as/{through}";

/// Whether a row is one of those that show the record, and so stands under [`AS`] too.
pub fn shows_record(row: &Row) -> bool {
    row.guard == Guard::Patient && row.method == Method::Get && row.path.starts_with("/record")
}

/// Mounts every page, and those of the record once more under [`FOR`] and [`AS`]. The state is
/// `web::Data<api::app::App>`.
pub fn configure(cfg: &mut ServiceConfig) {
    for (n, row) in ROUTES.iter().enumerate() {
        if ROUTES[..n].iter().any(|earlier| earlier.path == row.path) {
            continue;
        }
        mount(cfg, row, row.path);
        if row.guard == Guard::Patient {
            mount(cfg, row, &format!("{FOR}{}", row.path));
        }
        if shows_record(row) {
            mount(cfg, row, &format!("{AS}{}", row.path));
        }
    }
    cfg.default_service(web::to(send::nothing_here));
}

fn mount(cfg: &mut ServiceConfig, row: &Row, path: &str) {
    let mut resource: Resource = web::resource(path);
    for row in ROUTES.iter().filter(|other| other.path == row.path) {
        resource = resource.route((row.handler)(route(row)));
    }
    if row.kind == Kind::Published {
        resource = resource.route(web::method(Verb::OPTIONS).to(published::preflight));
    }
    let resource = resource.default_service(web::to(send::no_such_method)).wrap(from_fn(send::envelope));
    match row.kind {
        Kind::Page | Kind::Published => cfg.service(resource.wrap(Compress::default())),
        Kind::File | Kind::ReadyFile => cfg.service(resource),
    };
}

fn route(row: &Row) -> Route {
    match row.method {
        Method::Get if row.knows_head() => web::route().guard(guard::Any(guard::Get()).or(guard::Head())),
        Method::Get => web::get(),
        Method::Post => web::post(),
    }
}

/// Which right of staff a request's address needs, where it needs one.
pub fn need(request: &HttpRequest) -> Option<Need> {
    let pattern = request.match_pattern()?;
    let method = if request.method() == actix_web::http::Method::POST { Method::Post } else { Method::Get };
    let row = ROUTES.iter().find(|row| row.method == method && row.path == pattern)?;
    match row.guard {
        Staff(need) => Some(need),
        _ => None,
    }
}

/// The methods that an address answers, for the `Allow` header.
pub fn allowed(path: &str) -> String {
    let path = apart(path).1;
    // As when it is mounted: the first that fits counts.
    let pattern = ROUTES.iter().find(|row| fits(row.path, path)).map(|row| row.path);
    let known = |is: fn(&Row) -> bool| ROUTES.iter().any(|row| is(row) && Some(row.path) == pattern);
    let methods = [
        ("GET", known(|row| row.method == Method::Get)),
        ("HEAD", known(Row::knows_head)),
        ("POST", known(|row| row.method == Method::Post)),
        ("OPTIONS", known(|row| row.kind == Kind::Published)),
    ];
    methods.iter().filter(|(_, known)| *known).map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// The nearest page that can be asked for: the address itself or one above it. To come back to from a form.
pub fn nearest_page(path: &str) -> &str {
    let (record, mut within) = apart(path);
    loop {
        // As when it is mounted: the first that fits counts.
        let pattern = ROUTES.iter().find(|row| fits(row.path, within)).map(|row| row.path);
        let page = |row: &Row| row.method == Method::Get && row.kind == Kind::Page;
        if ROUTES.iter().any(|row| page(row) && Some(row.path) == pattern) {
            return &path[..record.len() + within.len()];
        }
        match within.rsplit_once('/') {
            Some((above, _)) if !above.is_empty() => within = above,
            _ => return "/",
        }
    }
}

/// What says whose record it is and through whose eyes, `/for/{authority}`, `/as/{through}` or nothing, and the address
/// within it.
pub fn apart(path: &str) -> (&str, &str) {
    let before = ["/for/", "/as/"].into_iter().find(|before| path.starts_with(before)).unwrap_or_default();
    let rest = &path[before.len()..];
    let id = if before.is_empty() { 0 } else { rest.find('/').unwrap_or(rest.len()) };
    path.split_at(if id == 0 { 0 } else { before.len() + id })
}

/// Whether an address is one of a pattern.
pub fn fits(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given))
                if wanted == given || (wanted.starts_with('{') && !given.is_empty()) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_come_back_to_a_page() {
        for (path, page) in [
            ("/copies", "/copies"),
            ("/copies/5/erasure", "/copies/5"),
            ("/account/devices/7/end", "/account"),
            ("/sign-out", "/"),
            ("/link/help", "/link/help"),
            ("/people/preview", "/people"),
            ("/people/claims", "/people"),
            ("/copies/count", "/copies"),
            ("/nothing/at/all", "/"),
            ("/for/7/copies/5/erasure", "/for/7/copies/5"),
            ("/for/7/copies", "/for/7/copies"),
            ("/for/7", "/"),
            ("/as/7/record/labs/5d", "/as/7/record/labs/5d"),
            ("/as/", "/"),
            ("/for/", "/"),
        ] {
            assert_eq!(nearest_page(path), page);
        }
        assert_eq!(allowed("/copies"), "GET, POST");
        assert_eq!(allowed("/link"), "GET, HEAD, POST");
        assert_eq!(allowed("/copies/5/file"), "GET, HEAD");
        assert_eq!(allowed("/sign-out"), "POST");
        assert_eq!(allowed("/developers/brands"), "GET, HEAD, OPTIONS");
        assert_eq!(allowed("/record/labs"), "GET, POST");
        assert_eq!(allowed("/for/7/record/labs"), "GET, POST");
        assert_eq!(allowed("/record/not-here"), "GET");
    }
}

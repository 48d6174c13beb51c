//! A ledger entry, and the box that information travels in until it is released.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::links::Decider;
use super::questions::Question;
use crate::base::{
    AccountId, AppGrantId, AuthorityId, ConsentId, Instant, ItemAddress, SessionId, ViewId, sha256,
};
use crate::config::Level;
use crate::consents;
use crate::fhir::present::Category;
use crate::fhir::sensitivity::Label;
use crate::identity::Actor;
use crate::representation::Kind;
use crate::smart;
use crate::staff::{self, Role};
use crate::visibility::{Basis, Permit, Purpose};

/// Information about a patient that has not been released. Rooms of this crate can fill it; nobody but
/// `release` can open it.
///
/// ```compile_fail,E0624
/// fn peep(held: api::disclosures::Held<String>) -> String {
///     held.open() // private
/// }
/// ```
#[derive(Debug)]
pub struct Held<T>(T);

impl<T> Held<T> {
    pub(crate) fn new(content: T) -> Self {
        Self(content)
    }

    pub(super) fn open(self) -> T {
        self.0
    }
}

/// The way by which it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A page of the portal.
    Portal,
    /// A file taken home.
    Download,
    /// The FHIR interface.
    Api,
}

/// What was released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct What {
    /// The kind of thing: `home`, `overview`, `copies`, `list`, `item`, `search`, `missing`, `log`, `copy`,
    /// `document`, `label`, `protect-asked`, `protect-answered`, `export`, `linked`, `unlinked`, `code-given`, `code-sent`, `code-stopped`, `permissions`,
    /// `reach`.
    pub kind: String,
    /// The category of the record, by its slug, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How many resources of each type.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<String, u64>,
    /// How many of them stand where in the record, by the slug of the category, where an app read them; without what is
    /// of the directory.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shelves: BTreeMap<String, u64>,
    /// The resources with their versions (`Observation/a1/_history/2`), where they are few, or where somebody decided
    /// about them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
    /// SHA-256 over the sorted list of resources with their versions, where they are many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The copy that was taken, by its id, and which part of it (`bytes 0-1023/4096`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<String>,
    /// How much of a copy that was taken are items of the record, and how much belongs to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Parts>,
    /// What was asked, as the request over the FHIR interface wrote it (`Observation?category=laboratory`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Who sees it from then on, or no more, where that was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whom: Option<Whom>,
    /// The account that sees the record as its own from then on, or no more, where that was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<Linked>,
    /// The mark that staff changed on the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked: Option<Marked>,
}

/// What a copy holds of the record itself; the others that it counts are of the directory of doctors and places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Parts {
    /// The chosen items, as lists count them.
    pub items: u64,
    /// What belongs to them and stands in no list, such as their files.
    pub beside: u64,
}

/// A label that was put on an item, or taken from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Marked {
    /// Which.
    pub label: Label,
    /// Whether it was put.
    pub put: bool,
}

/// An account about whose link to the record was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Linked {
    /// The account.
    pub account: AccountId,
    /// Its name, as the identity provider gave it.
    pub name: String,
}

/// Somebody who acts for the person, about whom was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Whom {
    /// The name, as the clinic calls them.
    pub name: String,
    /// What they are to the person.
    pub kind: Kind,
    /// Their authority.
    pub authority: AuthorityId,
    /// How many items were opened to them.
    #[serde(default, skip_serializing_if = "is_none")]
    pub opened: u64,
    /// How many were closed again.
    #[serde(default, skip_serializing_if = "is_none")]
    pub closed: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// Whether resources of a type are entries of the directory of doctors and places.
pub fn is_directory(kind: &str) -> bool {
    smart::DIRECTORY.contains(&kind)
}

/// Kinds of lines that tell who asked whether an item is protected as it should be, and who answered.
const PROTECTION: [&str; 2] = ["protect-asked", "protect-answered"];

/// More resources than this are counted and digested instead of listed.
const LISTED: usize = 10;

/// A request is kept up to this many characters.
const LONGEST_QUERY: usize = 2_000;

impl What {
    /// A page that shows no single resources.
    pub fn page(kind: &str) -> Self {
        Self {
            kind: kind.into(),
            category: None,
            counts: BTreeMap::new(),
            shelves: BTreeMap::new(),
            items: vec![],
            digest: None,
            copy: None,
            parts: None,
            query: None,
            whom: None,
            linked: None,
            marked: None,
        }
    }

    /// Whether somebody decided or asked about the items that it names: the person reads which they are.
    pub fn is_about_items(&self) -> bool {
        self.whom.is_some() || self.marked.is_some() || PROTECTION.contains(&self.kind.as_str())
    }

    /// Of an item with this change of its labels.
    pub fn marking(mut self, marked: Marked) -> Self {
        self.marked = Some(marked);
        self
    }

    /// About the link of this account.
    pub fn of_account(mut self, linked: Linked) -> Self {
        self.linked = Some(linked);
        self
    }

    /// To be seen by somebody who acts for the person, or no more.
    pub fn seen_by(mut self, whom: Whom) -> Self {
        self.whom = Some(whom);
        self
    }

    /// Asked so.
    pub fn asking(mut self, query: &str) -> Self {
        self.query = Some(query.chars().take(LONGEST_QUERY).collect());
        self
    }

    /// In this category.
    pub fn within(mut self, category: &str) -> Self {
        self.category = Some(category.into());
        self
    }

    /// And so many more of a type, which are counted and not named, and stand in no category.
    pub fn and(mut self, name: &str, count: usize) -> Self {
        if count > 0 {
            *self.counts.entry(name.to_owned()).or_default() += count as u64;
            *self.shelves.entry(name.to_owned()).or_default() += count as u64;
        }
        self
    }

    /// Where in the record the resources stand: (type, category).
    pub fn shelved<'a>(mut self, items: impl IntoIterator<Item = (&'a str, Category)>) -> Self {
        for (_, category) in items.into_iter().filter(|(kind, _)| !is_directory(kind)) {
            *self.shelves.entry(category.slug().to_owned()).or_default() += 1;
        }
        self
    }

    /// The resources that are shown: (type, id, version).
    pub fn of<'a>(self, items: impl IntoIterator<Item = (&'a str, &'a str, i64)>) -> Self {
        let mut what = self.naming(items);
        if what.items.len() > LISTED {
            let mut named = std::mem::take(&mut what.items);
            named.sort_unstable();
            what.digest = Some(hex::encode(sha256(named.iter().flat_map(|name| [name.as_bytes(), b"\n"]))));
        }
        what
    }

    /// The resources about which was decided, each by its name however many there are: the log alone tells the person
    /// which they were.
    pub fn naming<'a>(mut self, items: impl IntoIterator<Item = (&'a str, &'a str, i64)>) -> Self {
        for (kind, id, version) in items {
            *self.counts.entry(kind.to_owned()).or_default() += 1;
            self.items.push(format!("{kind}/{id}/_history/{version}"));
        }
        self
    }
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Who {
    /// What they are to the patient: `patient`, or the kind of their authority (`parent`, `delegate` …).
    pub kind: String,
    /// The account.
    pub account: AccountId,
    /// The signed-in device.
    pub session: SessionId,
    /// The name the identity provider gave.
    pub name: String,
    /// Which identity provider vouched for them.
    pub provider: String,
    /// How strongly (`acr`), if it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// How well it was checked who they are (identity assurance level, NIST SP 800-63A), where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ial: Option<u8>,
    /// How strong their sign-in was (authenticator assurance level, NIST SP 800-63B), where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aal: Option<u8>,
}

/// Who received it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Recipient {
    /// The name.
    pub name: String,
    /// The address, where there is one (45 CFR 164.528(b)(2)(ii)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// One entry, as it is kept. Its time, number and hash stand beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    /// Who acted.
    pub who: Who,
    /// Who received it.
    pub recipient: Recipient,
    /// What for.
    pub purpose: Purpose,
    /// What allowed it.
    pub basis: Basis,
    /// By which way.
    pub channel: Channel,
    /// What.
    pub what: What,
}

impl Entry {
    pub(super) fn new(permit: &Permit, channel: Channel, what: What) -> Self {
        let actor = permit.actor();
        Self {
            who: Who {
                kind: match permit.basis() {
                    Basis::RightOfAccess { .. } => "patient".into(),
                    Basis::Representative { of, .. } => of.slug().into(),
                    Basis::Delegate { .. } => Kind::Delegate.slug().into(),
                    Basis::Staff { role, .. } => role.slug().into(),
                    Basis::App { acting, .. } => acting.map_or("patient", Kind::slug).into(),
                    Basis::System { .. } => "system".into(),
                    Basis::Consent { .. } => "recipient".into(),
                    Basis::Decision { role, .. } => decider(*role).into(),
                    Basis::Office { role } => role.slug().into(),
                },
                account: actor.account,
                session: actor.session,
                name: actor.name.clone(),
                provider: actor.provider.clone(),
                acr: actor.acr.clone(),
                ial: Some(actor.level.ial).filter(|level| *level > 0),
                aal: Some(actor.level.aal).filter(|level| *level > 0),
            },
            recipient: Recipient {
                name: match permit.basis() {
                    Basis::App { name, .. } => name.clone(),
                    Basis::System { recipient, .. } => recipient.clone(),
                    _ => actor.name.clone(),
                },
                address: None,
            },
            purpose: permit.stated(),
            basis: permit.basis().clone(),
            channel,
            what,
        }
    }

    /// That the clinic decided something about a record without looking into it. Nothing was released; the one who
    /// decided stands as the recipient, as each entry has one.
    pub(super) fn decided(by: Decider<'_>, what: What, reason: &str) -> Self {
        let role = match by {
            Decider::Staff(_, role) => Some(role),
            Decider::Operator(_) => None,
        };
        Self::of_clinic(by, (Purpose::CaseReview, Basis::Decision { role, reason: reason.to_owned() }), what)
    }

    /// That somebody of the staff read what stands beside the record.
    pub(super) fn read_at_desk(actor: &Actor, role: Role, what: What) -> Self {
        Self::of_clinic(Decider::Staff(actor, role), (Purpose::Operations, Basis::Office { role }), what)
    }

    fn of_clinic(by: Decider<'_>, (purpose, basis): (Purpose, Basis), what: What) -> Self {
        let name = by.name().to_owned();
        let (role, who) = match by {
            Decider::Staff(actor, role) => (Some(role), Some(actor)),
            Decider::Operator(_) => (None, None),
        };
        let level = |level: fn(&Level) -> u8| who.map(|actor| level(&actor.level)).filter(|level| *level > 0);
        Self {
            who: Who {
                kind: decider(role).into(),
                account: who.map_or(AccountId(uuid::Uuid::nil()), |actor| actor.account),
                session: who.map_or(SessionId(uuid::Uuid::nil()), |actor| actor.session),
                name: name.clone(),
                provider: who.map(|actor| actor.provider.clone()).unwrap_or_default(),
                acr: who.and_then(|actor| actor.acr.clone()),
                ial: level(|level| level.ial),
                aal: level(|level| level.aal),
            },
            recipient: Recipient { name, address: None },
            purpose,
            basis,
            channel: Channel::Portal,
            what,
        }
    }
}

/// What somebody of the clinic is who decides: their role, or `operator` at the command line.
fn decider(role: Option<Role>) -> &'static str {
    role.map_or("operator", Role::slug)
}

/// An entry as it is shown.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its number in the person's chain.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// The entry.
    pub entry: Entry,
    /// Its hash, 32 bytes.
    pub hash: Vec<u8>,
}

impl Line {
    /// Leaves when, by whom, which part and how many; takes out which items, and why.
    pub(super) fn in_outline(&mut self) {
        self.without_reason();
        let what = &mut self.entry.what;
        (what.items, what.digest, what.copy, what.marked) = (Vec::new(), None, None, None);
    }

    /// Leaves that somebody did something, when and on what ground: for who sees a part of the record, which the line may
    /// tell more of.
    pub(super) fn in_passing(&mut self) {
        self.entry.what = What::page(&self.entry.what.kind);
    }

    /// Whether somebody saw something of the record: who gave out an activation code saw nothing by it, and that somebody
    /// asked for protection is not for all who pass by the first page.
    pub(super) fn is_look(&self) -> bool {
        let kind = self.entry.what.kind.as_str();
        !PROTECTION.contains(&kind) && !matches!(kind, "code-given" | "code-sent" | "code-stopped")
    }

    /// Whether it is of emergency access.
    pub(super) fn is_emergency(&self) -> bool {
        matches!(self.entry.basis, Basis::Staff { purpose: staff::Purpose::Emergency, .. })
    }

    /// Takes out what staff wrote about why they looked, and which consent opened something.
    pub(super) fn without_reason(&mut self) {
        match &mut self.entry.basis {
            Basis::Staff { reason, part2, .. } => {
                reason.clear();
                *part2 = None;
            }
            Basis::Decision { reason, .. } => reason.clear(),
            // That there is such a consent tells of a treatment.
            Basis::Representative { consent, .. }
            | Basis::Delegate { consent, .. }
            | Basis::App { consent, .. } => *consent = None,
            _ => {}
        }
    }
}

/// Which entries to show.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only entries before this number: the second and later pages.
    pub before: Option<i64>,
    /// Not before this moment.
    pub from: Option<Instant>,
    /// Not at or after this moment.
    pub to: Option<Instant>,
    /// Only this kind of thing (`What::kind`).
    pub kind: Option<String>,
    /// Only this account.
    pub account: Option<AccountId>,
    /// Only what this consent allowed, alone or beside another ground.
    pub consent: Option<ConsentId>,
    /// Only what was opened in this look of staff.
    pub view: Option<ViewId>,
    /// Only what an app read by this grant.
    pub grant: Option<AppGrantId>,
    /// Who read.
    pub by: By,
    /// How many at most; 0 takes 50.
    pub limit: usize,
    /// Of which account the reader sees lines, if not of all: no filter of theirs.
    pub sees: Option<AccountId>,
    /// Which lines of others are seen beside those.
    pub of_others: Others,
    /// Kinds of things that are left out: what the reader may not know of.
    pub without: &'static [&'static str],
}

/// Which lines of others somebody sees who sees mostly their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Others {
    /// None.
    #[default]
    Nothing,
    /// Those of emergency access.
    Emergencies,
}

/// How lines are numbered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Numbers {
    /// As they stand in the person's chain.
    #[default]
    Chain,
    /// Among those that the reader may see, the oldest with 1: nobody counts what is left out.
    Own,
}

/// Who read, of whom a filter takes entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum By {
    /// Whoever it was.
    #[default]
    Anyone,
    /// Apps that were connected.
    Apps,
    /// Those who act for the person by law, and those whom the person lets help.
    Acting,
    /// Staff of the clinic.
    Staff,
    /// Systems that the clinic agreed with.
    Systems,
}

impl By {
    /// Whether it takes what was allowed so.
    pub(super) fn takes(self, basis: &Basis) -> bool {
        match self {
            Self::Anyone => true,
            Self::Apps => matches!(basis, Basis::App { .. }),
            Self::Acting => matches!(basis, Basis::Representative { .. } | Basis::Delegate { .. }),
            Self::Staff => {
                matches!(basis, Basis::Staff { .. } | Basis::Decision { .. } | Basis::Office { .. })
            }
            Self::Systems => matches!(basis, Basis::System { .. }),
        }
    }
}

impl Filter {
    /// Whether every entry fits, whichever page is asked for.
    pub(super) fn is_open(&self) -> bool {
        let times = self.from.is_none() && self.to.is_none();
        let who = self.account.is_none() && self.consent.is_none() && self.by == By::Anyone;
        let what = self.grant.is_none() && self.view.is_none() && self.kind.is_none();
        times && who && what && self.numbers() == Numbers::Chain
    }

    /// By which numbers lines are called, also in [`Filter::before`]: what is asked for never changes them.
    pub fn numbers(&self) -> Numbers {
        if self.sees.is_none() && self.without.is_empty() { Numbers::Chain } else { Numbers::Own }
    }
}

/// One page of the log.
#[derive(Debug, Clone)]
pub struct Page {
    /// Whose log it is: the name and the birth date as the source writes them.
    pub whose: (String, Option<String>),
    /// The entries, newest first.
    pub lines: Vec<Line>,
    /// Where the next page begins ([`Filter::before`]), if there is more.
    pub next: Option<i64>,
    /// How many entries of the person's chain the filter finds, on whatever page.
    pub total: i64,
    /// By which numbers the lines are called: their own where the reader may not see all.
    pub numbers: Numbers,
    /// What was asked about these lines, by their numbers; none where the reader may not ask.
    pub asked: Option<BTreeMap<i64, Vec<Question>>>,
    /// Items about which lines tell that somebody decided, as the reader sees them now, by what the lines call them.
    pub places: BTreeMap<String, Place>,
    /// What sort of consent it was that opened something to these lines, where the reader may know of it.
    pub permissions: BTreeMap<ConsentId, consents::Kind>,
}

impl Page {
    /// These lines with where the next page begins, and how many there are by which numbers; without what is looked up for
    /// them.
    pub(super) fn of(
        whose: (String, Option<String>),
        (lines, next): (Vec<Line>, Option<i64>),
        (total, numbers): (i64, Numbers),
    ) -> Self {
        let (places, permissions) = (BTreeMap::new(), BTreeMap::new());
        Self { whose, lines, next, total, numbers, asked: None, places, permissions }
    }
}

/// An item that a line is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where it stands in the record.
    pub category: Category,
    /// What stands for it in addresses.
    pub address: ItemAddress,
    /// Its title in the source's words, if it gives one.
    pub title: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Of more than ten that were read the entry keeps a digest; what was decided about stands there by name.
    #[test]
    fn what_was_decided_about_is_named() {
        let names: Vec<String> = (0..=LISTED).map(|n| format!("a{n}")).collect();
        let all = || names.iter().map(|name| ("Observation", name.as_str(), 1));
        let (read, few) = (What::page("list").of(all()), What::page("list").of(all().take(LISTED)));
        assert_eq!((read.items.len(), read.digest.is_some()), (0, true));
        assert_eq!((few.items.len(), few.digest.is_some()), (LISTED, false));
        let decided = What::page("opened").naming(all());
        assert_eq!((decided.items.len(), decided.digest.is_some()), (names.len(), false));
        assert_eq!(read.counts, decided.counts);
    }

    /// Each ground is taken by anyone, and by one choice more or none.
    #[test]
    fn a_log_is_narrowed_by_who_read() {
        let id = uuid::Uuid::nil();
        for (basis, wanted) in [
            (json!({"kind": "right-of-access", "ground": "code", "since": ""}), None),
            (json!({"kind": "consent", "consent": id, "since": ""}), None),
            (
                json!({"kind": "representative", "of": "parent", "authority": id, "since": ""}),
                Some(By::Acting),
            ),
            (json!({"kind": "delegate", "authority": id, "since": ""}), Some(By::Acting)),
            (
                json!({"kind": "staff", "role": "clinician", "purpose": "emergency", "reason": "", "view": id,
                       "since": ""}),
                Some(By::Staff),
            ),
            (json!({"kind": "decision", "reason": ""}), Some(By::Staff)),
            (json!({"kind": "office", "role": "records-clerk"}), Some(By::Staff)),
            (json!({"kind": "app", "grant": id, "client": "a", "name": "A", "since": ""}), Some(By::Apps)),
            (
                json!({"kind": "system", "client": "a", "name": "A", "group": "g", "recipient": "r",
                       "purpose": "treatment", "since": ""}),
                Some(By::Systems),
            ),
        ] {
            let read: Basis = serde_json::from_value(basis.clone()).unwrap();
            assert!(By::Anyone.takes(&read), "{basis}");
            for by in [By::Apps, By::Acting, By::Staff, By::Systems] {
                assert_eq!(by.takes(&read), wanted == Some(by), "{by:?}: {basis}");
            }
        }
    }

    #[test]
    fn entries_of_earlier_versions_are_read_and_kept_as_they_are() {
        let who = r#"{"kind":"patient","account":"00000000-0000-0000-0000-000000000001","session":"00000000-0000-0000-0000-000000000002","name":"Rosa (synthetic)","provider":"demo""#;
        for (rest, acr, levels) in [
            ("}", None, (None, None)),
            (r#","acr":"urn:x"}"#, Some("urn:x"), (None, None)),
            (r#","acr":"urn:x","ial":2,"aal":1}"#, Some("urn:x"), (Some(2), Some(1))),
        ] {
            let text = format!("{who}{rest}");
            let read: Who = serde_json::from_str(&text).unwrap();
            assert_eq!((read.acr.as_deref(), (read.ial, read.aal)), (acr, levels), "{rest}");
            assert_eq!(serde_json::to_string(&read).unwrap(), text, "nothing is added to what was said then");
        }
    }
}

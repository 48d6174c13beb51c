//! Who may do what as staff: the matrix of roles, which purposes a role may name, and that nobody decides about
//! themselves. Pure.

use std::fmt;
use std::time::Duration;

use super::model::{Ask, EmergencyAsk, Grant, Power, Purpose, Role, Standing};
use crate::base::{AccountId, Instant, Problem, Problems, says_why, unseen};
use crate::fhir::sensitivity::{Label, Labels};

/// What staff do. Each row of the matrix of roles is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// View a clinical or billing record.
    ViewRecord,
    /// Take or send a copy for somebody.
    SendCopy,
    /// Enter an access request that came on paper or by telephone.
    FileRequest,
    /// Sign a directive to send a copy to a third party (45 CFR 164.524(c)(3)(ii)).
    SignDirective,
    /// Enter when a request was received.
    EnterReceipt,
    /// Verify who somebody is (164.514(h)). Who verifies that somebody may act for another is of `representation`.
    VerifyIdentity,
    /// Send notice of an extension (164.524(b)(2)(ii)).
    Extend,
    /// Deny on a ground that cannot be reviewed (164.524(a)(2)).
    DenyUnreviewable,
    /// Deny on a ground that can be reviewed (164.524(a)(3)).
    DenyReviewable,
    /// Record that a review of a denial was asked for.
    RequestReview,
    /// Decide the review of a denial (164.524(a)(4)).
    DecideReview,
    /// Quote or waive a fee (164.524(c)(4)).
    SetFee,
    /// Enter a request for amendment, or a disagreement (164.526).
    FileAmendment,
    /// Decide about an amendment.
    DecideAmendment,
    /// See the accounting of disclosures and the activity of a record (164.528).
    Accounting,
    /// Write down a disclosure that was made outside the service (164.512).
    WriteDisclosure,
    /// Place or lift a hold on the accounting (164.528(a)(2)).
    HoldAccounting,
    /// Enter or suspend an authorization or a consent (164.508; 42 CFR 2.31).
    HandleConsent,
    /// Enter or decide a restriction or confidential communication (164.522).
    HandleRestriction,
    /// Allow or stop an app.
    HandleApp,
    /// Let a delegate in: only the person does.
    GrantDelegate,
    /// Put a label of sensitivity on an item.
    TagItem,
    /// Not treat somebody as a representative (164.502(g)(5)).
    DeclineRepresentative,
    /// Use emergency access (164.312(a)(2)(ii)).
    BreakGlass,
    /// Work on a case of breach (164.404).
    HandleBreach,
    /// Change letters, templates and the settings of a state.
    EditTemplates,
    /// Give out roles, register clients and keys.
    ManageRoles,
    /// Settle whose records systems take out, to whom and for what.
    HandleGroup,
    /// Take out data of many people at once.
    BulkExport,
    /// Read the log of who did what.
    ReadAuditLog,
    /// Delete anything.
    Delete,
}

impl Action {
    /// All, in the order of the matrix.
    pub const ALL: [Self; 31] = [
        Self::ViewRecord,
        Self::SendCopy,
        Self::FileRequest,
        Self::SignDirective,
        Self::EnterReceipt,
        Self::VerifyIdentity,
        Self::Extend,
        Self::DenyUnreviewable,
        Self::DenyReviewable,
        Self::RequestReview,
        Self::DecideReview,
        Self::SetFee,
        Self::FileAmendment,
        Self::DecideAmendment,
        Self::Accounting,
        Self::WriteDisclosure,
        Self::HoldAccounting,
        Self::HandleConsent,
        Self::HandleRestriction,
        Self::HandleApp,
        Self::GrantDelegate,
        Self::TagItem,
        Self::DeclineRepresentative,
        Self::BreakGlass,
        Self::HandleBreach,
        Self::EditTemplates,
        Self::ManageRoles,
        Self::HandleGroup,
        Self::BulkExport,
        Self::ReadAuditLog,
        Self::Delete,
    ];
}

/// How far a right goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Not at all.
    No,
    /// Only so far; the word is the limit.
    Only(&'static str),
    /// As the action says.
    Whole,
}

/// What a role may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// How far.
    pub reach: Reach,
    /// Whether a second person has to agree.
    pub second_person: bool,
    /// Whether the sign-in must be fresh.
    pub step_up: bool,
}

impl Right {
    const fn new(reach: Reach) -> Self {
        Self { reach, second_person: false, step_up: false }
    }

    const fn two(self) -> Self {
        Self { second_person: true, ..self }
    }

    const fn fresh(self) -> Self {
        Self { step_up: true, ..self }
    }

    /// Whether there is a right at all.
    pub fn any(self) -> bool {
        self.reach != Reach::No
    }

    /// Whether it goes as far as the action says.
    pub fn whole(self) -> bool {
        self.reach == Reach::Whole
    }

    /// Whether it has exactly this limit.
    pub fn only(self, limit: &str) -> bool {
        matches!(self.reach, Reach::Only(own) if own == limit)
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reach {
            Reach::No => f.write_str("-")?,
            Reach::Only(limit) => write!(f, "only {limit}")?,
            Reach::Whole => f.write_str("yes")?,
        }
        if self.second_person {
            f.write_str(", two people")?;
        }
        if self.step_up {
            f.write_str(", fresh sign-in")?;
        }
        Ok(())
    }
}

const NO: Right = Right::new(Reach::No);
const YES: Right = Right::new(Reach::Whole);

const fn only(limit: &'static str) -> Right {
    Right::new(Reach::Only(limit))
}

/// The limit of a privacy officer who verifies: documents of a court.
pub const COURT_DOCUMENTS: &str = "who somebody is, by court documents";
/// The limit of a privacy officer who marks items: what was compiled for a proceeding.
pub const LITIGATION: &str = "litigation";
/// The limit of an administrator who lets records out in numbers: one of the two people answers for what is disclosed.
pub const WITH_OFFICER: &str = "with a privacy officer";
/// The limit of those who ask others to do it.
pub const PROPOSE: &str = "propose";
/// The limit of those who decide what others take in.
pub const DECIDE: &str = "decide";
/// The limit of those who approve what others ask.
pub const APPROVE: &str = "approve";
/// The limit of those who read and change nothing.
pub const READ: &str = "read";
/// The limit of those who see that something happened, not whom it is about.
pub const METADATA: &str = "metadata";

/// The rights of an action, in the order of [`Role::ALL`]: records clerk, clinician, reviewing official, privacy
/// officer, administrator, auditor.
fn row(action: Action) -> [Right; 6] {
    match action {
        Action::ViewRecord => {
            [only("for a request"), only("for treatment"), only("in a case"), only("in a case"), NO, NO]
        }
        Action::SendCopy => [only("for a request"), NO, NO, NO, NO, NO],
        Action::FileRequest => [only("intake"), NO, NO, only("intake"), NO, NO],
        Action::SignDirective => [NO; 6],
        Action::EnterReceipt => [YES, NO, NO, YES, NO, NO],
        Action::VerifyIdentity => [YES, NO, NO, only(COURT_DOCUMENTS), NO, NO],
        Action::Extend => [YES, NO, NO, YES, NO, NO],
        Action::DenyUnreviewable => [only(PROPOSE), NO, NO, YES.two(), NO, NO],
        Action::DenyReviewable => [NO, only("with a license").fresh(), NO, NO, NO, NO],
        Action::RequestReview => [only("record"), NO, NO, NO, NO, NO],
        Action::DecideReview => [NO, NO, only("of others' denials").fresh(), NO, NO, NO],
        Action::SetFee => [YES, NO, NO, YES, NO, NO],
        Action::FileAmendment => [only("intake"), NO, NO, NO, NO, NO],
        Action::DecideAmendment => {
            [only("prepare"), only("as author"), NO, only("not ours, or not in the record"), NO, NO]
        }
        Action::Accounting => [NO, NO, NO, YES, NO, only("ledger")],
        Action::WriteDisclosure => [YES, NO, NO, only("legal process and police").two(), NO, NO],
        Action::HoldAccounting => [NO, NO, NO, YES.two(), NO, NO],
        Action::HandleConsent => [only("intake"), NO, NO, only("suspend, or enter a revocation"), NO, NO],
        Action::HandleRestriction => [only("intake"), NO, NO, only(DECIDE), NO, NO],
        Action::HandleApp => [NO, NO, NO, NO, only("stop in an emergency"), NO],
        Action::GrantDelegate => [NO; 6],
        Action::TagItem => [only(PROPOSE), YES, NO, only(LITIGATION), NO, NO],
        Action::DeclineRepresentative => [only("flag"), YES.two(), NO, YES.two(), NO, NO],
        Action::BreakGlass => [NO, only("if listed"), NO, NO, NO, NO],
        Action::HandleBreach => [only("report"), only("report"), NO, YES, only("contain"), only(READ)],
        Action::EditTemplates => [NO, NO, NO, YES.two(), only("technical keys"), only(READ)],
        Action::ManageRoles => [NO, NO, NO, only(APPROVE), YES.two(), only(READ)],
        Action::HandleGroup => [NO, NO, NO, YES.two().fresh(), only(WITH_OFFICER).two().fresh(), NO],
        Action::BulkExport => [NO; 6],
        Action::ReadAuditLog => [NO, NO, NO, YES, only(METADATA), YES],
        Action::Delete => [NO, NO, NO, NO, only("what retention ends").two(), NO],
    }
}

/// What a role may do.
pub fn may(role: Role, action: Action) -> Right {
    let place = Role::ALL.iter().position(|other| *other == role).unwrap_or_default();
    row(action)[place]
}

/// The best that somebody with several roles may do.
pub fn best(roles: &[Role], action: Action) -> Right {
    roles.iter().map(|role| may(*role, action)).max_by_key(|right| rank(right.reach)).unwrap_or(NO)
}

/// How much a reach is: who approves as well as reads is one who approves.
fn rank(reach: Reach) -> u8 {
    match reach {
        Reach::No => 0,
        Reach::Only(METADATA) => 1,
        Reach::Only(READ) => 2,
        Reach::Only(_) => 3,
        Reach::Whole => 4,
    }
}

/// Which labels a role may put on an item. Nobody makes psychotherapy notes of what stands in the
/// record: they are kept apart from it by whoever writes them (45 CFR 164.501).
pub fn markable(role: Role) -> Labels {
    let litigation = Labels::default().with(Label::Litigation);
    match may(role, Action::TagItem).reach {
        Reach::Whole => Labels::ALL.without(Label::Litigation).without(Label::PsychotherapyNotes),
        Reach::Only(LITIGATION) => litigation,
        Reach::Only(_) | Reach::No => Labels::default(),
    }
}

/// Which labels a role may take from an item. What a minor asked for alone is opened to those who act for them by a privacy
/// officer only, who does not treat them (45 CFR 164.502(g)(3)); who finds as well that a note is no psychotherapy note,
/// since it is not separated from the record (164.501).
pub fn unmarkable(role: Role) -> Labels {
    let markable = markable(role);
    match may(role, Action::TagItem).reach {
        Reach::Only(LITIGATION) => markable.with(Label::Minor).with(Label::PsychotherapyNotes),
        _ => markable.without(Label::Minor),
    }
}

/// Whether somebody with these roles answers questions about how items are protected, and about which items: those that
/// have one of these labels, or had it, and any where it is none. Nobody answers for a mark that is not theirs to change.
pub fn answers(roles: &[Role]) -> Option<Labels> {
    let right = |wanted: fn(Right) -> bool| roles.iter().any(|role| wanted(may(*role, Action::TagItem)));
    if right(|right| right.whole()) {
        return Some(Labels::default());
    }
    let theirs = || Labels::default().with(Label::Litigation).with(Label::PsychotherapyNotes);
    right(|right| right.only(LITIGATION)).then(theirs)
}

/// Which purposes a role may name when it opens a record. Emergency access is asked for in its own way.
pub fn purposes(role: Role) -> &'static [Purpose] {
    match role {
        Role::RecordsClerk => &[Purpose::RecordsRequest],
        Role::Clinician => &[Purpose::Treatment, Purpose::CaseReview],
        Role::ReviewingOfficial => &[Purpose::CaseReview],
        Role::PrivacyOfficer => &[Purpose::CaseReview, Purpose::Compliance],
        Role::Administrator | Role::Auditor => &[],
    }
}

/// Whether a look may be opened in this role for this purpose. The list of those who may use emergency access is
/// looked at too, for emergencies.
pub(super) fn may_open(role: Role, purpose: Purpose, listed: Listed) -> bool {
    match purpose {
        Purpose::Emergency => may(role, Action::BreakGlass).any() && listed == Listed::Yes,
        other => may(role, Action::ViewRecord).any() && purposes(role).contains(&other),
    }
}

/// Whether somebody is on the list of those who may use emergency access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listed {
    /// Approved by two people.
    Yes,
    /// Not.
    No,
}

/// How it was checked who somebody is (45 CFR 164.514(h)(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// A photo identification was seen.
    PhotoId,
    /// Somebody who works here knows the person.
    Known,
    /// The person was called at the number of the record.
    CalledBack,
    /// The person had a code that was mailed to the address of the record.
    Mailed,
    /// A document of a court.
    Court,
}

impl Evidence {
    /// All.
    pub const ALL: [Self; 5] = [Self::PhotoId, Self::Known, Self::CalledBack, Self::Mailed, Self::Court];

    /// Its stable name, as it is kept with the link.
    pub fn slug(self) -> &'static str {
        match self {
            Self::PhotoId => "photo-id",
            Self::Known => "known-to-staff",
            Self::CalledBack => "called-back",
            Self::Mailed => "mailed-code",
            Self::Court => "court-document",
        }
    }
}

/// On what evidence somebody with these roles may decide who a person is.
pub fn evidence(roles: &[Role]) -> &'static [Evidence] {
    match best(roles, Action::VerifyIdentity) {
        right if right.whole() => &Evidence::ALL,
        right if right.only(COURT_DOCUMENTS) => &[Evidence::Court],
        _ => &[],
    }
}

/// The most letters of a reason or note.
const TEXT_LETTERS: usize = 1000;
/// The longest that a grant may last where it has an end.
const LONGEST: Duration = Duration::from_secs(5 * 366 * 86_400);

/// What is wrong with a text that must say something.
pub(super) fn reason_problem(field: &'static str, text: &str) -> Option<Problem> {
    let code = match text.chars().count() {
        0 => "problem-required",
        count if count > TEXT_LETTERS => "problem-too-long",
        _ if !says_why(text) => "problem-reason",
        _ => return unseen(field, text),
    };
    Some(Problem { field, code })
}

/// What 42 CFR 2.51(c) wants written down, where somebody needs records under Part 2: affiliation and nature of the
/// emergency. Both or neither; none: the look shows no such records.
pub(super) fn medical(ask: &EmergencyAsk<'_>) -> Result<Option<(String, String)>, Problems> {
    let (affiliation, nature) = (ask.affiliation.trim(), ask.nature.trim());
    if affiliation.is_empty() && nature.is_empty() {
        return Ok(None);
    }
    let mut problems = Vec::new();
    match affiliation.chars().count() {
        0 => problems.push(Problem { field: "affiliation", code: "problem-required" }),
        count if count > TEXT_LETTERS => {
            problems.push(Problem { field: "affiliation", code: "problem-too-long" });
        }
        _ => {}
    }
    problems.extend(reason_problem("nature", nature));
    match problems.is_empty() {
        true => Ok(Some((affiliation.to_owned(), nature.to_owned()))),
        false => Err(Problems(problems)),
    }
}

/// What is wrong with a grant that is asked for, in the order of the form.
pub(super) fn ask_problems(ask: &Ask, now: Instant) -> Problems {
    let mut problems: Vec<Problem> = reason_problem("reason", &ask.reason).into_iter().collect();
    let starts = ask.starts.unwrap_or(now);
    match ask.ends {
        Some(ends) if ends <= now => problems.push(Problem { field: "ends", code: "problem-date-past" }),
        Some(ends) if ends <= starts => problems.push(Problem { field: "ends", code: "problem-order" }),
        Some(ends) if ends.since(starts) > LONGEST => {
            problems.push(Problem { field: "ends", code: "problem-date" });
        }
        _ => {}
    }
    Problems(problems)
}

/// Why somebody may not ask for this grant: only those who give out roles ask, and never for themselves.
pub(super) fn may_ask(roles: &[Role], who: AccountId, ask: &Ask) -> Result<(), &'static str> {
    if !best(roles, Action::ManageRoles).whole() {
        return Err("refused-not-your-role");
    }
    if ask.account == who { Err("refused-own-grant") } else { Ok(()) }
}

/// Why somebody may not approve this grant: the approver is neither the one who asked nor the one who gets it (45
/// CFR 164.308(a)(3)(ii)(A); separation of duties).
pub(super) fn may_approve(roles: &[Role], who: AccountId, grant: &Grant) -> Result<(), &'static str> {
    let right = best(roles, Action::ManageRoles);
    if !right.whole() && !right.only(APPROVE) {
        return Err("refused-not-your-role");
    }
    if grant.account == who {
        return Err("refused-own-grant");
    }
    if grant.asked.account == Some(who) { Err("refused-own-request") } else { Ok(()) }
}

/// Why somebody may not end this grant: the one who holds it may give it up; those who ask or approve may end any.
pub(super) fn may_end(roles: &[Role], who: AccountId, grant: &Grant) -> Result<(), &'static str> {
    let right = best(roles, Action::ManageRoles);
    let may = right.whole() || right.only(APPROVE) || grant.account == who;
    may.then_some(()).ok_or("refused-not-your-role")
}

/// Where a grant stands.
pub fn standing(grant: &Grant, now: Instant) -> Standing {
    let over = grant.ends.is_some_and(|ends| ends <= now);
    match (&grant.approved, &grant.ended) {
        (None, Some(_)) => Standing::Refused,
        (Some(_), Some(_)) => Standing::Ended,
        _ if over => Standing::Over,
        (None, None) => Standing::Asked,
        (Some(_), None) if grant.starts > now => Standing::Waiting,
        (Some(_), None) => Standing::InForce,
    }
}

/// Whether a power is in force by these grants.
pub(super) fn holds(grants: &[Grant], power: Power, now: Instant) -> bool {
    grants.iter().any(|grant| grant.power == power && standing(grant, now) == Standing::InForce)
}

/// The roles that these grants give now.
pub(super) fn given(grants: &[Grant], now: Instant) -> Vec<Role> {
    let in_force = grants.iter().filter(|grant| standing(grant, now) == Standing::InForce);
    let role = |grant: &Grant| match grant.power {
        Power::Role(role) => Some(role),
        Power::Emergency => None,
    };
    in_force.filter_map(role).collect()
}

/// Days without a sign-in after which a role counts as unused.
pub(super) const UNUSED: Duration = Duration::from_secs(90 * 86_400);

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::model::By;
    use super::*;
    use crate::base::GrantId;

    const NOW: Instant = Instant(1_795_000_000_000_000);
    const DAY: Duration = Duration::from_secs(86_400);

    fn account(n: u128) -> AccountId {
        AccountId(Uuid::from_u128(n))
    }

    fn grant(holder: u128, asked_by: Option<u128>) -> Grant {
        Grant {
            id: GrantId(Uuid::nil()),
            account: account(holder),
            holder: "Holder (synthetic)".into(),
            email: None,
            power: Power::Role(Role::Clinician),
            reason: "New at the clinic".into(),
            asked: By { account: asked_by.map(account), name: "Asker (synthetic)".into(), at: NOW },
            starts: NOW,
            ends: None,
            approved: None,
            ended: None,
        }
    }

    #[test]
    fn nobody_approves_their_own() {
        use Role::{Administrator, Auditor, Clinician, PrivacyOfficer, RecordsClerk};
        for (who, roles, expected) in [
            (3, &[PrivacyOfficer][..], Ok(())),
            (3, &[Administrator], Ok(())),
            (3, &[Auditor], Err("refused-not-your-role")),
            (3, &[PrivacyOfficer, Auditor], Ok(())),
            (3, &[Auditor, PrivacyOfficer], Ok(())),
            (3, &[RecordsClerk, Clinician], Err("refused-not-your-role")),
            (3, &[], Err("refused-not-your-role")),
            (2, &[Administrator], Err("refused-own-request")),
            (2, &[Administrator, PrivacyOfficer], Err("refused-own-request")),
            (1, &[PrivacyOfficer], Err("refused-own-grant")),
        ] {
            assert_eq!(may_approve(roles, account(who), &grant(1, Some(2))), expected, "{who} {roles:?}");
        }
        // Whatever was asked at the command line is approved there.
        assert_eq!(may_approve(&[PrivacyOfficer], account(1), &grant(1, None)), Err("refused-own-grant"));
    }

    #[test]
    fn asking_and_ending() {
        use Role::{Administrator, Auditor, PrivacyOfficer};
        let ask = |holder| Ask {
            account: account(holder),
            power: Power::Emergency,
            reason: "On call at night".into(),
            starts: None,
            ends: None,
        };
        for (who, roles, holder, asked, ended) in [
            (1, &[Administrator][..], 2, Ok(()), Ok(())),
            (1, &[Administrator], 1, Err("refused-own-grant"), Ok(())),
            (1, &[PrivacyOfficer], 2, Err("refused-not-your-role"), Ok(())),
            (1, &[Auditor], 2, Err("refused-not-your-role"), Err("refused-not-your-role")),
            (1, &[], 2, Err("refused-not-your-role"), Err("refused-not-your-role")),
            (1, &[], 1, Err("refused-not-your-role"), Ok(())),
        ] {
            assert_eq!(may_ask(roles, account(who), &ask(holder)), asked, "{who} {roles:?} {holder}");
            assert_eq!(may_end(roles, account(who), &grant(holder, None)), ended, "{who} {roles:?} {holder}");
        }
    }

    #[test]
    fn grants_stand_where_they_should() {
        let by = || By { account: Some(account(3)), name: "Approver (synthetic)".into(), at: NOW };
        let ended = || Some((by(), "left".to_owned()));
        for (approved, starts, ends, end, expected) in [
            (false, 0, None, None, Standing::Asked),
            (false, 0, None, ended(), Standing::Refused),
            (false, -9, Some(-1), None, Standing::Over),
            (true, 0, None, None, Standing::InForce),
            (true, 1, None, None, Standing::Waiting),
            (true, -9, Some(1), None, Standing::InForce),
            (true, -9, Some(0), None, Standing::Over),
            (true, 0, None, ended(), Standing::Ended),
        ] {
            let at = |days: i64| Instant(NOW.0 + days * DAY.as_micros() as i64);
            let mut one = grant(1, Some(2));
            (one.starts, one.ends, one.ended) = (at(starts), ends.map(at), end);
            one.approved = approved.then(by);
            assert_eq!(standing(&one, NOW), expected, "{approved} {starts} {ends:?}");
            assert_eq!(holds(&[one], Power::Role(Role::Clinician), NOW), expected == Standing::InForce);
        }
    }

    #[test]
    fn what_is_asked_must_make_sense() {
        let at = |days: i64| Some(Instant(NOW.0 + days * DAY.as_micros() as i64));
        for (reason, starts, ends, expected) in [
            ("New at the clinic", None, None, ""),
            ("New at the clinic", None, at(30), ""),
            ("New at the clinic", at(10), at(30), ""),
            ("", None, None, "reason: problem-required"),
            ("x", None, None, "reason: problem-reason"),
            ("Request of \u{202e}enuJ", None, None, "reason: problem-text-unseen"),
            (".......................", None, None, "reason: problem-reason"),
            ("New at the clinic", None, at(-1), "ends: problem-date-past"),
            ("New at the clinic", at(30), at(10), "ends: problem-order"),
            ("New at the clinic", None, at(9999), "ends: problem-date"),
            ("", at(30), at(10), "reason: problem-required, ends: problem-order"),
        ] {
            let ask = Ask {
                account: account(1),
                power: Power::Role(Role::Auditor),
                reason: reason.into(),
                starts,
                ends,
            };
            assert_eq!(ask_problems(&ask, NOW).to_string(), expected);
        }
    }

    #[test]
    fn no_role_without_a_record_names_a_purpose_and_emergencies_need_the_list() {
        for role in Role::ALL {
            assert_eq!(!purposes(role).is_empty(), may(role, Action::ViewRecord).any(), "{role:?}");
            for purpose in Purpose::ALL {
                let expected = match purpose {
                    Purpose::Emergency => role == Role::Clinician,
                    other => purposes(role).contains(&other),
                };
                assert_eq!(may_open(role, purpose, Listed::Yes), expected, "{role:?} {purpose:?}");
                let unlisted = expected && purpose != Purpose::Emergency;
                assert_eq!(may_open(role, purpose, Listed::No), unlisted, "{role:?} {purpose:?}");
            }
        }
    }

    #[test]
    fn names_are_read_back() {
        for power in Power::ALL {
            assert_eq!(Power::from_slug(power.slug()), Some(power));
        }
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::from_slug(purpose.slug()), Some(purpose));
        }
        assert_eq!(Power::from_slug("owner"), None);
    }

    /// PT2-12: an emergency that shows records under Part 2 has affiliation and nature written down.
    #[test]
    fn a_medical_emergency_is_written_down() {
        let long = "x".repeat(TEXT_LETTERS + 1);
        for (affiliation, nature, wanted) in [
            ("", " ", Ok(None)),
            ("County Hospital", "Found unconscious, overdose", Ok(Some(()))),
            ("", "Found unconscious, overdose", Err(vec!["affiliation"])),
            ("County Hospital", "", Err(vec!["nature"])),
            ("County Hospital", "..", Err(vec!["nature"])),
            (long.as_str(), long.as_str(), Err(vec!["affiliation", "nature"])),
        ] {
            let ask = EmergencyAsk {
                patient: crate::base::PatientNo(1),
                reason: "x",
                affiliation,
                nature,
                acting: vec![],
            };
            let found = medical(&ask).map(|found| found.map(|_| ()));
            let found = found.map_err(|problems| problems.0.iter().map(|one| one.field).collect::<Vec<_>>());
            assert_eq!(found, wanted, "{affiliation:.20} {nature:.20}");
        }
    }
}

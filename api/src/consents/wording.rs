//! The exact text of a consent in words, as it is shown, signed, hashed and kept. Changing a sentence means a new
//! [`WORDING`], so that what was signed can always be told from what is signed today.

use super::model::{Class, Expiry, Kind, Statement, Terms};
use super::rules;
use crate::base::{Hash, sha256};
use crate::fhir::sensitivity::Label;
use crate::representation;
use crate::words::{Arg, Language, date, list, say, say_with};

/// Which wording the sentences are.
pub const WORDING: i64 = 5;

/// The text: one paragraph a line.
pub fn text(language: Language, terms: &Terms, born: Option<&str>) -> String {
    let line = |id, name, value: &str| say_with(language, id, &[(name, Arg::from(value))]);
    let mut lines = vec![say(language, spoken(terms, title(terms.kind)))];
    let whose = match born {
        Some(born) => say_with(
            language,
            "consent-text-whose-born",
            &[("name", terms.person.as_str().into()), ("date", day(language, born).into())],
        ),
        None => line("consent-text-whose", "name", &terms.person),
    };
    lines.push(whose);
    lines.push(line("consent-text-discloser", "name", &terms.discloser));
    lines.push(line("consent-text-recipient", "name", &recipient(language, terms)));
    if !terms.recipient.address.trim().is_empty() {
        lines.push(line("consent-text-address", "address", terms.recipient.address.trim()));
    }
    lines.extend(what(language, terms));
    if !terms.purposes.is_empty() {
        let names: Vec<_> =
            terms.purposes.iter().map(|purpose| say(language, spoken(terms, purpose.name()))).collect();
        lines.push(line("consent-text-purpose", "list", &list(language, &names)));
    }
    lines.push(match &terms.expiry {
        Some(Expiry::Day { last, .. }) => line("consent-text-until", "date", &day(language, last)),
        Some(Expiry::Event { what }) => line("consent-text-until-event", "event", what.trim()),
        Some(Expiry::Never) => say(language, "consent-text-no-end"),
        None => say(language, "consent-text-once"),
    });
    lines.extend(
        terms.statements.iter().map(|statement| say(language, spoken(terms, sentence(*statement, terms)))),
    );
    if terms.kind == Kind::Directive {
        lines.push(say(language, "consent-text-directive-note"));
    }
    if let Some(authority) = &terms.signer.authority {
        lines.push(line("consent-text-authority", "authority", &ground(language, authority)));
    }
    if let Some(beside) = &terms.signer.beside {
        lines.push(line("consent-text-beside", "name", beside.trim()));
    }
    if let Some(witness) = &terms.signer.witness {
        lines.push(line("consent-text-witness", "name", witness.trim()));
    }
    lines.push(say(language, "consent-text-copy"));
    lines.join("\n")
}

/// The sentence of an id as somebody says it who signs for another: what is the person's is not called their own.
pub fn for_another(id: &'static str) -> &'static str {
    match id {
        "consent-purpose-treatment" => "consent-purpose-treatment-acting",
        "consent-purpose-payment" => "consent-purpose-payment-acting",
        "consent-purpose-legal" => "consent-purpose-legal-acting",
        "consent-purpose-proceedings" => "consent-purpose-proceedings-acting",
        "consent-class-providers" => "consent-class-providers-acting",
        "consent-class-payers" => "consent-class-payers-acting",
        "consent-text-title-directive" => "consent-text-title-directive-acting",
        "consent-text-title-app" => "consent-text-title-app-acting",
        "consent-text-all" => "consent-text-all-acting",
        "consent-text-psych-only" => "consent-text-psych-only-acting",
        "consent-text-counseling-only" => "consent-text-counseling-only-acting",
        "consent-text-conditioning" => "consent-text-conditioning-acting",
        "consent-text-redisclosure-hipaa" => "consent-text-redisclosure-hipaa-acting",
        "consent-text-refusal" => "consent-text-refusal-acting",
        id => id,
    }
}

/// The sentence of an id as the signer of these terms says it.
fn spoken(terms: &Terms, id: &'static str) -> &'static str {
    if terms.signer.authority.is_some() { for_another(id) } else { id }
}

/// On what ground somebody signs for another. What a paper says stands as it was entered.
fn ground(language: Language, authority: &str) -> String {
    let known = authority.split_once(": ").and_then(|(kind, proof)| {
        Some((representation::Kind::from_slug(kind)?, representation::Proof::from_slug(proof)?))
    });
    let Some((kind, proof)) = known else { return authority.to_owned() };
    let values = [("kind", say(language, of(kind)).into()), ("proof", say(language, by(proof)).into())];
    say_with(language, "consent-ground", &values)
}

fn of(kind: representation::Kind) -> &'static str {
    match kind {
        representation::Kind::Parent => "consent-ground-parent",
        representation::Kind::Guardian => "consent-ground-guardian",
        representation::Kind::LocoParentis => "consent-ground-loco-parentis",
        representation::Kind::HealthCareAgent => "consent-ground-agent",
        representation::Kind::AdultGuardian => "consent-ground-adult-guardian",
        representation::Kind::Surrogate => "consent-ground-surrogate",
        representation::Kind::Estate => "consent-ground-estate",
        representation::Kind::Delegate => "consent-ground-delegate",
    }
}

fn by(proof: representation::Proof) -> &'static str {
    match proof {
        representation::Proof::BirthCertificate => "consent-proof-birth-certificate",
        representation::Proof::AdoptionDecree => "consent-proof-adoption-decree",
        representation::Proof::Parentage => "consent-proof-parentage",
        representation::Proof::CourtOrder => "consent-proof-court-order",
        representation::Proof::Guardianship => "consent-proof-guardianship",
        representation::Proof::CaregiverAffidavit => "consent-proof-caregiver-affidavit",
        representation::Proof::Placement => "consent-proof-placement",
        representation::Proof::PowerOfAttorney => "consent-proof-power-of-attorney",
        representation::Proof::AdvanceDirective => "consent-proof-advance-directive",
        representation::Proof::SurrogateStatement => "consent-proof-surrogate-statement",
        representation::Proof::Marriage => "consent-proof-marriage",
        representation::Proof::Testamentary => "consent-proof-testamentary",
        representation::Proof::Administration => "consent-proof-administration",
        representation::Proof::SmallEstate => "consent-proof-small-estate",
        representation::Proof::Chosen => "consent-proof-chosen",
    }
}

/// The hash that stands for a text.
pub fn hash(text: &str) -> Hash {
    sha256([text.as_bytes()])
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Directive => "consent-text-title-directive",
        Kind::Hipaa508 => "consent-text-title-hipaa",
        Kind::Psych508 => "consent-text-title-psych",
        Kind::Part2Tpo => "consent-text-title-tpo",
        Kind::Part2Specific => "consent-text-title-specific",
        Kind::Part2Counseling => "consent-text-title-counseling",
        Kind::Part2Proceedings => "consent-text-title-proceedings",
        Kind::AppGrant => "consent-text-title-app",
        Kind::Research => "consent-text-title-research",
    }
}

fn recipient(language: Language, terms: &Terms) -> String {
    let class = |class: &Class| {
        let id = match class {
            Class::TreatingProviders => "consent-class-providers",
            Class::Payers => "consent-class-payers",
            Class::Operators => "consent-class-operators",
        };
        say(language, spoken(terms, id))
    };
    let mut names: Vec<String> = terms.recipient.classes.iter().map(class).collect();
    if !terms.recipient.name.trim().is_empty() {
        names.insert(0, terms.recipient.name.trim().to_owned());
    }
    list(language, &names)
}

fn what(language: Language, terms: &Terms) -> Vec<String> {
    let Some(scope) = &terms.scope else { return Vec::new() };
    let mut lines = vec![match (terms.kind, &scope.categories) {
        // Notes that need a sheet of their own are all that it speaks of.
        (Kind::Psych508, _) => say(language, spoken(terms, "consent-text-psych-only")),
        (Kind::Part2Counseling, _) => say(language, spoken(terms, "consent-text-counseling-only")),
        (_, None) => say(language, spoken(terms, "consent-text-all")),
        (_, Some(chosen)) => {
            let names: Vec<_> = chosen.iter().map(|category| say(language, category.name())).collect();
            say_with(language, "consent-text-parts", &[("list", list(language, &names).into())])
        }
    }];
    for (id, date) in [("consent-text-from", &scope.from), ("consent-text-to", &scope.to)] {
        lines.extend(date.iter().map(|date| say_with(language, id, &[("date", day(language, date).into())])));
    }
    if terms.kind.is_of_notes() {
        return lines;
    }
    let names: Vec<_> =
        scope.labels.iter().map(|label| say(language, &format!("consent-{}", label.name()))).collect();
    lines.push(match names.as_slice() {
        [] => say(language, "consent-text-no-labels"),
        names => say_with(language, "consent-text-labels", &[("list", list(language, names).into())]),
    });
    let own = scope.alone.iter().filter_map(|one| one.label());
    let own: Vec<_> = own.map(|label| say(language, &format!("consent-{}", label.name()))).collect();
    if !own.is_empty() {
        lines.push(say_with(language, "consent-text-alone", &[("list", list(language, &own).into())]));
    }
    // Nobody takes letters for specially protected, so that they are left out is said by name.
    if !scope.labels.contains(&Label::Unreviewed) {
        lines.push(say(language, "consent-text-no-free-text"));
    }
    // What the kind cannot carry is not in it whatever else was ticked.
    let without = [
        (Label::SubstanceUse, "consent-text-no-substance-use"),
        (Label::PsychotherapyNotes, "consent-text-no-psych"),
    ];
    let without = without.into_iter().filter(|(label, _)| !rules::carries(terms.kind, *label));
    lines.extend(without.map(|(_, id)| say(language, id)));
    lines
}

fn sentence(statement: Statement, terms: &Terms) -> &'static str {
    // Who does not get records of a program for care may pass them on only as 42 CFR Part 2 allows (2.32, 2.33(b)).
    let bound = terms.kind.is_part2() && !terms.statements.contains(&Statement::RedisclosureHipaa);
    match statement {
        Statement::Revocation => "consent-text-revocation",
        Statement::Conditioning if terms.kind == Kind::Research => "consent-text-conditioning-research",
        Statement::Conditioning => "consent-text-conditioning",
        Statement::Redisclosure if bound => "consent-text-redisclosure-program",
        Statement::Redisclosure => "consent-text-redisclosure",
        Statement::RedisclosureHipaa => "consent-text-redisclosure-hipaa",
        Statement::Refusal => "consent-text-refusal",
        Statement::Remuneration => "consent-text-remuneration",
    }
}

fn day(language: Language, text: &str) -> String {
    crate::fhir::present::When::parse(text).map_or_else(|| text.to_owned(), |when| date(language, &when))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consents::model::Purpose;
    use crate::consents::samples::good;

    /// What a text includes it does not say is left out.
    #[test]
    fn each_text_leaves_out_what_its_kind_cannot_carry() {
        for kind in Kind::ALL {
            let said = text(Language::English, &good(kind), None);
            for (label, words) in [
                (Label::SubstanceUse, "Records of treatment for substance use are left out."),
                (Label::PsychotherapyNotes, "Psychotherapy notes are left out."),
            ] {
                let wanted = !kind.is_of_notes() && !rules::carries(kind, label);
                assert_eq!(said.contains(words), wanted, "{kind:?}: {said}");
            }
        }
    }

    /// Who signs for another calls nothing of the person's their own.
    #[test]
    fn who_signs_for_another_speaks_of_the_person() {
        for (language, own) in [
            (Language::English, [" my record", " my treatment", " my care"]),
            (Language::Spanish, [" mi expediente", " mi tratamiento", " mi atención"]),
        ] {
            let mut terms = good(Kind::Hipaa508);
            terms.purposes = [Purpose::Treatment].into();
            terms.statements = [Statement::Conditioning].into();
            let said = text(language, &terms, None);
            assert!(own.iter().all(|words| said.contains(words)), "{said}");
            terms.signer.authority = Some("parent: birth-certificate".into());
            let said = text(language, &terms, None);
            assert!(own.iter().all(|words| !said.contains(words)), "{said}");
        }
    }
}

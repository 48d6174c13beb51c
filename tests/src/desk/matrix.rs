//! The matrix of roles as a table that a reviewer reads: `tests/golden/roles.txt`. Set `RECORDRIGHT_TEST_BLESS` to
//! write it anew after a change that is meant.

use std::fmt::Write;

use api::staff::{self, Action, Purpose, Role};

use crate::harness::{setting, tree};

fn table() -> String {
    let mut out = String::from(
        "What each role of the staff may do (api/src/staff/rules.rs). Who decides that somebody may act for another is told in\n\
         docs/who-sees-what.md.\n",
    );
    for action in Action::ALL {
        writeln!(out, "\n{action:?}").unwrap();
        for role in Role::ALL {
            writeln!(out, "  {:<20}{}", role.slug(), staff::may(role, action)).unwrap();
        }
    }
    out.push_str("\nWhat each role may open a record for.\n\n");
    for role in Role::ALL {
        let purposes: Vec<_> = staff::purposes(role).iter().map(|purpose| purpose.slug()).collect();
        let purposes = if purposes.is_empty() { "-".to_owned() } else { purposes.join(", ") };
        writeln!(out, "  {:<20}{purposes}", role.slug()).unwrap();
    }
    out.push_str("\nWhich marks each role may put on an item, and which it may take away.\n\n");
    for role in Role::ALL {
        for (verb, labels) in [("put", staff::markable(role)), ("take", staff::unmarkable(role))] {
            let labels: Vec<_> = labels.iter().map(|label| label.slug()).collect();
            let labels = if labels.is_empty() { "-".to_owned() } else { labels.join(", ") };
            writeln!(out, "  {:<20}{verb:<6}{labels}", role.slug()).unwrap();
        }
    }
    out.push_str("\nThe code of each purpose (HL7 v3 ActReason).\n\n");
    for purpose in Purpose::ALL {
        writeln!(out, "  {:<20}{}", purpose.slug(), purpose.code()).unwrap();
    }
    out
}

#[test]
fn the_matrix_is_the_one_that_was_reviewed() {
    let file = tree::root().join("tests/golden/roles.txt");
    let table = table();
    if setting("RECORDRIGHT_TEST_BLESS").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = table.lines().zip(reviewed.lines()).find(|(now, then)| now != then);
    assert!(table == reviewed, "the matrix has changed, first here: {differs:?}");
}

#[test]
fn administrators_and_auditors_open_no_record() {
    for role in [Role::Administrator, Role::Auditor] {
        for action in [Action::ViewRecord, Action::SendCopy, Action::BreakGlass, Action::VerifyIdentity] {
            assert!(!staff::may(role, action).any(), "{role:?} {action:?}");
        }
    }
    for role in Role::ALL {
        for action in [Action::SignDirective, Action::GrantDelegate, Action::BulkExport] {
            assert!(!staff::may(role, action).any(), "{role:?} {action:?}: only the person, or a machine");
        }
    }
}

//! Who belongs to a program for substance use under 42 CFR Part 2, where the clinic runs one.

use serde::{Deserialize, Serialize};

use super::Role;

/// The program's own staff: within the program they see its records for their duties without a consent
/// (42 CFR 2.12(c)(3)).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Program {
    /// Roles whose holders all belong to the program.
    pub roles: Vec<Role>,
    /// E-mail addresses of those who belong to it, whatever their role.
    pub people: Vec<String>,
    /// Names of sources that are such programs as a whole: 42 CFR Part 2 protects all that they recorded, whether or not
    /// they mark it (2.11, 2.12).
    pub sources: Vec<String>,
}

impl Program {
    /// Whether somebody in a role, with the address that their identity provider gives, belongs to the program.
    pub fn is_staff(&self, role: Role, email: Option<&str>) -> bool {
        let named = |email: &str| self.people.iter().any(|one| one.trim().eq_ignore_ascii_case(email.trim()));
        self.roles.contains(&role) || email.is_some_and(|email| !email.trim().is_empty() && named(email))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_own_staff() {
        let program = Program {
            roles: vec![Role::ReviewingOfficial],
            people: vec!["Ana@clinic.example ".into()],
            sources: vec![],
        };
        for (role, email, wanted) in [
            (Role::ReviewingOfficial, None, true),
            (Role::Clinician, None, false),
            (Role::Clinician, Some("ana@clinic.example"), true),
            (Role::Clinician, Some("lee@clinic.example"), false),
            (Role::Clinician, Some(""), false),
        ] {
            assert_eq!(program.is_staff(role, email), wanted, "{role:?} {email:?}");
        }
        assert!(
            !Program { people: vec![String::new()], ..Program::default() }
                .is_staff(Role::Clinician, Some(""))
        );
        assert!(!Program::default().is_staff(Role::Clinician, Some("ana@clinic.example")));
    }
}

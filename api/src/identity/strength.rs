//! How strongly a person was authenticated.

use super::Actor;
use crate::app::App;

/// What each method of RFC 8176, section 2, proves: something known, something held, something one is.
const KNOWN: [&str; 3] = ["pwd", "pin", "kba"];
const HELD: [&str; 6] = ["otp", "hwk", "swk", "sc", "sms", "tel"];
const IS: [&str; 5] = ["face", "fpt", "iris", "retina", "vbm"];

/// Whether the sign-in was made with two factors: the provider says so (`mfa`), or names methods of two kinds. A
/// provider that says nothing has proved nothing (45 CFR 164.312(d)).
pub fn second_factor(_app: &App, actor: &Actor) -> bool {
    two_kinds(&actor.amr)
}

fn two_kinds(amr: &[String]) -> bool {
    let any = |kind: &[&str]| amr.iter().any(|method| kind.contains(&method.as_str()));
    let kinds = [any(&KNOWN), any(&HELD), any(&IS)];
    any(&["mfa"]) || kinds.into_iter().filter(|kind| *kind).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_methods_of_one_kind_are_one_factor() {
        for (amr, two) in [
            ("", false),
            ("pwd", false),
            ("pwd pin", false),
            ("otp sms", false),
            ("pwd otp", true),
            ("hwk fpt", true),
            ("hwk", false),
            ("mfa", true),
            ("pwd user", false),
            ("pwd unheard-of", false),
        ] {
            let amr: Vec<String> = amr.split(' ').map(str::to_owned).collect();
            assert_eq!(two_kinds(&amr), two, "{amr:?}");
        }
    }
}

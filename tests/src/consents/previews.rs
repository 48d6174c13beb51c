//! What a form counts before somebody decides is counted among what they see themselves: to a parent neither a number
//! nor a kind tells that a minor has something of their own.

use api::base::Instant;
use api::fhir::sensitivity::{Label, Labels};
use api::records::{self, Preview};
use api::representation::{Kind as Authority, Lens, Scope};

use super::main;
use crate::acting::{actor, appointed, patient};
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(a_preview_counts_what_its_reader_sees, a_preview_hides_nothing_where_nothing_is_hidden);

/// The kinds of what Jordan asked for alone, as the pages call them.
const OWN_KINDS: [&str; 2] = ["Services a minor asked for alone", "Sex, birth control and pregnancy"];

/// How many items a preview says that there are, that would be seen, and that a label keeps back.
fn counted(preview: &Preview, label: Label) -> (i64, i64, i64) {
    let (all, seen) =
        preview.shelves.iter().fold((0, 0), |(all, seen), (_, total, shown)| (all + total, seen + shown));
    let kept = preview.hidden.iter().find(|(own, _)| *own == label).map_or(0, |(_, count)| *count);
    (all, seen, kept)
}

/// The lines about what a limit would keep back, with every kind ticked.
async fn limited(who: &mut Browser, base: &str) -> Vec<String> {
    let form = who.get(&format!("{base}/privacy/limits/new")).await;
    assert_eq!(form.status, 200, "{}", main(&form));
    let fields: Vec<(&str, &str)> = Label::ALL.iter().map(|label| ("labels", label.slug())).collect();
    looked(who, (&form, "#limit-form", "/privacy/limits/new/look"), (base, &fields)).await.all("#preview p")
}

/// Presses the button that shows what would be seen; the page after it.
async fn looked(
    who: &mut Browser,
    (page, form, path): (&Page, &str, &str),
    (base, fill): (&str, &[(&str, &str)]),
) -> Page {
    let token = page.attributes(&format!("{form} input[name='csrf']"), "value").remove(0);
    let fields: Vec<_> = [("csrf", token.as_str())].into_iter().chain(fill.iter().copied()).collect();
    let answer = who.plain_post(&format!("{base}{path}"), &fields).await;
    match answer.status {
        303 => who.get(&page.path).await,
        status => {
            assert_eq!(status, 200, "{}", main(&answer));
            answer
        }
    }
}

/// No kind stands in these lines that Jordan alone sees something of.
fn tells_nothing(lines: &[String]) {
    assert!(lines[0].contains(" would see "), "{lines:?}");
    for kind in OWN_KINDS {
        assert!(!lines.iter().any(|line| line.contains(kind)), "{kind}: {lines:?}");
    }
}

async fn a_preview_counts_what_its_reader_sees(kind: Kind) {
    let house = House::start(kind).await;
    let mut jordan = house.linked("jordan").await;
    let mut elena = house.signed_in("elena").await;
    let parent = appointed(&house, ("elena", Authority::Parent), "jordan", Scope::WHOLE).await;
    let base = format!("/for/{parent}");
    let over = patient(&house, "jordan").await;
    // All of it is of the two kinds that no parent sees here: with one item less there is nothing to tell.
    let only_own = format!(
        "SELECT count(*) FROM item WHERE patient_no = {over} AND labels & {} <> 0 AND labels & {} = 0",
        Label::Reproductive.bit(),
        Label::Minor.bit()
    );
    assert_eq!(house.raw.number(&only_own).await, 0);

    // Whatever is kept back of one kind is what the numbers lack, for each reader and each kind, with and without dates.
    let (own, hers) = (actor(&house, "jordan").await, actor(&house, "elena").await);
    let mut told = Vec::new();
    for who in [&own, &hers] {
        for label in Label::ALL {
            let lens = Lens { hidden: Labels::default().with(label), ..Lens::WHOLE };
            let preview = records::preview(&house.app, who, (over, lens)).await.unwrap();
            let (all, seen, kept) = counted(&preview, label);
            assert_eq!(all - seen, kept, "{label:?} {:?}", preview.hidden);
            // After a notice: what came until then, and nothing where all came later.
            for (until, kept) in [(house.app.clock.now(), kept), (Instant(0), 0)] {
                let preview = records::preview(&house.app, who, (over, lens.until(until))).await.unwrap();
                assert_eq!(counted(&preview, label), (all, all - kept, kept), "{label:?} {until:?}");
            }
            if [Label::Minor, Label::Reproductive].contains(&label) {
                told.push(kept);
            }
        }
    }
    assert!(told[0] > 5 && told[1] > 5, "Jordan is told of both: {told:?}");
    assert_eq!(told[2..], [0, 0], "and Elena of none");
    // Who sees a time only is told of that time only.
    let late = Lens { hidden: Labels::ALL, ..Lens::WHOLE };
    let dated = Scope { from: Some("2200-01-01".into()), ..Scope::WHOLE };
    house.signed_in("sam").await;
    appointed(&house, ("sam", Authority::Parent), "jordan", dated).await;
    let his = actor(&house, "sam").await;
    let preview = records::preview(&house.app, &his, (over, late)).await.unwrap();
    assert!(preview.hidden.is_empty(), "{:?}", preview.hidden);

    // On the pages: each sort of permission, and a limit.
    let lines = limited(&mut jordan, "").await;
    for kind in OWN_KINDS {
        assert!(lines.iter().any(|line| line.contains(kind)), "{kind}: {lines:?}");
    }
    tells_nothing(&limited(&mut elena, &base).await);
    let form = elena.get(&format!("{base}/privacy/permissions/new")).await;
    let sorts = form.attributes("input[name='kind']", "value");
    assert!(!sorts.is_empty(), "{}", main(&form));
    for sort in sorts {
        let form = elena.get(&format!("{base}/privacy/permissions/new")).await;
        let terms = elena.submit(&form, "main form", &[("kind", &sort)]).await;
        let path = format!("{}/look", terms.path.strip_prefix(&base).unwrap());
        let fill = [("recipient", "Dr. Lee"), ("what", "all")];
        let page = looked(&mut elena, (&terms, "#terms-form", &path), (&base, &fill)).await;
        tells_nothing(&page.all("#preview p"));
    }
    house.close().await;
}

/// The parent of a child who has nothing of their own reads what the child would.
async fn a_preview_hides_nothing_where_nothing_is_hidden(kind: Kind) {
    let house = House::start(kind).await;
    let mut mia = house.linked("mia").await;
    let mut elena = house.signed_in("elena").await;
    let parent = appointed(&house, ("elena", Authority::Parent), "mia", Scope::WHOLE).await;
    let lines = limited(&mut elena, &format!("/for/{parent}")).await;
    assert_eq!(lines, limited(&mut mia, "").await);
    assert!(lines[0].contains(" would see "), "{lines:?}");
    house.close().await;
}

//! What staff do at the command line, through the real program: help that shows how, deciding who is linked,
//! seeing what was refused, proof that makes nothing, and faults told in plain words.

use std::path::Path;
use std::process::{Command, Output};

use crate::harness::{Database, House, Kind, PATIENCE, binary, on_both_databases};
use crate::patient::copy::ready;

on_both_databases!(
    cases_are_decided,
    a_code_says_what_was_seen,
    refused_and_noted_is_seen,
    proof_of_an_empty_house,
    one_fingerprint,
);

/// Runs the program as it is called, without a data folder of its own.
fn plain(folder: &Path, args: &[&str]) -> Output {
    Command::new(binary::path()).args(args).current_dir(folder).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn good(output: &Output) -> String {
    assert!(output.status.success(), "{}{}", out(output), err(output));
    out(output)
}

/// Fails with words, and not with a fault of the program.
#[track_caller]
fn refused(output: &Output, words: &str) {
    assert_eq!(output.status.code(), Some(1), "{}{}", out(output), err(output));
    assert!(err(output).contains(words), "{words}: {}", err(output));
    assert!(!err(output).contains("internal error"), "{}", err(output));
}

#[test]
fn help_shows_an_example() {
    let folder = tempfile::tempdir().unwrap();
    let (mut open, mut seen) = (vec![Vec::<String>::new()], 0);
    while let Some(path) = open.pop() {
        let mut args: Vec<&str> = path.iter().map(String::as_str).collect();
        args.push("--help");
        let help = good(&plain(folder.path(), &args));
        assert!(help.contains("Example"), "{args:?}: {help}");
        seen += 1;
        let names = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        for line in names.take_while(|line| line.starts_with("  ")) {
            // A line that goes on is set in further.
            let name = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '));
            let name = name.and_then(|rest| rest.split(' ').next()).unwrap_or_default();
            if !name.is_empty() && name != "help" {
                open.push([path.clone(), vec![name.to_owned()]].concat());
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn the_law_in_force_is_printed_and_weaker_rules_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let write = |days: i64| {
        let text = format!(
            "[law]\njurisdiction = \"US-CA\"\n[[law.rule]]\nkey = \"access.copy_deadline\"\nvalue = {days}\n\
             cite = \"Cal. 123110\"\nreviewed_by = \"A. Counsel\"\nreviewed_on = \"2026-10-01\"\n"
        );
        std::fs::write(folder.path().join("recordright.toml"), text).unwrap();
    };
    let law = || plain(folder.path(), &["law", "--on", "2026-11-22", "--key", "access."]);
    write(15);
    let table = good(&law());
    assert!(table.contains("15 days  (US-CA, Cal. 123110)"), "{table}");
    assert!(table.contains("yields: 30 days  (US, 45 CFR 164.524(b)(2)(i))"), "{table}");
    assert!(!table.contains("minors."), "{table}");
    write(45);
    refused(&law(), "(access.copy_deadline) is 45 days, which gives people less than federal law does");
    let check = plain(folder.path(), &["check", "--data", "data", "--config", "recordright.toml"]);
    assert!(out(&check).contains("law.rule.1 (access.copy_deadline) is 45 days"), "{}", out(&check));
}

async fn a_code_says_what_was_seen(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    let reference = house.person("rosa").patient_id.clone();
    let run = |proof: &[&str]| {
        let args =
            [&["activation-code", "--by", "Ann Lee", "--patient", reference.as_str()][..], proof].concat();
        binary::run(house.folder.path(), Some(&house.database.url), &args)
    };
    refused(&run(&["--proof", " "]).await, "--proof must say what you saw");
    good(&run(&[]).await);
    good(&run(&["--proof", "driver licence"]).await);
    let proofs =
        house.raw.texts("SELECT COALESCE(proof, '-') FROM activation_code ORDER BY created_at").await;
    assert_eq!(proofs, ["-", "driver licence"]);
    house.close().await;
}

async fn cases_are_decided(kind: Kind) {
    let house = House::with(kind, |config| config.clinic.email = "office@clinic.example".into()).await;
    let run = |args: &[&str]| binary::run(house.folder.path(), Some(&house.database.url), args);
    assert!(good(&run(&["cases", "list"]).await).contains("There is no case."));
    house.gather("rosa").await;
    let mut ids = Vec::new();
    let mut browsers = Vec::new();
    for key in ["rosa", "sam"] {
        let mut browser = house.signed_in(key).await;
        let form = browser.get("/link/help").await;
        let note = format!("note of {key}");
        let fields = [("name", "Somebody Else"), ("birth_date", "1968-03-04"), ("note", note.as_str())];
        let page = browser.submit(&form, "form[action='/link/help']", &fields).await;
        assert!(page.all("main").concat().contains("You asked the records office"), "{}", page.text);
        let list = good(&run(&["cases", "list", "--open"]).await);
        let line = list.lines().last().unwrap();
        assert!(line.contains("  open ") && line.contains(&house.person(key).email), "{list}");
        ids.push(line.split(' ').next().unwrap().to_owned());
        browsers.push(browser);
    }
    let mail = house.mail.wait_for("office@clinic.example", PATIENCE).await.expect("a mail");
    let text = format!("{} {}", mail.subject(), mail.text().unwrap());
    assert!(text.contains("recordright cases list"), "{text}");
    for word in ["Rosa", "Sam", "Somebody Else", "1968", "note of"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    let shown = good(&run(&["cases", "show", &ids[0]]).await);
    for word in ["Somebody Else", "1968-03-04", "note of rosa", &house.person("rosa").email] {
        assert!(shown.contains(word), "{word}: {shown}");
    }

    let patient = &house.person("rosa").patient_id;
    let link = |id: &str, patient: &str| {
        run(&["cases", "link", id, "--patient", patient, "--by", "Ann Lee", "--evidence", "photo ID"])
    };
    refused(&link(&ids[0], "nobody").await, "Nobody here has this identifier");
    refused(&link("00000000-0000-0000-0000-000000000000", patient).await, "no case of this id");
    // The name that was stated is not that of the record.
    let differs = link(&ids[0], patient).await;
    refused(&differs, "name        stated Somebody Else");
    refused(&differs, "--differs");
    let why = "goes by another name";
    let args = ["cases", "link", &ids[0], "--patient", patient, "--by", "Ann Lee", "--evidence", "photo ID"];
    let linked = run(&[&args[..], &["--differs", why]].concat()).await;
    assert!(good(&linked).contains("The case is closed"));
    refused(&link(&ids[0], patient).await, "already");
    assert!(good(&run(&["cases", "show", &ids[0]]).await).contains(why));
    assert!(house.mail.wait_for(&house.person("rosa").email, PATIENCE).await.is_some());
    assert_eq!(browsers[0].get("/link").await.path, "/home", "rosa is linked");
    let proof = house.raw.texts("SELECT ground || ' ' || evidence FROM account_link").await;
    assert_eq!(proof, ["staff Ann Lee: photo ID"]);

    // The link is ended again: by whom and why stands with it, and the log of the record tells it.
    let unlink = |account: &str, reason: &str| {
        run(&[
            "cases",
            "unlink",
            "--account",
            account,
            "--patient",
            patient,
            "--by",
            "Ann Lee",
            "--reason",
            reason,
        ])
    };
    let email = &house.person("rosa").email;
    refused(&unlink("nobody@people.example", "the wrong Rosa").await, "no account of this address");
    refused(&unlink(email, "no").await, "ten to a thousand letters");
    refused(&unlink(&house.person("sam").email, "the wrong Rosa").await, "never linked");
    let entries = house.entries().await;
    assert!(good(&unlink(email, "the wrong Rosa").await).contains("any more"));
    assert_eq!(house.entries().await, entries + 1, "the log of the record tells it");
    refused(&unlink(email, "the wrong Rosa").await, "over already");
    assert_eq!(browsers[0].get("/home").await.path, "/link", "rosa is linked no more");
    let ended = house.raw.texts("SELECT ended_by || ': ' || ended_why FROM account_link").await;
    assert_eq!(ended, ["Ann Lee: the wrong Rosa"]);
    let close = || run(&["cases", "close", &ids[1], "--by", "Ann Lee", "--reason", "nobody of this name"]);
    good(&close().await);
    refused(&close().await, "decided already");
    let page = browsers[1].get("/link").await;
    let said = page.all("main").concat();
    assert!(said.contains("Please call them") && said.contains("555-0100"), "{said}");
    assert_eq!(page.attributes("a[href='/link/help']", "href").len(), 1, "they may ask again");
    let decided = "SELECT state || ' ' || decided_by || ' ' || decided_why FROM identity_case \
                   WHERE decided_at IS NOT NULL ORDER BY state";
    let decided = house.raw.texts(decided).await;
    assert_eq!(decided, ["closed Ann Lee nobody of this name", "linked Ann Lee photo ID"]);
    assert!(good(&run(&["cases", "show", &ids[1]]).await).contains("Ann Lee: nobody of this name"));
    assert!(good(&run(&["cases", "list", "--open"]).await).contains("There is no case."));
    assert_eq!(good(&run(&["cases", "list"]).await).lines().count(), 2);
    house.close().await;
}

async fn refused_and_noted_is_seen(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new(kind, folder.path()).await;
    let run = |args: &[&str]| binary::run(folder.path(), Some(&database.url), args);
    let lines = concat!(
        r#"{"resourceType":"Patient","id":"p1","name":[{"family":"Probe","given":["Ada"]}],"birthDate":"1970-01-01"}"#,
        "\n",
        r#"{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/p1"},"recordedDate":"someday"}"#,
        "\n",
        r#"{"resourceType":"Condition","id":"c2","subject":{"reference":"Patient/p1"},"#,
        "\n",
    );
    std::fs::write(folder.path().join("probe.ndjson"), lines).unwrap();
    good(&run(&["import", "probe.ndjson"]).await);
    let list = good(&run(&["quarantine", "list"]).await);
    assert!(list.contains("probe.ndjson (line 3"), "{list}");
    let id = list.split(' ').next().unwrap();
    let shown = good(&run(&["quarantine", "show", id]).await);
    for word in ["reason    ", "detail    ", "place     line 3", "source    import"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    let bytes = run(&["quarantine", "show", id, "--bytes"]).await.stdout;
    assert_eq!(String::from_utf8(bytes).unwrap().trim_end(), lines.lines().last().unwrap());
    refused(
        &run(&["quarantine", "show", "00000000-0000-0000-0000-000000000000"]).await,
        "nothing of this id",
    );
    for args in [&["findings"][..], &["findings", "--patient", "p1"]] {
        let found = good(&run(args).await);
        assert!(found.contains("Condition/c1  Condition.recordedDate  "), "{found}");
    }
    refused(&run(&["findings", "--patient", "p2"]).await, "Nobody here");
    refused(&run(&["quarantine", "list", "--patient", "p2"]).await, "Nobody here");
}

/// Nothing to check is not proof, and a lost key is named.
async fn proof_of_an_empty_house(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new(kind, folder.path()).await;
    let run = |args: &[&str]| binary::run(folder.path(), Some(&database.url), args);
    for command in ["verify", "checkpoint", "key"] {
        let output = run(&["ledger", command]).await;
        assert_eq!(output.status.code(), Some(1), "{}", out(&output));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{command} makes nothing");
    }
    good(&run(&["migrate"]).await);
    let said = good(&run(&["ledger", "verify"]).await);
    assert!(said.contains("nothing to check yet") && !said.contains("not altered"), "{said}");
    assert_eq!(binary::json(&run(&["ledger", "verify", "--json"]).await)["entries"], 0);
    std::fs::remove_file(folder.path().join("keys/signing.key")).unwrap();
    for command in ["verify", "checkpoint", "key"] {
        refused(&run(&["ledger", command]).await, "the signing key is missing");
    }
    assert!(!folder.path().join("keys/signing.key").exists(), "none is made in its place");
    let nowhere = folder.path().join("nowhere");
    let verify = Command::new(binary::path()).args(["ledger", "verify", "--data"]).arg(&nowhere).output();
    refused(&verify.unwrap(), &nowhere.display().to_string());
    assert!(!nowhere.exists());
}

async fn one_fingerprint(kind: Kind) {
    let house = House::start(kind).await;
    let folder = house.folder.path();
    let mut elena = house.linked("elena").await;
    let page = ready(&mut elena).await;
    let file = elena.get(&format!("{}/file", page.path)).await;
    std::fs::write(folder.join("copy.zip"), &file.bytes).unwrap();
    let key = good(&binary::run(folder, Some(&house.database.url), &["ledger", "key"]).await);
    let key = key.trim_end();
    assert_eq!(key.len(), 64);
    let said = good(&plain(folder, &["copy", "verify", "copy.zip"]));
    assert!(said.contains(key), "{key}: {said}");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&file.bytes)).unwrap();
    let text = std::io::read_to_string(zip.by_name("READ-ME.txt").unwrap()).unwrap();
    assert!(text.contains(key), "{key}: {text}");
    let raw = hex::encode(house.app.keys.public_key());
    for given in [key, &raw] {
        assert!(
            !good(&plain(folder, &["copy", "verify", "--key", given, "copy.zip"])).contains("taken from")
        );
    }
    let other = "ab".repeat(32);
    assert!(!plain(folder, &["copy", "verify", "--key", &other, "copy.zip"]).status.success());
    house.close().await;
}

#[test]
fn faults_are_told_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| plain(folder.path(), args);
    refused(&run(&["copy", "verify", "nope.zip"]), "there is no file nope.zip");
    refused(&run(&["check", "--config", "nope.toml"]), "there is no settings file nope.toml");
    // All that is not known is told at once, and what else is wrong; whose it is stands beside the number.
    let text = "clinic_nam = \"x\"\n[clinic]\nnam = \"x\"\nname = \"Cedar Hill\"\n\
        [[clients]]\nid = \"steps\"\nname = \"Cedar Hill\"\ncolour = 1\nkind = \"public\"\n\
        [[clients]]\nid = \"lake\"\nname = \"Lake\"\nsystem = true\n";
    std::fs::write(folder.path().join("a.toml"), text).unwrap();
    let told = run(&["check", "--config", "a.toml"]);
    assert_eq!(told.status.code(), Some(1));
    for words in [
        "✗ there is no setting clinic_nam (in a.toml)",
        "✗ there is no setting clinic.nam (in a.toml)",
        "✗ there is no setting clients.0.colour (steps) (in a.toml)",
        "✗ there is no setting clients.0.kind (steps) (in a.toml)",
        "✗ clients.0.redirect_uris (steps) ",
        "! clients.0.name (steps) is like the clinic's own name",
        "✗ clients.1.scope (lake) ",
    ] {
        assert!(out(&told).contains(words), "{words}: {}", out(&told));
    }
    assert!(!folder.path().join("data").exists(), "nothing is opened");
    refused(&run(&["serve", "--config", "a.toml"]), "there is no setting clients.0.kind (steps) (in a.toml)");
    // A source that does not answer is named with its address and without our key to it.
    let source =
        "[[sources]]\nname = \"ehr\"\nurl = \"http://u:secret@127.0.0.1:9/fhir\"\ntoken = \"secret\"\n";
    std::fs::write(folder.path().join("c.toml"), source).unwrap();
    let dead = run(&["gather", "--config", "c.toml", "--source", "ehr", "--patient", "1"]);
    refused(&dead, "The source ehr does not answer at http://127.0.0.1:9/fhir");
    assert!(!(out(&dead) + &err(&dead)).contains("secret"));
}

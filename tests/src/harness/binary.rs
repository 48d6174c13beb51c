//! The program itself: run to its end, or started and killed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use super::setting;

/// `recordright`: what `check` has built, or else built now.
pub fn path() -> &'static Path {
    static BUILT: LazyLock<PathBuf> = LazyLock::new(|| {
        if let Some(named) = setting("RECORDRIGHT_TEST_BINARY") {
            return PathBuf::from(named);
        }
        let release: &[&str] = if cfg!(debug_assertions) { &[] } else { &["--release"] };
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "-p", "portal"])
            .args(release)
            .status()
            .unwrap();
        assert!(built.success(), "cargo build -p portal");
        // The test's own file lies in target/debug/deps.
        let own = std::env::current_exe().unwrap();
        own.parent().and_then(Path::parent).unwrap().join("recordright")
    });
    &BUILT
}

/// The program with arguments, on a data folder and a database.
pub fn command(data: &Path, database: Option<&str>, args: &[&str]) -> Command {
    let mut command = Command::new(path());
    command.args(args).arg("--data").arg(data).current_dir(data).env("RUST_LOG", "warn");
    if let Some(url) = database {
        command.env("RECORDRIGHT__DATABASE__URL", url);
    }
    command
}

/// The least settings with which `serve` and `work` start.
pub fn settled(mut command: Command) -> Command {
    command.env("RECORDRIGHT__CLINIC__PHONE", "555-0100").env(
        "RECORDRIGHT__OIDC",
        r#"[{id="demo",name="Demo",issuer="http://127.0.0.1:9",client_id="recordright"}]"#,
    );
    command
}

/// Runs it to its end.
pub fn run(data: &Path, database: Option<&str>, args: &[&str]) -> Output {
    command(data, database, args).output().unwrap()
}

/// Runs it to its end and reads the last line of its output as JSON.
#[track_caller]
pub fn json(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last)
        .unwrap_or_else(|error| panic!("{error}: {text}\n{}", String::from_utf8_lossy(&output.stderr)))
}

/// Starts it without waiting; what it says goes nowhere.
pub fn start(mut command: Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

//! The program itself: run to its end, or started and killed.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{PATIENCE, setting};

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
pub fn run(data: &Path, database: Option<&str>, args: &[&str]) -> impl Future<Output = Output> + use<> {
    output(command(data, database, args))
}

/// Runs a command to its end without holding up this thread, on which a [`super::House`] serves and works: what
/// stood still in a transaction would lock the program out for as long as it is waited for.
pub async fn output(command: Command) -> Output {
    tokio::process::Command::from(command).output().await.unwrap()
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

/// Asks a started program until it answers. One that has ended never will.
pub async fn answered<T>(child: &mut Child, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        // Looked at first: whoever else came to its port would answer too.
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none(), "it ended before it answered: {ended:?}");
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "it does not answer");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A port for a program that is started a moment later. Systems give out the ports above these by themselves, to whoever
/// listens on any or calls somebody: what is free there may be taken in between. None of these is given out twice.
pub fn free_port() -> u16 {
    const PORTS: std::ops::Range<u16> = 11_000..16_000;
    static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| {
        // Another run beside this one begins elsewhere.
        let [a, b] = api::base::bytes::<2>();
        AtomicU16::new(u16::from_be_bytes([a, b]))
    });
    for _ in PORTS {
        let port = PORTS.start + NEXT.fetch_add(1, Ordering::Relaxed) % (PORTS.end - PORTS.start);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free");
}

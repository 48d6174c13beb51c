//! What a process uses, read from `/proc`, and how long requests take.

use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

use crate::harness::{House, Kind};

/// What one process has used to its end.
pub struct Used {
    /// Seconds of CPU.
    pub cpu: f64,
    /// The most resident memory, in kB.
    pub peak: u64,
}

/// Waits for a process and watches what it uses.
pub async fn watch(mut child: Child) -> Used {
    let mut used = Used { cpu: 0.0, peak: 0 };
    while child.try_wait().unwrap().is_none() {
        let (now, peak) = (cpu(child.id()), resident(child.id(), "VmHWM:"));
        used = Used { cpu: now.max(used.cpu), peak: peak.max(used.peak) };
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    used
}

/// The whole server side: the program, and the PostgreSQL server with its processes where one is used.
#[derive(Clone, Copy)]
pub struct Server {
    pub program: u32,
    pub postgres: Option<u32>,
}

impl Server {
    /// Seconds of CPU of the program, and of PostgreSQL.
    pub fn cpu(self) -> (f64, f64) {
        (cpu(self.program), self.postgres.map_or(0.0, family))
    }

    /// What one of so many runs needed since.
    pub fn each(self, before: (f64, f64), runs: usize) -> Spent {
        let now = self.cpu();
        let each = |from: f64, to: f64| (to - from) * 1000.0 / runs as f64;
        let postgres = self.postgres.map(|_| each(before.1, now.1));
        Spent { program: each(before.0, now.0), postgres }
    }
}

/// What one run needed of CPU, in ms: the program, and PostgreSQL where one is used.
#[derive(Clone, Copy)]
pub struct Spent {
    pub program: f64,
    pub postgres: Option<f64>,
}

impl Spent {
    /// Both together.
    pub fn whole(self) -> f64 {
        self.program + self.postgres.unwrap_or(0.0)
    }
}

impl std::fmt::Display for Spent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { program, postgres } = self;
        match postgres {
            None => write!(f, "{program:.3} ms CPU"),
            Some(postgres) => {
                write!(f, "{:.3} ms CPU ({program:.3} + {postgres:.3} PostgreSQL)", self.whole())
            }
        }
    }
}

/// The server of the database behind a house, by its process; none on SQLite.
pub async fn postgres(house: &House) -> Option<u32> {
    match house.database.kind {
        Kind::Sqlite => None,
        Kind::Postgres => {
            let backend = house.raw.number("SELECT CAST(pg_backend_pid() AS BIGINT)").await;
            parent(backend.try_into().unwrap())
        }
    }
}

/// A process, its children, and those of its children that have ended.
pub fn family(pid: u32) -> f64 {
    let own = times(pid).map_or(0.0, |times| times.iter().sum());
    let children = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let children = children.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    own + children.filter(|child| parent(*child) == Some(pid)).map(cpu).sum::<f64>()
}

/// The parent of a process.
fn parent(pid: u32) -> Option<u32> {
    stat(pid)?.get(1)?.parse().ok()
}

/// Seconds of CPU that a process has used, in ticks of 10 ms.
pub fn cpu(pid: u32) -> f64 {
    times(pid).map_or(0.0, |times| times[0] + times[1])
}

/// Seconds: of the process in user and in system mode, of its ended children in both (fields 14 to 17 of proc(5)).
fn times(pid: u32) -> Option<[f64; 4]> {
    let fields = stat(pid)?;
    let mut ticks = fields.get(11..15)?.iter().map(|field| field.parse::<f64>().unwrap_or(0.0) / 100.0);
    Some(std::array::from_fn(|_| ticks.next().unwrap_or(0.0)))
}

/// The fields of `/proc/PID/stat` that follow the name: the first is the state (field 3 of proc(5)).
fn stat(pid: u32) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/stat"))).ok()?;
    let (_, after) = stat.rsplit_once(')')?;
    Some(after.split_whitespace().map(str::to_owned).collect())
}

/// A line of `/proc/PID/status` in kB.
pub fn resident(pid: u32, key: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix(key)?.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// Times of requests, told as their middle and their slowest.
pub struct Spread(Vec<Duration>);

impl Spread {
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The time under which so many of a hundred stay, in ms.
    pub fn at(&self, percent: usize) -> f64 {
        ms(self.0[(self.0.len() * percent / 100).min(self.0.len() - 1)])
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms", self.at(50), self.at(95), self.at(99))
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

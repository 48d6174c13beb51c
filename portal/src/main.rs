//! The binary `recordright`: one program, many roles. Each subcommand is a file in `command/`.

mod command;

use std::process::ExitCode;

/// Many small pieces of memory are taken and given back for each row and each element; glibc's allocator spends about a
/// fifth more on the same work (docs/performance.md).
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    command::main()
}

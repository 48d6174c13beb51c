//! The binary `recordright`: one program, many roles. Each subcommand is a file in `command/`.

mod command;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::main()
}

//! The binary `recordright`.
fn main() {}

//! Nothing in the tree names the machine it was written on.

use super::none;
use crate::harness::tree;

#[test]
fn no_path_of_a_build_machine() {
    let needles =
        [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("C:", "\\Users")];
    let mut faults = Vec::new();
    for file in tree::files() {
        for (n, line) in file.text.lines().enumerate() {
            for needle in needles {
                if line.contains(needle) {
                    faults.push(format!("{}:{}: {needle}", file.path, n + 1));
                }
            }
        }
    }
    none(faults);
}

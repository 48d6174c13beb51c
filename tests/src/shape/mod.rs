//! The shape of the house: order of rooms, schema, languages, documents. Each test names every place that is
//! wrong at once.

mod compose;
mod docs;
mod locales;
mod naming;
mod rooms;
mod schema;

/// Fails with all faults, one a line.
#[track_caller]
fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

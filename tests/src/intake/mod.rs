//! Getting records in, through the real program: hostile files, and a source with every fault it can have.

mod files;
mod gather;
mod hostile;
mod people;

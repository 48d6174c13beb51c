//! shim
#![allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    Labs,
}
#[derive(Debug, Clone)]
pub struct View {}

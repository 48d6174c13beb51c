//! Tests over every page: what each sends, whom it lets in, and whether its sentences are whole.

mod acting;
mod apps;
mod html;
mod locales;
mod mounted;
mod pages;
pub(crate) mod sample;
mod staff;
mod unshown;

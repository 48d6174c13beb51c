//! Tests over every page.
mod pages;

//! The pages of Recordright. [`configure`] mounts every page; the state is `web::Data<api::app::App>`.
//! A page is a template, a handler, a row of [`routes::ROUTES`] and a test. No page knows the database.

pub mod apps;
pub mod assets;
pub mod authority;
pub mod charts;
pub mod components;
pub mod csrf;
pub mod developer;
pub mod error;
pub mod form;
pub mod guard;
pub mod i18n;
pub mod law;
pub mod page;
pub mod patient;
pub mod routes;
pub mod sealed;
pub mod send;

pub mod staff;
pub mod upload;
pub mod visit;
#[cfg(test)]
mod tests;

pub use routes::configure;

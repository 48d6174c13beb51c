//! What a patient does with the house, through a plain HTTP client.

mod addresses;
pub mod copy;
mod limits;
mod mail;
mod routes;
mod step_up;
mod story;
mod strangers;

pub use copy::ready as ready_copy;

//! What a patient does with the house, through a plain HTTP client.

mod copy;
mod limits;
mod mail;
mod routes;
mod story;

pub use copy::ready as ready_copy;

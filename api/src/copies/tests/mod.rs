//! Copies from end to end: imported, asked for, built, taken home, opened with tools that are not ours, erased.
//! Every test runs on SQLite, and on PostgreSQL where `RECORDRIGHT_TEST_POSTGRES` names a server.

mod home;
mod large;
mod life;
mod pages;
mod zip;

//! The tests of the whole house.

#[cfg(test)]
mod identity;

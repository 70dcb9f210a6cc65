//! server.

pub mod pages;

//! Every refusal by name, and what is let through.

mod answers;
mod cache;
mod order;
mod tokens;

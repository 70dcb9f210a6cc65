//! Answers to commands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a vehicle answers to a command. A refusal is a `200` with `result: false`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandResult {
    /// Whether the vehicle did it.
    pub result: bool,
    /// Why not; empty when it did.
    pub reason: String,
}

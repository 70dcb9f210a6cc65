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
    /// Whether the vehicle will see to it on its own time; only where something is sent to its screen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queued: Option<bool>,
}

//! The service itself.

use super::{Operation, operations};

operations! {
    /// Operations of the service itself.
    ServiceOperation {
        Status => Operation {
            name: "status",
            summary: "Whether the service answers.",
            path: "/status",
            token_types: &[],
            registration: false,
            ..Operation::BASE
        },
    }
}

//! The service itself.

use axum::response::{IntoResponse as _, Response};
use fleetgate_protocol::operations::ServiceOperation;

/// The answer to an operation that needs no token.
pub(super) fn answer(operation: ServiceOperation) -> Response {
    match operation {
        ServiceOperation::Status => "ok".into_response(),
    }
}

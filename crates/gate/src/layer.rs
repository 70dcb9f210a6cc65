use std::error::Error;
use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt as _, Limited};
use tower::{Layer, Service};

use crate::bearer;
use crate::{BufferedBody, Decision, Gate, InvalidRequest, Requirement};

/// The most octets of a form, which is read before the service sees it.
const LONGEST_FORM: usize = 1024 * 1024;

/// Puts the gate in front of a service. See [`Gate::layer`].
#[derive(Clone, Debug)]
pub struct GateLayer {
    gate: Arc<Gate>,
    requirement: Arc<Requirement>,
}

impl GateLayer {
    pub(crate) fn new(gate: Arc<Gate>, requirement: Requirement) -> Self {
        Self { gate, requirement: Arc::new(requirement) }
    }
}

impl<S> Layer<S> for GateLayer {
    type Service = GateService<S>;

    fn layer(&self, inner: S) -> GateService<S> {
        GateService { layer: self.clone(), inner }
    }
}

/// A service behind the gate: a token in the query or in a form is refused (a form is read for that, up to a mebibyte,
/// unless an outer layer has put it into a [`BufferedBody`]). Its requests have a [`Permit`](crate::Permit) in their extensions, and all responses a
/// [`Decision`] in theirs.
#[derive(Clone, Debug)]
pub struct GateService<S> {
    layer: GateLayer,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for GateService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + From<Bytes> + Send + 'static,
    R: From<Bytes>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<R>, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The clone may not be ready, so the one that is goes with the request.
        let inner = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, inner);
        let GateLayer { gate, requirement } = self.layer.clone();
        Box::pin(async move {
            let (mut parts, mut body) = request.into_parts();
            if bearer::is_form(&parts) && parts.extensions.get::<BufferedBody>().is_none() {
                // What cannot be looked at in full is not let through: a token may be in it.
                let Ok(form) = Limited::new(body, LONGEST_FORM).collect().await else {
                    let refusal = InvalidRequest::UnreadableForm;
                    let mut response = gate.respond(&refusal.into()).map(R::from);
                    response.extensions_mut().insert(Decision {
                        operation: requirement.operation.clone(),
                        reason: Some(refusal.to_string()),
                        ..Decision::default()
                    });
                    return Ok(response);
                };
                let form = form.to_bytes();
                parts.extensions.insert(BufferedBody(form.clone()));
                body = B::from(form);
            }
            let (outcome, decision) = gate.check_following(&parts, &requirement).await;
            let mut response = match outcome {
                Ok(permit) => {
                    if let Some(permit) = permit {
                        parts.extensions.insert(permit);
                    }
                    inner.call(Request::from_parts(parts, body)).await?
                }
                Err(rejection) => gate.respond(&rejection).map(R::from),
            };
            response.extensions_mut().insert(decision);
            Ok(response)
        })
    }
}

#[cfg(test)]
mod tests;

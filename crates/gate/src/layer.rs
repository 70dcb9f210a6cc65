use std::mem;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use tower::{Layer, Service};

use crate::{Gate, Requirement};

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

/// A service behind the gate: its requests have a [`Permit`](crate::Permit) in their extensions, and all responses a
/// [`Decision`](crate::Decision) in theirs.
#[derive(Clone, Debug)]
pub struct GateService<S> {
    layer: GateLayer,
    inner: S,
}

impl<S, B, R> Service<Request<B>> for GateService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
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
            let (mut parts, body) = request.into_parts();
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

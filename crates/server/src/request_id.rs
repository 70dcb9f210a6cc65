//! The id of the request that is being answered, so that whatever is logged meanwhile leads to it. A span would do the
//! same and take a good part of the time that a small request takes altogether.

use std::fmt;

use tokio::task::futures::TaskLocalFuture;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The id of a request, which no other request has, of this run or another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId {
    /// Drawn by each run.
    pub(crate) run: u32,
    /// Counted within it.
    pub(crate) number: u64,
}

impl RequestId {
    /// The id of the request that the task answers which calls this.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|id| *id).ok()
    }

    /// Lets a future answer this request.
    pub(crate) fn scope<F: Future>(self, future: F) -> TaskLocalFuture<Self, F> {
        CURRENT.scope(self, future)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}-{:08x}", self.run, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_known_while_the_request_is_answered() {
        let id = RequestId { run: 0xAB, number: 7 };
        assert_eq!(id.to_string(), "000000ab-00000007");
        let within = async {
            tokio::task::yield_now().await;
            RequestId::current()
        };
        assert_eq!(id.scope(within).await, Some(id));
        assert_eq!(RequestId::current(), None);
    }
}

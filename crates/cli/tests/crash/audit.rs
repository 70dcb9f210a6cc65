//! What the audit finds.

/// What was acknowledged and is not so, each with what kind of thing it is.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<(&'static str, String)>);

impl Findings {
    /// Something that must hold.
    pub(crate) fn expect(&mut self, holds: bool, kind: &'static str, what: impl FnOnce() -> String) {
        if !holds {
            self.0.push((kind, what()));
        }
    }

    pub(crate) fn any_of(&self, kind: &str) -> bool {
        self.0.iter().any(|(known, _)| *known == kind)
    }

    pub(crate) fn assert_none(&self) {
        assert!(self.0.is_empty(), "{} findings: {:#?}", self.0.len(), self.0);
    }
}

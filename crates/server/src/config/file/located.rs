//! Reads TOML so that every complaint names the file, the line and the key.

use std::ops::Range;

use serde::de::DeserializeOwned;

/// What is wrong in a TOML file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{file}`, line {line}{}: {problem}", key.as_ref().map(|key| format!(", `{key}`")).unwrap_or_default())]
pub struct LocatedError {
    /// The file's name as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The key, with the tables around it.
    pub key: Option<String>,
    /// What is wrong, as a sentence.
    pub problem: String,
}

/// A TOML text and the name of its file.
#[derive(Debug, Clone, Copy)]
pub struct Source<'t> {
    /// The file's name as it was given.
    pub file: &'t str,
    /// What stands in it.
    pub text: &'t str,
}

impl Source<'_> {
    /// Reads the text as a `T`.
    ///
    /// # Errors
    /// Whatever is no TOML, or no `T`.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, LocatedError> {
        let deserializer = toml::Deserializer::parse(self.text).map_err(|error| self.error(None, &error))?;
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            let path = error.path().to_string();
            // A table that knows where it stands adds a step of its own to the path.
            let path = path.split(".$__serde_spanned").next().unwrap_or_default();
            let key = (!path.is_empty() && path != ".").then(|| path.to_owned());
            self.error(key, error.inner())
        })
    }

    /// A complaint about what stands at `span`.
    #[must_use]
    pub fn complain(self, span: &Range<usize>, key: &str, problem: impl Into<String>) -> LocatedError {
        LocatedError {
            file: self.file.to_owned(),
            line: self.line(span.start),
            key: Some(key.to_owned()),
            problem: problem.into(),
        }
    }

    fn error(self, key: Option<String>, error: &toml::de::Error) -> LocatedError {
        let problem = error.message().trim_end().replace('\n', "; ");
        let problem = if problem.ends_with('.') { problem } else { format!("{problem}.") };
        let line = self.line(error.span().map_or(0, |span| span.start));
        LocatedError { file: self.file.to_owned(), line, key, problem }
    }

    fn line(self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }
}

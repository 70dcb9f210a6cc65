//! Reads TOML so that every complaint names the file, the line and the key.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

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
        let document = DeTable::parse(self.text).map_err(|error| self.error(None, &error))?;
        T::deserialize(toml::Deserializer::from(document.clone())).map_err(|error| {
            // What the document as a whole lacks has no key.
            let span = error.span().filter(|span| *span != document.span());
            self.error(span.and_then(|span| key_at(document.get_ref(), &span)), &error)
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

/// The innermost key that stands at a span, or whose value does, with the tables around it.
fn key_at(table: &DeTable<'_>, span: &Range<usize>) -> Option<String> {
    let mut innermost = None;
    look_in_table(table, "", span, &mut innermost);
    innermost.map(|(_, key)| key)
}

/// What was found so far: how long it is, and its key.
type Innermost = Option<(usize, String)>;

fn look_in_table(table: &DeTable<'_>, path: &str, span: &Range<usize>, innermost: &mut Innermost) {
    for (key, value) in table {
        let path = if path.is_empty() { key.get_ref().to_string() } else { format!("{path}.{}", key.get_ref()) };
        look_at(&key.span(), &path, span, innermost);
        look_in_value(value, &path, span, innermost);
    }
}

fn look_in_value(value: &Spanned<DeValue<'_>>, path: &str, span: &Range<usize>, innermost: &mut Innermost) {
    look_at(&value.span(), path, span, innermost);
    match value.get_ref() {
        // The span of a table is that of its header, so that what is in it stands elsewhere.
        DeValue::Table(table) => look_in_table(table, path, span, innermost),
        DeValue::Array(array) => {
            for (index, value) in array.iter().enumerate() {
                look_in_value(value, &format!("{path}[{index}]"), span, innermost);
            }
        }
        _ => {}
    }
}

fn look_at(place: &Range<usize>, path: &str, span: &Range<usize>, innermost: &mut Innermost) {
    let around = place.start <= span.start && span.end <= place.end;
    if around && innermost.as_ref().is_none_or(|(length, _)| place.len() <= *length) {
        *innermost = Some((place.len(), path.to_owned()));
    }
}

//! Enums whose values have names on the wire.

/// A text that names none of the values that a place knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is none of {known}")]
pub struct UnknownName {
    /// What was given.
    pub given: String,
    /// The names that are known, for people.
    pub known: String,
}

/// Writes and reads an enum by its `as_str` and `ALL`.
macro_rules! named {
    ($type:ty) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.into_iter().find(|value| value.as_str() == text).ok_or_else(|| $crate::UnknownName {
                    given: text.to_owned(),
                    known: Self::ALL.map(|value| format!("`{value}`")).join(", "),
                })
            }
        }
    };
}
pub(crate) use named;

//! Values and rows: the little that both databases have in common.

use fleetgate_protocol::{ApplicationKind, GrantType, Region, ScopeSet};
use tokio_postgres::types::{IsNull, Type, private::BytesMut};

use crate::error::{Cause, Error, Result};

/// One parameter, or one column of a row.
#[derive(Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(integer) => ValueRef::Integer(*integer),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl rusqlite::types::FromSql for Value {
    fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
        use rusqlite::types::{FromSqlError, ValueRef};
        Ok(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(integer) => Self::Integer(integer),
            ValueRef::Text(_) => Self::Text(value.as_str()?.to_owned()),
            ValueRef::Blob(bytes) => Self::Bytes(bytes.to_owned()),
            ValueRef::Real(_) => return Err(FromSqlError::InvalidType),
        })
    }
}

impl std::fmt::Debug for Value {
    /// Values may be secret: only their type is said.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Integer(_) => "Integer",
            Self::Text(_) => "Text",
            Self::Bytes(_) => "Bytes",
        })
    }
}

impl tokio_postgres::types::ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Cause> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(integer) if *ty == Type::INT8 => integer.to_sql(ty, out),
            Self::Text(text) if *ty == Type::TEXT => text.to_sql(ty, out),
            Self::Bytes(bytes) if *ty == Type::BYTEA => bytes.to_sql(ty, out),
            other => Err(format!("{other:?} given where {ty} is wanted").into()),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(ty)
    }

    tokio_postgres::types::to_sql_checked!();
}

impl tokio_postgres::types::FromSql<'_> for Value {
    fn from_sql(ty: &Type, raw: &[u8]) -> Result<Self, Cause> {
        Ok(match *ty {
            Type::INT8 => Self::Integer(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Integer(i32::from_sql(ty, raw)?.into()),
            Type::TEXT => Self::Text(String::from_sql(ty, raw)?),
            _ => Self::Bytes(raw.to_owned()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Cause> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::TEXT, Type::BYTEA].contains(ty)
    }
}

/// One row, whose columns are taken from left to right.
#[derive(Debug)]
pub(crate) struct Row(std::vec::IntoIter<Value>);

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// The next column.
    pub(crate) fn next<T: FromValue>(&mut self) -> Result<T> {
        self.0.next().and_then(T::from_value).ok_or(Error::Corrupt { expected: T::NAME })
    }
}

/// Something that is made of one or more columns.
pub(crate) trait FromRow: Sized {
    fn from_row(row: &mut Row) -> Result<Self>;
}

impl<T: FromValue> FromRow for T {
    fn from_row(row: &mut Row) -> Result<Self> {
        row.next()
    }
}

macro_rules! from_row_for_tuples {
    ($(($($part:ident),+))+) => {$(
        impl<$($part: FromRow),+> FromRow for ($($part,)+) {
            fn from_row(row: &mut Row) -> Result<Self> {
                Ok(($($part::from_row(row)?,)+))
            }
        }
    )+};
}
from_row_for_tuples! { (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) }

/// Something that is one column.
pub(crate) trait FromValue: Sized {
    const NAME: &'static str;

    fn from_value(value: Value) -> Option<Self>;
}

impl FromValue for i64 {
    const NAME: &'static str = "integer";

    fn from_value(value: Value) -> Option<Self> {
        if let Value::Integer(integer) = value { Some(integer) } else { None }
    }
}

impl FromValue for bool {
    const NAME: &'static str = "truth value";

    fn from_value(value: Value) -> Option<Self> {
        i64::from_value(value).map(|integer| integer != 0)
    }
}

impl FromValue for String {
    const NAME: &'static str = "text";

    fn from_value(value: Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text) } else { None }
    }
}

impl FromValue for Vec<u8> {
    const NAME: &'static str = "byte string";

    fn from_value(value: Value) -> Option<Self> {
        if let Value::Bytes(bytes) = value { Some(bytes) } else { None }
    }
}

impl FromValue for [u8; 32] {
    const NAME: &'static str = "hash of 32 bytes";

    fn from_value(value: Value) -> Option<Self> {
        Vec::from_value(value)?.try_into().ok()
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const NAME: &'static str = T::NAME;

    fn from_value(value: Value) -> Option<Self> {
        if value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

impl FromValue for Vec<String> {
    const NAME: &'static str = "list of texts";

    fn from_value(value: Value) -> Option<Self> {
        serde_json::from_str(&String::from_value(value)?).ok()
    }
}

impl FromValue for Vec<GrantType> {
    const NAME: &'static str = "list of grant types";

    fn from_value(value: Value) -> Option<Self> {
        String::from_value(value)?.split_ascii_whitespace().map(|name| name.parse().ok()).collect()
    }
}

/// Something that can be given as one parameter.
pub(crate) trait ToValue {
    fn to_value(&self) -> Value;
}

impl ToValue for i64 {
    fn to_value(&self) -> Value {
        Value::Integer(*self)
    }
}

impl ToValue for bool {
    fn to_value(&self) -> Value {
        Value::Integer((*self).into())
    }
}

impl ToValue for str {
    fn to_value(&self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl ToValue for String {
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
}

impl ToValue for Vec<u8> {
    fn to_value(&self) -> Value {
        Value::Bytes(self.clone())
    }
}

impl ToValue for [u8; 32] {
    fn to_value(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        (**self).to_value()
    }
}

impl ToValue for Vec<String> {
    fn to_value(&self) -> Value {
        Value::Text(serde_json::Value::from(self.as_slice()).to_string())
    }
}

impl ToValue for Vec<GrantType> {
    fn to_value(&self) -> Value {
        Value::Text(self.iter().map(|grant_type| grant_type.as_str()).collect::<Vec<_>>().join(" "))
    }
}

/// Types that are stored as the text that they display and parse.
macro_rules! stored_as_text {
    ($($type:ty => $name:literal),+ $(,)?) => {$(
        impl $crate::value::FromValue for $type {
            const NAME: &'static str = $name;

            fn from_value(value: $crate::value::Value) -> Option<Self> {
                String::from_value(value)?.parse().ok()
            }
        }

        impl $crate::value::ToValue for $type {
            fn to_value(&self) -> $crate::value::Value {
                $crate::value::Value::Text(self.to_string())
            }
        }
    )+};
}

stored_as_text! {
    Region => "region",
    ScopeSet => "set of scopes",
    ApplicationKind => "kind of application",
}

/// Parameters, by reference.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        [$($crate::value::ToValue::to_value(&$value)),*]
    };
}
pub(crate) use params;

/// An enum of this crate and its names in the database.
macro_rules! names {
    ($type:ident, $what:literal, { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in the database and in answers.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The value of this name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::value::FromValue for $type {
            const NAME: &'static str = $what;

            fn from_value(value: $crate::value::Value) -> Option<Self> {
                Self::parse(&String::from_value(value)?)
            }
        }

        impl $crate::value::ToValue for $type {
            fn to_value(&self) -> $crate::value::Value {
                $crate::value::Value::Text(self.as_str().to_owned())
            }
        }
    };
}
pub(crate) use names;

/// The statements of a module, each a constant; a test prepares all of them on both databases.
macro_rules! statements {
    ($($name:ident = [$($part:tt)+];)+) => {
        $(pub(crate) const $name: &str = concat!($($part)+);)+

        #[cfg(test)]
        pub(crate) const STATEMENTS: &[&str] = &[$($name),+];
    };
}
pub(crate) use statements;

//! Texts of a seed file that must have a certain form: each is checked where it is read, which is where its line is
//! known.

use fleetgate_protocol::redirect_uri;
use serde::Deserialize;

use super::ec_key::EcKey;
use crate::fleet_api::partner::domain;
use crate::spelling;

macro_rules! checked {
    ($(#[$meta:meta])* $name:ident, $check:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(try_from = "String")]
        pub(super) struct $name(pub(super) String);

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                let check: fn(&str) -> Result<String, String> = $check;
                check(&text).map(Self)
            }
        }
    };
}

checked! {
    /// An e-mail address, in lower case as accounts are known.
    Email, spelling::email
}

checked! {
    /// Any text that a database can keep.
    Text, |text| if text.contains('\0') { Err("a text has no NUL in it".to_owned()) } else { Ok(text.to_owned()) }
}

checked! {
    /// A UUID, lower-case with hyphens.
    Uuid, |text| {
        let uuid = uuid::Uuid::try_parse(text).map_err(|_| format!("`{text}` is no UUID"))?;
        Ok(uuid.to_string())
    }
}

checked! {
    /// A client id: up to 128 characters that need no quoting anywhere.
    ClientId, |text| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        if (1..=128).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(text.to_owned())
        } else {
            Err(format!("`{text}` is no client id; it has letters, digits, `-`, `_`, `.` and `~`"))
        }
    }
}

checked! {
    /// A vehicle identification number.
    Vin, |text| text.parse().map(|vin: fleetgate_protocol::Vin| vin.as_str().to_owned()).map_err(|_| {
        format!("`{text}` is no VIN; it has 17 digits and capital letters without I, O and Q")
    })
}

checked! {
    /// A domain, lower-case and without a scheme.
    Domain, |text| match domain::Domain::read(text, true) {
        Ok(domain) => Ok(domain.as_str().to_owned()),
        Err(_) => Err(format!("`{text}` is no domain; write it in lower case and without `https://`")),
    }
}

checked! {
    /// An origin: scheme, host and port.
    Origin, spelling::origin
}

checked! {
    /// A redirect URI that may be registered.
    RedirectUri, |text| redirect_uri::validate(text).map(|()| text.to_owned()).map_err(|error| error.to_string())
}

/// A password or a client secret: 1 to 512 bytes without control characters. Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Password(pub(super) String);

impl TryFrom<String> for Password {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if (1..=512).contains(&text.len()) && !text.chars().any(char::is_control) {
            Ok(Self(text))
        } else {
            Err("a password or secret has 1 to 512 bytes and no control character")
        }
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// An application's private key.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct PrivateKey(pub(super) EcKey);

impl TryFrom<String> for PrivateKey {
    type Error = super::ec_key::InvalidEcKey;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        EcKey::parse(&text).map(Self)
    }
}

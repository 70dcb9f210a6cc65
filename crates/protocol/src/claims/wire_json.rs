use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// JSON in pure ASCII without `>`, `?`, `~` and DEL: these and everything beyond ASCII are written as `\u` escapes.
///
/// A widely used client decodes the payload of a token with the *standard* base64 alphabet, so that a `-` or `_` of
/// base64url makes it refuse the token. Those two stand for the six bits 111110 and 111111. In a group of three octets
/// such bits begin at the top of the first octet, or straddle two octets, which takes an octet of 0x80 or more each
/// time; or they are the low six bits of the third, which in ASCII only `>`, `?`, `~` and DEL have. Without these the
/// payload reads the same in both alphabets.
///
/// # Errors
/// When `value` cannot be JSON, for example a map with keys that are no texts.
pub fn to_wire_json(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut json = Vec::with_capacity(1024);
    serde_json::to_writer(&mut json, value)?;
    // Most have nothing to escape. Without a way out of the loop it looks at many octets at once.
    if json.iter().fold(false, |any, byte| any | is_escaped(*byte)) {
        json.clear();
        value.serialize(&mut Serializer::with_formatter(&mut json, WireFormatter))?;
    }
    Ok(json)
}

/// Whether a character that begins with this octet is written as an escape.
const fn is_escaped(byte: u8) -> bool {
    matches!(byte, b'>' | b'?' | b'~' | 0x7F..)
}

struct WireFormatter;

impl Formatter for WireFormatter {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.bytes().position(is_escaped) {
            let (plain, from) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let mut chars = from.chars();
            // Beyond the basic plane a character is two escapes (RFC 8259, section 7).
            for unit in chars.next().map(|c| c.encode_utf16(&mut [0; 2]).to_vec()).unwrap_or_default() {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = chars.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

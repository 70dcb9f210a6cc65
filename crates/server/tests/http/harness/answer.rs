//! Answers, and how they stand in a test.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(super) async fn read(response: reqwest::Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.expect("a body"),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text))
    }

    /// A member of the JSON body, as text.
    pub(crate) fn text_of(&self, name: &str) -> String {
        let json = self.json();
        json[name].as_str().unwrap_or_else(|| panic!("no `{name}` in {json}")).to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    /// Status, the named headers and the body, with what differs from run to run blotted out.
    pub(crate) fn transcript(&self, headers: &[&str]) -> String {
        let mut text = self.status.to_string();
        for name in headers {
            for value in self.headers.get_all(*name) {
                text.push_str(&format!("\n{name}: {}", value.to_str().expect("ASCII")));
            }
        }
        let body = match serde_json::from_str::<Value>(&self.text) {
            Ok(json) => serde_json::to_string_pretty(&blot(json)).expect("JSON"),
            Err(_) => self.text.clone(),
        };
        without_ports(format!("{text}\n{body}").trim_end())
    }

    /// The heading of a page.
    pub(crate) fn heading(&self) -> &str {
        let rest = self.text.split_once("<h1>").map_or("", |(_, rest)| rest);
        rest.split("</h1>").next().unwrap_or_default()
    }

    pub(crate) fn error(&self) -> String {
        self.text_of("error")
    }
}

/// The sandbox listens on another port each time; the applications' own ports are below 4000 and stay.
fn without_ports(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (port, rest) = part.split_at(part.bytes().take_while(u8::is_ascii_digit).count());
        let own = port.parse::<u32>().is_ok_and(|port| port >= 4000);
        kept.push_str("127.0.0.1:");
        kept.push_str(if own { "<port>" } else { port });
        kept.push_str(rest);
    }
    kept
}

fn blot(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("eyJ") && text.matches('.').count() == 2 => "<jwt>".into(),
        Value::String(text) if text.len() > 60 && text.get(2..3) == Some("_") => {
            format!("{}<refresh token>", &text[..3]).into()
        }
        Value::String(text) => without_ports(&text).into(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, blot(value))).collect(),
        Value::Array(items) => items.into_iter().map(blot).collect(),
        other => other,
    }
}

/// The claims of a JWT, unverified.
pub(crate) fn claims(jwt: &str) -> Value {
    let payload = jwt.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("JSON")
}

/// The header of a JWT.
pub(crate) fn header(jwt: &str) -> Value {
    let header = jwt.split('.').next().expect("a header");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).expect("base64url")).expect("JSON")
}

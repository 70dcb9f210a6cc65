//! As little of HTTP/1.1 as the load needs: requests written beforehand, answers with a `Content-Length`.
//!
//! The less the client computes, the more of the time the server is the one that is measured.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is kept alive.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

/// An answer, until the next request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    head: &'a str,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and reads its whole answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        let end_of_head = loop {
            if let Some(end) = self.answer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            self.read().await?;
        };
        let length: usize = match header(text(&self.answer[..end_of_head])?, "content-length") {
            Some(length) => length.parse()?,
            None => 0,
        };
        while self.answer.len() < end_of_head + length {
            self.read().await?;
        }
        let (head, body) = self.answer.split_at(end_of_head);
        let head = text(head)?;
        let status = head.get(9..12).and_then(|status| status.parse().ok()).context("the answer has no status")?;
        Ok(Answer { status, head, body })
    }

    async fn read(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.answer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

impl<'a> Answer<'a> {
    /// The answer, if it has this status.
    pub(crate) fn expect(self, status: u16) -> Result<Self> {
        if self.status != status {
            bail!("{} instead of {status}: {}", self.status, String::from_utf8_lossy(self.body));
        }
        Ok(self)
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        header(self.head, name)
    }

    /// The names and values of the cookies that are set.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = &'a str> {
        headers(self.head, "set-cookie").filter_map(|cookie| cookie.split(';').next())
    }

    /// The text of a member of a JSON object whose values have no escapes, as tokens have none.
    pub(crate) fn member(&self, name: &str) -> Result<&'a str> {
        let body = text(self.body)?;
        let found = body.split_once(&format!("\"{name}\":\"")).and_then(|(_, rest)| rest.split('"').next());
        found.with_context(|| format!("the answer has no `{name}`"))
    }
}

fn text(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).context("the answer is not UTF-8")
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    headers(head, name).next()
}

fn headers<'a>(head: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let pairs = head.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
    pairs.filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// Writes a `GET`; `headers` are whole lines.
pub(crate) fn get(address: SocketAddr, path: &str, headers: &[String]) -> Vec<u8> {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n").into_bytes()
}

/// Writes a `POST` of a form; `headers` are whole lines.
pub(crate) fn post(address: SocketAddr, path: &str, headers: &[String], form: &str) -> Vec<u8> {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = form.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {length}\r\n{headers}\r\n{form}"
    )
    .into_bytes()
}

/// Encodes a form.
pub(crate) fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

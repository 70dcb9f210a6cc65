//! Colours for terminals, and output that a closed pipe does not upset.

use std::fmt::Display;
use std::io::{IsTerminal, Write as _};

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table};

/// How text is marked on one of the two outputs; not at all when it is no terminal, or `NO_COLOR` is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    /// For standard output.
    pub(crate) fn stdout() -> Self {
        Self::of(&std::io::stdout())
    }

    /// For standard error.
    pub(crate) fn stderr() -> Self {
        Self::of(&std::io::stderr())
    }

    fn of(stream: &impl IsTerminal) -> Self {
        Self { on: stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) }
    }

    pub(crate) fn bold(self, text: impl Display) -> String {
        self.with(Style::new().bold(), text)
    }

    pub(crate) fn quiet(self, text: impl Display) -> String {
        self.with(Style::new().dimmed(), text)
    }

    pub(crate) fn alarm(self, text: impl Display) -> String {
        self.with(AnsiColor::Red.on_default().bold(), text)
    }

    pub(crate) fn warning(self, text: impl Display) -> String {
        self.with(AnsiColor::Yellow.on_default().bold(), text)
    }

    fn with(self, style: Style, text: impl Display) -> String {
        if self.on { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}

/// Writes to standard output; whoever stopped reading has read enough.
pub(crate) fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Says on standard error what went wrong, and below it why.
pub(crate) fn complain(error: &anyhow::Error) {
    let paint = Paint::stderr();
    let mut text = format!("{} {error}\n", paint.alarm("error:"));
    for cause in error.chain().skip(1) {
        text.push_str(&format!("  {} {cause}\n", paint.quiet("cause:")));
    }
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Says on standard error what somebody should know.
pub(crate) fn warn(text: impl Display) {
    let text = format!("{} {text}\n", Paint::stderr().warning("warning:"));
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// A plain table, as wide as the terminal.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(head);
    for row in rows {
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines = table.lines().map(|line| format!("{}\n", line.trim_end()));
    lines.collect()
}

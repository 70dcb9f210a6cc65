//! The invoice of a session as a page in PDF (ISO 32000-1), with the fonts that every reader has.

use std::fmt::Write as _;

use super::{ChargingSession, FeeKind};
use crate::time::local;

/// A4, in points.
const WIDTH: i64 = 595;
const HEIGHT: i64 = 842;
const MARGIN: i64 = 60;
/// Where amounts end, from the left.
const AMOUNTS: i64 = 400;

impl ChargingSession {
    /// The invoice, in PDF.
    #[must_use]
    pub fn invoice_pdf(&self) -> Vec<u8> {
        let mut page = Page::default();
        page.text(MARGIN, 20, true, "Invoice");
        page.down(30);
        for (name, value) in [
            ("Invoice", self.invoice_file.trim_end_matches(".pdf").to_owned()),
            ("Session", self.session_id.to_string()),
            ("Vehicle", format!("{}, VIN {}", self.model, self.vin)),
            ("Site", format!("{}, {}", self.place, self.country)),
            ("Begin", local(&self.time_zone, self.started_at)),
            ("End", local(&self.time_zone, self.stopped_at)),
        ] {
            page.text(MARGIN, 10, true, name);
            page.text(MARGIN + 80, 10, false, &value);
            page.down(16);
        }
        page.down(20);
        for fee in &self.fees {
            let (name, unit) = match fee.kind {
                FeeKind::Charging => ("Charging", "kWh"),
                FeeKind::Parking => ("Parking", "min"),
            };
            let usage = format!("{} {unit} at {}", decimal(fee.usage_hundredths), self.money(fee.rate_cents));
            page.text(MARGIN, 10, false, name);
            page.text(MARGIN + 80, 10, false, &usage);
            page.text(AMOUNTS, 10, false, &self.money(fee.total_cents()));
            page.down(16);
        }
        page.down(8);
        let price = self.price();
        let cents = |amount: f64| (amount * 100.0).round() as i64;
        for (name, amount) in [
            ("Net".to_owned(), cents(price.excl_vat)),
            (format!("Tax, {} %", self.vat_percent), cents(price.vat)),
            ("Total".to_owned(), self.total_cents()),
        ] {
            let bold = name == "Total";
            page.text(MARGIN, 10, bold, &name);
            page.text(AMOUNTS, 10, bold, &self.money(amount));
            page.down(16);
        }
        page.down(20);
        page.text(MARGIN, 8, false, "Of a simulated session. Nothing is owed.");
        page.document(&format!("Invoice of session {}", self.session_id))
    }

    fn money(&self, cents: i64) -> String {
        format!("{} {}", decimal(cents), self.currency)
    }
}

fn decimal(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths.abs() % 100)
}

/// A page that is written from above.
#[derive(Default)]
struct Page {
    content: String,
    /// How far down it is written.
    down: i64,
}

impl Page {
    fn down(&mut self, points: i64) {
        self.down += points;
    }

    fn text(&mut self, x: i64, size: i64, bold: bool, text: &str) {
        let font = if bold { "F2" } else { "F1" };
        let y = HEIGHT - MARGIN - self.down;
        // Writing into a `String` cannot fail.
        let _ = writeln!(self.content, "BT /{font} {size} Tf {x} {y} Td ({}) Tj ET", literal(text));
    }

    /// The whole file: objects, and the table that says where each begins.
    fn document(self, title: &str) -> Vec<u8> {
        let font = |name| format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>");
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents 6 0 R \
                 /Resources << /Font << /F1 4 0 R /F2 5 0 R >> >> >>"
            ),
            font("Helvetica"),
            font("Helvetica-Bold"),
            format!("<< /Length {} >>\nstream\n{}endstream", self.content.len(), self.content),
            format!("<< /Title ({}) /Producer (Fleetgate) >>", literal(title)),
        ];
        let mut file = "%PDF-1.4\n".to_owned();
        let mut places = Vec::new();
        for (index, object) in objects.iter().enumerate() {
            places.push(file.len());
            let _ = writeln!(file, "{} 0 obj\n{object}\nendobj", index + 1);
        }
        let (table, count) = (file.len(), objects.len() + 1);
        let _ = writeln!(file, "xref\n0 {count}\n0000000000 65535 f ");
        for place in places {
            let _ = writeln!(file, "{place:010} 00000 n ");
        }
        let _ = write!(file, "trailer\n<< /Size {count} /Root 1 0 R /Info 7 0 R >>\nstartxref\n{table}\n%%EOF\n");
        file.into_bytes()
    }
}

/// A text within brackets, in ASCII: Latin-1 in octal, what the fonts lack as a question mark.
fn literal(text: &str) -> String {
    let mut literal = String::new();
    for character in text.chars() {
        match character {
            '(' | ')' | '\\' => literal.extend(['\\', character]),
            ' '..='~' => literal.push(character),
            '\u{a0}'..='\u{ff}' => {
                let _ = write!(literal, "\\{:03o}", u32::from(character));
            }
            _ => literal.push('?'),
        }
    }
    literal
}

#[cfg(test)]
mod tests;

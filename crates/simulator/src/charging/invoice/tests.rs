use super::*;
use crate::charging::history;
use crate::vehicle::{Model, VehicleProfile};

const NOW: i64 = 1_790_856_000_000_000;

/// The numbers of a cross-reference table, and whether an object begins at each.
fn table_is_right(file: &str) -> bool {
    let start: usize = file.rsplit_once("startxref\n").unwrap().1.split('\n').next().unwrap().parse().unwrap();
    let entries = file[start..].lines().skip(3).take_while(|line| line.ends_with(" n "));
    let mut count = 0;
    for (index, entry) in entries.enumerate() {
        let place: usize = entry[..10].parse().unwrap();
        if !file[place..].starts_with(&format!("{} 0 obj\n", index + 1)) {
            return false;
        }
        count += 1;
    }
    count == 7 && file[start..].starts_with("xref\n0 8\n")
}

#[test]
fn every_session_has_an_invoice_that_adds_up() {
    for profile in [
        VehicleProfile::new("5YJ3E1EB7PF900417", 1, 1, Model::Model3),
        VehicleProfile::new("LRWYHCFS4PC604381", 1, 1, Model::ModelY).european(),
    ] {
        for session in history(&profile, 0, NOW) {
            let file = String::from_utf8(session.invoice_pdf()).expect("ASCII");
            assert!(file.is_ascii() && file.starts_with("%PDF-1.4\n") && file.ends_with("%%EOF\n"));
            assert!(table_is_right(&file), "{file}");
            let length: usize = file.split("/Length ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
            let (_, stream) = file.split_once("stream\n").unwrap();
            assert_eq!(stream.split("endstream").next().unwrap().len(), length);
            let total = format!("({} {})", decimal(session.total_cents()), session.currency);
            assert!(file.contains(&total) && file.contains(&session.vin), "{file}");
        }
    }
}

#[test]
fn texts_are_quoted() {
    assert_eq!(literal(r"a (b) \ Emsbüren €"), r"a \(b\) \\ Emsb\374ren ?");
}

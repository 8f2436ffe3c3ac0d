//! Encodings, delimiters, quotes, and files that are no tables.

use wire::csv::{self, Cause, Encoding, Kind};

use crate::common::{VISITS, context, interface, refused, rows_of, updates, visits};

const PLAIN: &str = "MRN,First name,Last name\n1001,Zoë,Núñez\n";

fn read(bytes: &[u8]) -> csv::File {
    let mapping = csv::guess(Kind::Patients, &csv::look(bytes).unwrap().columns);
    csv::read(bytes, &mapping, &context(&interface())).unwrap()
}

#[test]
fn accents_survive_every_encoding() {
    let marked = [b"\xEF\xBB\xBF", PLAIN.as_bytes()].concat();
    let western = encoding_rs::WINDOWS_1252.encode(PLAIN).0.into_owned();
    for (bytes, encoding) in [
        (PLAIN.as_bytes().to_vec(), Encoding::Utf8),
        (marked, Encoding::Utf8WithMark),
        (western, Encoding::Windows1252),
    ] {
        let file = read(&bytes);
        assert_eq!(file.encoding, encoding);
        let who = updates(&file.rows[0]).remove(0).demographics;
        assert_eq!(who.family, care::chart::Write::Set("Núñez".into()), "{encoding:?}");
    }
}

#[test]
fn delimiters_line_ends_and_quotes_do_not_change_what_is_said() {
    let plain = read(PLAIN.as_bytes()).rows[0].reading.as_ref().unwrap().what.clone();
    for text in [
        PLAIN.replace(',', ";"),
        PLAIN.replace(',', "\t"),
        PLAIN.replace(',', "|"),
        PLAIN.replace('\n', "\r\n"),
        PLAIN.replace('\n', "\r"),
        PLAIN.replace('\n', "\n\n"),
        PLAIN.replace("Zoë", "\"Zoë\""),
        PLAIN.replace("MRN", "\"MRN\""),
        PLAIN.replace("Zoë", " Zoë "),
        format!("\n{}", PLAIN.trim_end()),
        PLAIN.replace('\n', ",,\n"),
    ] {
        assert_eq!(read(text.as_bytes()).rows[0].reading.as_ref().unwrap().what, plain, "{text}");
    }
}

#[test]
fn a_quoted_field_may_hold_delimiters_quotes_and_lines() {
    let text = "MRN,Last name\n1001,\"Núñez, \"\"Z\"\"\nthe second\"\n1002,Reyes\n";
    let file = read(text.as_bytes());
    let family = |row| updates(&file.rows[row]).remove(0).demographics.family;
    assert_eq!(family(0), care::chart::Write::Set("Núñez, \"Z\"\nthe second".into()));
    assert_eq!(family(1), care::chart::Write::Set("Reyes".into()));
    assert_eq!((file.rows[0].line, file.rows[1].line), (2, 4));
}

#[test]
fn a_stray_quotation_mark_costs_its_own_row_only() {
    let rows = [
        "1001,A1,3/10/2026 9:00,,,\"Dana,,MS",
        "1002,A2,3/10/2026 9:00,,,\"Reyes, Dana\",,MS",
        "1003,A3,3/10/2026 9:00,,,,,MS",
        "1004,A4,3/10/2026 9:00,,,\"Dana,,MS",
        "1005,A5,3/10/2026 9:00,,,,,MS",
    ];
    let file = format!("{VISITS}{}\n", rows.join("\n"));
    let read = rows_of(file.as_bytes(), &visits());
    assert_eq!(read.len(), rows.len());
    let good: Vec<_> = read.iter().map(|row| (row.line, row.reading.is_ok())).collect();
    assert_eq!(good, [(2, false), (3, true), (4, true), (5, false), (6, true)]);
    assert_eq!(refused(&read[0]).cause, Cause::BadQuote);
    assert_eq!(read[0].raw, rows[0].as_bytes());
}

#[test]
fn a_row_is_read_again_from_its_header_and_its_bytes() {
    let file = format!("{VISITS}1001,A1,3/10/2026 9:00,,,,,MS\n1002,A2,later,,,,,MS\n");
    let whole = csv::read(file.as_bytes(), &visits(), &context(&interface())).unwrap();
    for row in &whole.rows {
        let kept = [&whole.header[..], b"\n", &row.raw].concat();
        assert_eq!(csv::read_row(&kept, &visits(), &context(&interface()), row.line), row.reading);
    }
}

#[test]
fn what_is_no_table_is_refused_as_a_whole() {
    let cause = |bytes: &[u8]| csv::look(bytes).unwrap_err().cause;
    assert_eq!(cause(b"PK\x03\x04xl/workbook.xml"), Cause::NotText);
    assert_eq!(cause(b"M\0R\0N\0"), Cause::NotText);
    assert_eq!(cause(b""), Cause::Empty);
    assert_eq!(cause(b"\n  \r\n,,\n"), Cause::Empty);
    assert_eq!(cause(b"MRN,\"Start\n"), Cause::BadQuote);
}

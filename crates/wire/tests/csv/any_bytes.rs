//! No bytes panic, and no row is lost: what is not read is refused.

use proptest::prelude::*;
use wire::csv;

use crate::common::{VISITS, context, interface, rows_of, visits};

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(look) = csv::look(&bytes) {
            let kind = csv::guess_kind(&look.columns);
            let _ = csv::read(&bytes, &csv::guess(kind, &look.columns), &context(&interface()));
        }
    }

    #[test]
    fn no_text_under_a_good_header_panics(text in "[\\x00-\\x7Fä\u{a0}٣]{0,300}") {
        let _ = csv::read(format!("{VISITS}{text}").as_bytes(), &visits(), &context(&interface()));
    }

    #[test]
    fn no_start_status_or_length_panics(start in "[0-9TZ:/. +apmAPM-]{0,24}", status in "\\PC{0,8}", minutes in "[0-9.eE+-]{0,8}") {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let row = format!("{VISITS}1,2,{},{},,,{},\n", quoted(&start), quoted(&minutes), quoted(&status));
        prop_assert_eq!(rows_of(row.as_bytes(), &visits()).len(), 1);
    }

    /// Rows of which some have a stray quotation mark: each comes back, read or refused, on its own line.
    #[test]
    fn no_row_is_lost(stray in proptest::collection::vec(any::<bool>(), 1..40)) {
        let row = |(i, stray): (usize, &bool)| {
            let who = if *stray { "\"Dana" } else { "\"Reyes, Dana\"" };
            format!("{i},A{i},3/10/2026 9:00,,,{who},,MS\n")
        };
        let file = VISITS.to_owned() + &stray.iter().enumerate().map(row).collect::<String>();
        let rows = rows_of(file.as_bytes(), &visits());
        let read: Vec<_> = rows.iter().map(|row| (row.line, row.reading.is_err())).collect();
        let wanted: Vec<_> = stray.iter().enumerate().map(|(i, stray)| (i + 2, *stray)).collect();
        prop_assert_eq!(read, wanted);
    }
}

use proptest::prelude::*;
use wire::hl7v2::{Delimiters, escape, unescape};

fn plain(text: &str) -> String {
    unescape(text, Delimiters::default()).into_owned()
}

#[test]
fn delimiters_are_undone() {
    assert_eq!(plain(r"a\F\b\S\c\T\d\R\e\E\f"), r"a|b^c&d~e\f");
}

#[test]
fn the_messages_own_delimiters_are_meant() {
    let own = Delimiters { field: b'!', subcomponent: b'}', truncation: b'#', ..Delimiters::default() };
    assert_eq!(unescape(r"\F\\T\\P\", own), "!}#");
    assert_eq!(plain(r"\P\"), r"\P\", "nothing to stand for");
}

#[test]
fn hex_pairs_are_bytes_of_utf8_else_of_windows_1252() {
    assert_eq!(plain(r"a\X0D0A\b"), "a\r\nb");
    assert_eq!(plain(r"\XC3A9\ \XE9\"), "é é");
    for left in [r"\X\", r"\X0\", r"\XZZ\", r"\X+1\", r"\Xé1\"] {
        assert_eq!(plain(left), left);
    }
}

#[test]
fn breaks_are_lines_and_highlighting_is_nothing() {
    assert_eq!(plain(r"a\.br\b\.sp\c\.sp2\d\.ce\e"), "a\nb\nc\n\nd\ne");
    assert_eq!(plain(r"\H\loud\N\"), "loud");
}

#[test]
fn what_is_unknown_is_left_as_it_is() {
    for left in [r"\Zabc\", r"\C2842\", r"\M242A42\", r"\.in+5\", r"\f\", r"\\", r"\.sp999\"] {
        assert_eq!(plain(left), left);
    }
}

#[test]
fn a_backslash_without_its_partner_is_data() {
    assert_eq!(plain(r"C:\Temp"), r"C:\Temp");
    assert_eq!(plain(r"a\b\S\c"), r"a\b^c");
    assert_eq!(plain(r"end\"), r"end\");
}

proptest! {
    #[test]
    fn escaping_then_unescaping_gives_the_text_back(text in any::<String>()) {
        let escaped = escape(&text);
        let clean = !escaped.contains(['|', '^', '&', '~', '\r', '\n', '\u{b}', '\u{1c}']);
        prop_assert!(clean, "{}", escaped);
        prop_assert_eq!(plain(&escaped), text);
    }

    #[test]
    fn any_text_is_unescaped_without_panic(text in r"[\\XFSTREé.spbr0-9A-F+ ]{0,40}") {
        plain(&text);
    }
}

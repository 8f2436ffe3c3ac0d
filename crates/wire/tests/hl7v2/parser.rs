use proptest::prelude::*;
use wire::hl7v2::{self, Header, Message, NotAMessage};

use crate::common;

const SMALL: &str = "MSH|^~\\&|APP|FAC\rPID|1||7^^^X&1.2&ISO^MR~8||A&B^C\rNTE|1\rNTE|2\r";

#[test]
fn fields_are_counted_as_the_standard_counts() {
    let message = Message::parse(SMALL).unwrap();
    let msh = message.segment("MSH").unwrap();
    let fields = [1, 2, 3, 4, 5].map(|n| msh.field(n).raw());
    assert_eq!(fields, ["|", "^~\\&", "APP", "FAC", ""]);
    let pid = message.segment("PID").unwrap();
    assert_eq!([1, 2, 5, 99].map(|n| pid.field(n).raw()), ["1", "", "A&B^C", ""]);
    assert_eq!(pid.field(0).raw(), "");
}

#[test]
fn repetitions_components_and_subcomponents_are_cut() {
    let message = Message::parse(SMALL).unwrap();
    let ids = message.segment("PID").unwrap().field(3);
    let values: Vec<_> = ids.repetitions().map(|r| r.component(1).raw()).collect();
    assert_eq!(values, ["7", "8"]);
    assert_eq!(ids.component(4).subcomponent(2).raw(), "1.2");
    assert_eq!((ids.component(5).raw(), ids.component(6).raw(), ids.component(0).raw()), ("MR", "", ""));
}

#[test]
fn segments_come_in_order_and_the_first_is_found() {
    let message = Message::parse(SMALL).unwrap();
    let names: Vec<_> = message.segments().map(|s| s.name()).collect();
    assert_eq!(names, ["MSH", "PID", "NTE", "NTE"]);
    assert_eq!(message.segment("NTE").unwrap().field(1).raw(), "1");
    assert!(message.segment("ZZZ").is_none());
}

#[test]
fn a_line_without_fields_is_junk_and_one_with_fields_goes_on() {
    let message = Message::parse("MSH|^~\\&|A\rNTE|1|one\ntwo|three\njunk\rPID|1").unwrap();
    assert_eq!(message.segment("NTE").unwrap().field(2).raw(), "one\ntwo");
    assert_eq!(message.segment("NTE").unwrap().field(3).raw(), "three");
    assert_eq!(message.segment("PID").unwrap().field(1).raw(), "1");
}

#[test]
fn an_empty_msh_2_means_the_usual_characters() {
    let message = Message::parse("MSH||A\rPID|||1^2~3").unwrap();
    assert_eq!(message.segment("PID").unwrap().field(3).component(2).raw(), "2");
}

#[test]
fn what_is_no_message_is_told_apart() {
    let why = |text| Message::parse(text).unwrap_err();
    assert_eq!([why(""), why("hello"), why("MSH"), why("MSHé")], [NotAMessage::NotHl7; 4]);
    assert_eq!([why("FHS|^~\\&"), why("PID|1")], [NotAMessage::NoMsh; 2]);
}

/// Every accessor of every place.
fn walk(text: &str) {
    let Ok(message) = Message::parse(text) else {
        return;
    };
    for segment in message.segments() {
        for number in 0..60 {
            for repetition in segment.field(number).repetitions() {
                for component in 0..8 {
                    repetition.component(component).subcomponent(component).text();
                }
            }
        }
    }
}

fn every_interface() -> [hl7v2::Interface; 2] {
    let plain = common::interface();
    let mut other = plain.clone();
    other.trust_offset = true;
    other.episode_from = Some("PV1-19".parse().unwrap());
    other.discharge_means = hl7v2::DischargeMeans::Case;
    other.default_charset = Some("shift_jis".into());
    [plain, other]
}

/// All the made-up messages, to be mutated.
fn files() -> Vec<Vec<u8>> {
    let folder = format!("{}/tests/messages", env!("CARGO_MANIFEST_DIR"));
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|p| p.extension().is_some_and(|e| e == "hl7")).collect();
    paths.sort();
    assert!(paths.len() > 50);
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

proptest! {
    #[test]
    fn any_text_is_cut_without_panic(text in "(MSH)?[|^~&\\\\\r\nA-Zé0-9\"]{0,80}") {
        walk(&text);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for interface in every_interface() {
            let _ = hl7v2::read(&bytes, &interface);
            let _ = hl7v2::read(&[b"MSH|^~\\&|".as_slice(), &bytes].concat(), &interface);
        }
    }

    #[test]
    fn messages_with_bytes_changed_are_read_without_panic(
        file in prop::sample::select(files()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..12),
    ) {
        let mut bytes = file;
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { if bytes.len() > 1 { bytes.remove(at); } }
            }
        }
        let header = Header::of(&bytes);
        for interface in every_interface() {
            if let Ok(reading) = hl7v2::read(&bytes, &interface) {
                prop_assert_eq!(&reading.header.control_id, &header.control_id);
            }
        }
    }

    #[test]
    fn messages_cut_short_are_read_without_panic(file in prop::sample::select(files()), at in any::<prop::sample::Index>()) {
        let short = &file[..at.index(file.len())];
        for interface in every_interface() {
            let _ = hl7v2::read(short, &interface);
        }
    }
}

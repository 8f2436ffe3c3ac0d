//! PID to what it writes of a patient.

use care::chart::{PatientChange, Sex, Write};
use jiff::civil::Date;

use super::contact;
use super::field::{Field, Repetition};
use super::message::Segment;
use super::reading::Remark;
use super::time::{Dtm, Precision};

pub(super) fn demographics(pid: Segment, remarks: &mut Vec<Remark>) -> PatientChange {
    let mut change = PatientChange::default();
    (change.given, change.family) = name(pid.field(5));
    change.birth_date = birth_date(pid.field(7), remarks);
    change.sex = sex(pid.field(8));
    change.language = language(pid.field(15));
    change.deceased = deceased(pid.field(29), pid.field(30));
    contact::read(pid, &mut change);
    change
}

/// The legal name, else one of no type, else the display name, else the first.
fn name(field: Field) -> (Write<String>, Write<String>) {
    if field.is_null() {
        return (Write::Clear, Write::Clear);
    }
    let kind = |name: &Repetition| match name.component(7).raw().trim() {
        "L" | "l" => 0,
        "" => 1,
        "D" | "d" => 2,
        _ => 3,
    };
    let Some(name) = field.repetitions().min_by_key(kind) else {
        return (Write::Keep, Write::Keep);
    };
    (name.component(2).write(), name.component(1).subcomponent(1).write())
}

/// A birth date is a date: less than a day says nothing, and a time of day is dropped.
fn birth_date(field: Field, remarks: &mut Vec<Remark>) -> Write<Date> {
    if field.is_null() {
        return Write::Clear;
    }
    let Some(text) = field.component(1).value() else {
        return Write::Keep;
    };
    match text.parse::<Dtm>() {
        Ok(born) if born.precision >= Precision::Day => Write::Set(born.civil.date()),
        Ok(_) => Write::Keep,
        Err(_) => {
            remarks.push(Remark { place: "PID-7", text: "the birth date cannot be read and stays as it was" });
            Write::Keep
        }
    }
}

fn sex(field: Field) -> Write<Sex> {
    if field.is_null() {
        return Write::Clear;
    }
    match field.component(1).value().unwrap_or_default().to_ascii_uppercase().as_str() {
        "F" | "FEMALE" => Write::Set(Sex::Female),
        "M" | "MALE" => Write::Set(Sex::Male),
        "O" | "A" | "X" | "OTHER" | "AMBIGUOUS" => Write::Set(Sex::Other),
        _ => Write::Keep,
    }
}

fn language(field: Field) -> Write<String> {
    if field.is_null() {
        return Write::Clear;
    }
    let said = [1, 2].into_iter().filter_map(|n| field.component(n).value()).find_map(|text| tag(&text));
    Write::some(said)
}

/// ISO 639 codes of two and three letters and English names to the primary tag.
pub(crate) fn tag(text: &str) -> Option<String> {
    const KNOWN: [(&str, &[&str]); 24] = [
        ("ar", &["ara", "arabic"]),
        ("bn", &["ben", "bengali"]),
        ("de", &["ger", "deu", "german"]),
        ("en", &["eng", "english"]),
        ("es", &["spa", "spanish"]),
        ("fa", &["per", "fas", "persian"]),
        ("fr", &["fre", "fra", "french"]),
        ("he", &["heb", "hebrew"]),
        ("hi", &["hin", "hindi"]),
        ("hmn", &["hmong"]),
        ("ht", &["hat", "haitian", "haitian creole"]),
        ("it", &["ita", "italian"]),
        ("ja", &["jpn", "japanese"]),
        ("ko", &["kor", "korean"]),
        ("nl", &["dut", "nld", "dutch"]),
        ("pl", &["pol", "polish"]),
        ("pt", &["por", "portuguese"]),
        ("ru", &["rus", "russian"]),
        ("so", &["som", "somali"]),
        ("tl", &["tgl", "tagalog", "fil", "filipino"]),
        ("uk", &["ukr", "ukrainian"]),
        ("ur", &["urd", "urdu"]),
        ("vi", &["vie", "vietnamese"]),
        ("zh", &["chi", "zho", "chinese", "mandarin", "cantonese"]),
    ];
    let text = text.to_lowercase();
    let primary = text.split(['-', '_']).next().unwrap_or("").trim();
    let known = KNOWN.iter().find(|(tag, others)| *tag == primary || others.contains(&primary));
    let two_letters = || (primary.len() == 2 && primary.bytes().all(|b| b.is_ascii_lowercase())).then_some(primary);
    known.map(|(tag, _)| *tag).or_else(two_letters).map(str::to_string)
}

/// A death date counts as a yes, whatever the flag says: better silent than a message to a family in mourning.
fn deceased(date: Field, flag: Field) -> Write<bool> {
    if date.component(1).value().is_some() {
        return Write::Set(true);
    }
    match flag.component(1).value().unwrap_or_default().to_ascii_uppercase().as_str() {
        "Y" | "YES" | "1" | "TRUE" => Write::Set(true),
        "N" | "NO" | "0" | "FALSE" => Write::Set(false),
        _ if flag.is_null() => Write::Clear,
        _ => Write::Keep,
    }
}

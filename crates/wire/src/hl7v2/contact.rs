//! Phones and e-mail of PID-13, -14 and -40, in the many ways XTN is filled.

use care::chart::{PatientChange, Write};

use super::field::Repetition;
use super::message::Segment;

/// A phone or an e-mail address of a list.
enum Entry {
    Email(Write<String>),
    Phone(Kind, String),
}

#[derive(PartialEq, Eq)]
enum Kind {
    Mobile,
    Home,
    Work,
}

/// Writes `email`, `mobile` and `phone`. Without a phone said to be mobile, the first home phone is taken for one: few
/// systems say it, and a landline refuses the text.
pub(super) fn read(pid: Segment, change: &mut PatientChange) {
    let (home, business, late) = (pid.field(13), pid.field(14), pid.field(40));
    let (mut mobiles, mut homes, mut works, mut emails) = (vec![], vec![], vec![], vec![]);
    for (field, usual) in [(home, Kind::Home), (late, Kind::Home), (business, Kind::Work)] {
        for entry in field.repetitions().filter_map(entry) {
            match entry {
                Entry::Email(email) => emails.push(email),
                Entry::Phone(Kind::Mobile, number) => mobiles.push(number),
                Entry::Phone(Kind::Work, number) => works.push(number),
                Entry::Phone(Kind::Home, number) if usual == Kind::Work => works.push(number),
                Entry::Phone(Kind::Home, number) => homes.push(number),
            }
        }
    }
    let mut homes = homes.into_iter();
    let mobile = mobiles.into_iter().next().or_else(|| homes.next());
    let phone = homes.find(|number| Some(number) != mobile.as_ref()).or_else(|| works.into_iter().next());
    let home_deleted = home.is_null() || late.is_null();
    change.mobile = found_or(mobile, home_deleted);
    change.phone = found_or(phone, business.is_null());
    let said = emails.iter().find(|email| matches!(email, Write::Set(_))).or(emails.first());
    change.email = match said {
        Some(email) => email.clone(),
        None if home_deleted => Write::Clear,
        None => Write::Keep,
    };
}

fn found_or(found: Option<String>, deleted: bool) -> Write<String> {
    match found {
        Some(found) => Write::Set(found),
        None if deleted => Write::Clear,
        None => Write::Keep,
    }
}

fn entry(xtn: Repetition) -> Option<Entry> {
    let code = |n| xtn.component(n).value().unwrap_or_default().to_ascii_uppercase();
    let (usage, equipment) = (code(2), code(3));
    let internet = usage == "NET" || equipment == "INTERNET" || equipment == "X.400";
    let address = [4, 1].into_iter().filter_map(|n| xtn.component(n).value()).find(|text| text.contains('@'));
    if let Some(address) = address {
        return Some(Entry::Email(Write::Set(address)));
    }
    if internet {
        return xtn.component(4).is_null().then_some(Entry::Email(Write::Clear));
    }
    // A fax, a pager and a text telephone ring at nobody's ear.
    if ["FX", "BP", "MD", "TDD", "TTY"].contains(&equipment.as_str()) || usage == "BPN" {
        return None;
    }
    let kind = match (usage.as_str(), equipment.as_str()) {
        (_, "CP") | ("CP" | "PRS", _) => Kind::Mobile,
        ("WPN", _) => Kind::Work,
        _ => Kind::Home,
    };
    number(xtn).map(|number| Entry::Phone(kind, number))
}

/// XTN.12 unformatted; else country, area and local number; else the old free text.
fn number(xtn: Repetition) -> Option<String> {
    let part = |n| xtn.component(n).value();
    if let Some(whole) = part(12) {
        return dialled(&whole);
    }
    let Some(local) = part(7) else {
        return part(1).and_then(|text| dialled(&text));
    };
    let area = part(6).unwrap_or_default();
    match part(5) {
        Some(country) => dialled(&format!("+{}{area}{local}", country.trim_start_matches(['+', '0']))),
        None => dialled(&format!("{area}{local}")),
    }
}

/// Without what follows the number: extension (X), pager (B), comment (C).
fn dialled(text: &str) -> Option<String> {
    let text = text.trim_start_matches("tel:");
    let number = text.split(|c: char| c.is_alphabetic()).next().unwrap_or("").trim();
    number.chars().any(|c| c.is_ascii_digit()).then(|| number.to_string())
}

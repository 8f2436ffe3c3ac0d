//! Hours of a week as the fields of a form, two a day.

use std::collections::BTreeMap;

use care::feed::OpenHours;
use pages::staff::DayHours;

use super::form;

const DAYS: [(&str, &str); 7] = [
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
];

/// What was typed where something was, else what is kept.
pub fn rows(kept: &OpenHours, typed: Option<&BTreeMap<String, String>>) -> Vec<DayHours> {
    let hours: BTreeMap<_, _> = kept.days().collect();
    let typed = |name: &str| typed.and_then(|fields| fields.get(name).cloned());
    let day = |(key, label): (&str, &str)| {
        let (from, to) = hours.get(key).copied().flatten().map(|hours| hours.words()).unwrap_or_default();
        DayHours {
            key: key.into(),
            label: label.into(),
            from: typed(&format!("{key}_from")).unwrap_or(from),
            // A field for times knows no 24:00.
            to: typed(&format!("{key}_to")).unwrap_or(to).replace("24:00", "00:00"),
        }
    };
    DAYS.into_iter().map(day).collect()
}

/// The hours that were typed; else what is wrong with them, in words.
pub fn read(fields: &BTreeMap<String, String>) -> Result<OpenHours, String> {
    let of =
        |name: String| fields.get(&name).and_then(|text| form::filled(text)).map(|text| text.chars().take(5).collect());
    let mut open = BTreeMap::new();
    for (key, label) in DAYS {
        let hours: (Option<String>, Option<String>) = (of(format!("{key}_from")), of(format!("{key}_to")));
        match hours {
            (Some(from), Some(to)) => {
                let to = if to == "00:00" { "24:00".to_owned() } else { to };
                open.insert(key.to_owned(), format!("{from}-{to}"));
            }
            (None, None) => {}
            (Some(_), None) | (None, Some(_)) => {
                return Err(format!("{label} has only one of its two times: fill in both, or neither."));
            }
        }
    }
    OpenHours::try_from(open).map_err(|why| format!("{why}."))
}

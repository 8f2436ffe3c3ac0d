//! Who is meant by a list: the fields of a form as a group, in the words of workflow files, and back.

use std::collections::BTreeMap;

use care::chart::Clinic;
use care::id::LocationId;
use care::workflow::group::{Clause, Field, Group, Op, Shape, Value};
use pages::staff::{Choice, ClauseRow, Field as Typed, Pick};
use serde_json::json;

use super::workflow_words::{field_words, op_words};
use super::{form, patients};

pub const ROWS: usize = 4;

/// The form's fields by name.
pub type Given = BTreeMap<String, String>;

/// Of an event's visit; a list has no event.
const NOT_ASKED: Field = Field::Practitioner;

/// A filter that can be counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    pub group: Group,
}

/// A filter as it stands on the page.
pub struct Shown {
    pub join: Pick,
    pub clauses: Vec<ClauseRow>,
    pub location: Pick,
    pub address: bool,
    pub is_wrong: bool,
}

fn text<'a>(given: &'a Given, name: &str) -> &'a str {
    given.get(name).map_or("", String::as_str)
}

/// Whether somebody has asked for a count.
pub fn is_asked(given: &Given) -> bool {
    given.contains_key("join")
}

/// What the form of the filter sends.
pub fn fields(given: &Given) -> Vec<(String, String)> {
    let is_ours = |name: &str| {
        let row = |word: &str| name.strip_prefix(word).is_some_and(|rest| rest.parse::<usize>().is_ok());
        matches!(name, "join" | "location" | "address") || ["field", "op", "value"].into_iter().any(row)
    };
    given.iter().filter(|(name, _)| is_ours(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The group that the form means; `None` when a field of it cannot be read.
pub fn read(given: &Given, clinic: &Clinic) -> Option<Filter> {
    let clauses = (1..=ROWS).filter_map(|number| clause(given, number)).collect::<Result<Vec<_>, _>>().ok()?;
    let mut parts = match (clauses.len(), text(given, "join")) {
        (0, _) => vec![],
        (1, _) | (_, "all") => clauses,
        (_, "any") => vec![Group::Any(clauses)],
        _ => return None,
    };
    if let Some(location) = form::filled(text(given, "location")) {
        let location = clinic.locations.get(&location.parse::<LocationId>().ok()?)?;
        let value = Value::Text(location.name.clone());
        parts.push(Group::Clause(Clause { field: Field::Location, op: Op::Eq, value }));
    }
    if text(given, "address") == "yes" {
        let has = |field| Group::Clause(Clause { field, op: Op::Eq, value: Value::Bool(true) });
        parts.push(Group::Any(vec![has(Field::HasEmail), has(Field::HasMobile)]));
    }
    Some(Filter { group: Group::All(parts) })
}

/// One line of the form, if it says anything; the error stands at its value.
fn clause(given: &Given, number: usize) -> Option<Result<Group, String>> {
    let said = |word: &str| text(given, &format!("{word}{number}")).trim();
    let field = form::filled(said("field"))?;
    Some(parse(field, said("op"), said("value")))
}

fn parse(field: &str, op: &str, value: &str) -> Result<Group, String> {
    let field: Field = field.parse()?;
    if field == NOT_ASKED {
        return Err("There is no visit to ask this of".into());
    }
    if value.is_empty() {
        return Err("Give a value".into());
    }
    let op: Op = op.parse()?;
    let value = match field.shape() {
        Shape::YesNo => match value.to_lowercase().as_str() {
            "yes" | "true" => json!(true),
            "no" | "false" => json!(false),
            _ => return Err("Write yes or no".into()),
        },
        Shape::Number => match value.parse::<f64>() {
            Ok(number) if number.is_finite() => json!(number),
            _ => return Err("Write a number".into()),
        },
        Shape::Text if op == Op::In => json!(value.split(',').map(str::trim).collect::<Vec<_>>()),
        Shape::Text | Shape::List => json!(value),
    };
    let clause = json!({ "field": field.word(), "op": op.word(), "value": value });
    serde_json::from_value(clause).map_err(|error| error.to_string())
}

/// The form, with what was given before.
pub fn show(given: &Given, clinic: &Clinic) -> Shown {
    let rows: Vec<ClauseRow> = (1..=ROWS).map(|number| row(given, number)).collect();
    let mut location = patients::locations(clinic, text(given, "location"));
    location.choices.insert(0, Choice { chosen: text(given, "location").is_empty(), ..Choice::new("", "Any") });
    Shown {
        join: Pick::of(
            vec![Choice::new("all", "all conditions hold"), Choice::new("any", "any condition holds")],
            text(given, "join"),
        ),
        is_wrong: rows.iter().any(|row| row.value.error.is_some()),
        clauses: rows,
        location,
        address: text(given, "address") == "yes",
    }
}

fn row(given: &Given, number: usize) -> ClauseRow {
    let said = |word: &str| text(given, &format!("{word}{number}"));
    let asked = Field::ALL.iter().filter(|field| **field != NOT_ASKED);
    let fields = asked.map(|field| Choice::new(field.word(), field_words(*field)));
    let fields = std::iter::once(Choice::new("", "Nothing")).chain(fields).collect();
    let ops = Op::ALL.iter().map(|op| Choice::new(op.word(), op_words(*op))).collect();
    let error = clause(given, number).and_then(Result::err);
    ClauseRow {
        number,
        field: Pick::of(fields, said("field")),
        op: Pick::of(ops, said("op")),
        value: Typed { value: said("value").to_owned(), error },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Given {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn clinic() -> Clinic {
        Clinic::new("Northside", "America/New_York")
    }

    fn words(pairs: &[(&str, &str)]) -> Option<String> {
        read(&given(pairs), &clinic()).map(|filter| filter.group.to_string())
    }

    #[test]
    fn conditions_are_joined_as_asked_and_an_empty_one_says_nothing() {
        let two = [("field1", "age"), ("op1", ">="), ("value1", "65"), ("field3", "tags"), ("op3", "has")];
        let all = |join| {
            let mut pairs = two.to_vec();
            pairs.extend([("value3", "knee"), ("join", join), ("op2", "="), ("value2", "left over")]);
            words(&pairs)
        };
        assert_eq!(all("all").as_deref(), Some("age >= 65 and tags has knee"));
        assert_eq!(all("any").as_deref(), Some("(age >= 65 or tags has knee)"));
        assert_eq!(words(&[("join", "any")]).as_deref(), Some("everyone"));
        assert_eq!(all("none"), None);
    }

    #[test]
    fn who_has_an_address_is_asked_beside_the_conditions_and_not_among_them() {
        let pairs = [("join", "any"), ("field1", "registered"), ("op1", "="), ("value1", "No"), ("address", "yes")];
        assert_eq!(words(&pairs).as_deref(), Some("registered = no and (has_email = yes or has_mobile = yes)"));
    }

    #[test]
    fn several_values_are_parted_by_commas() {
        let pairs = [("join", "all"), ("field1", "language"), ("op1", "in"), ("value1", "en, es")];
        assert_eq!(words(&pairs).as_deref(), Some("language in en, es"));
    }

    #[test]
    fn what_cannot_be_meant_comes_back_with_its_cure() {
        for (field, op, value, cure) in [
            ("age", ">=", "old", "Write a number"),
            ("age", ">=", "NaN", "Write a number"),
            ("age", ">=", "", "Give a value"),
            ("age", "has", "3", "`age` takes a number"),
            ("registered", "=", "perhaps", "Write yes or no"),
            ("tags", "=", "knee", "`tags` takes a text, with has"),
            ("practitioner", "=", "Ben", "no visit"),
            ("shoe size", "=", "9", "not a field"),
            ("age", "~", "9", "not an operator"),
        ] {
            let given = given(&[("join", "all"), ("field2", field), ("op2", op), ("value2", value)]);
            assert_eq!(read(&given, &clinic()), None, "{field} {op} {value}");
            let shown = show(&given, &clinic());
            let error = shown.clauses[1].value.error.clone().unwrap_or_default();
            assert!(shown.is_wrong && error.contains(cure), "{field} {op} {value}: {error}");
        }
    }

    #[test]
    fn only_the_filter_is_sent_along() {
        let given = given(&[("join", "all"), ("field1", "age"), ("csrf", "x"), ("members", "3"), ("fieldset", "y")]);
        let names: Vec<_> = fields(&given).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["field1", "join"]);
    }

    #[test]
    fn a_location_of_another_clinic_is_none() {
        assert_eq!(words(&[("join", "all"), ("location", "019caf10-3180-7c97-bab8-5ef52e919f54")]), None);
    }
}

//! Random groups: mostly what a workflow file may say, sometimes what it may not and the types still can.

use care::workflow::group::{Clause, Field, Group, Op, Shape, Value};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::people::{LANGUAGES, LOCATIONS, TAGS};

fn words(field: Field) -> Vec<String> {
    let words: &[&str] = match field {
        Field::Language => &LANGUAGES,
        Field::Location => &LOCATIONS,
        Field::Tags => &TAGS,
        Field::Sex => &["female", "male", "other", "Male"],
        Field::Practitioner => &["Ben Adler, PT", ""],
        Field::Age | Field::VisitsBooked | Field::VisitsArrived | Field::HoursToVisit => &["18"],
        Field::Registered | Field::EpisodeOpen | Field::HasEmail | Field::HasMobile => &["true"],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn number(field: Field) -> BoxedStrategy<f64> {
    let common = match field {
        Field::Age => vec![16.0, 17.0, 18.0, 24.0, 25.0, 26.0, 35.0, 36.0, -1.0],
        // From the moments to the visits, to the second.
        Field::HoursToVisit => vec![0.0, 1.0 / 3600.0, 33.0, 51.0, 54.0, 0.25, 10_000.0],
        Field::VisitsBooked | Field::VisitsArrived => vec![0.0, 1.0, 2.0, 3.0],
        Field::Sex | Field::Language | Field::Location | Field::Practitioner | Field::Tags => vec![0.0],
        Field::Registered | Field::EpisodeOpen | Field::HasEmail | Field::HasMobile => vec![1.0],
    };
    let odd = vec![0.5, -0.0, 17.999_999_999, f64::INFINITY, f64::NEG_INFINITY, 1e300];
    prop_oneof![12 => select(common), 2 => select(odd), 1 => Just(f64::NAN), 2 => (0..100).prop_map(f64::from)].boxed()
}

fn list(field: Field) -> impl Strategy<Value = Vec<String>> {
    let words = words(field);
    let most = words.len();
    subsequence(words, 0..=most)
}

/// The operators that go with a field.
pub fn ops(field: Field) -> &'static [Op] {
    match field.shape() {
        Shape::YesNo => &[Op::Eq, Op::Ne],
        Shape::Number => &[Op::Eq, Op::Ne, Op::Gt, Op::Ge, Op::Lt, Op::Le],
        Shape::Text => &[Op::Eq, Op::Ne, Op::In],
        Shape::List => &[Op::Has],
    }
}

/// The operators and values that the file reader lets through.
fn allowed(field: Field) -> BoxedStrategy<(Op, Value)> {
    let value = move |op| match (field.shape(), op) {
        (Shape::YesNo, _) => any::<bool>().prop_map(Value::Bool).boxed(),
        (Shape::Number, _) => number(field).prop_map(Value::Number).boxed(),
        (Shape::Text, Op::In) => list(field).prop_map(Value::List).boxed(),
        (Shape::Text | Shape::List, _) => select(words(field)).prop_map(Value::Text).boxed(),
    };
    select(ops(field).to_vec()).prop_flat_map(move |op| (Just(op), value(op))).boxed()
}

/// Any operator with any value.
fn anything(field: Field) -> impl Strategy<Value = (Op, Value)> {
    let value = prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        number(field).prop_map(Value::Number),
        select(words(field)).prop_map(Value::Text),
        list(field).prop_map(Value::List),
        Just(Value::Unknown),
    ];
    (select(Op::ALL.to_vec()), value)
}

fn clause() -> impl Strategy<Value = Group> {
    // An age differs by birth date, zone, place and moment: it needs more tries than the others.
    prop_oneof![1 => Just(Field::Age), 4 => select(Field::ALL.to_vec())]
        .prop_flat_map(|field| (Just(field), prop_oneof![5 => allowed(field), 1 => anything(field).boxed()]))
        .prop_map(|(field, (op, value))| Group::Clause(Clause { field, op, value }))
}

/// Up to four deep, empty branches among them.
pub fn tree() -> impl Strategy<Value = Group> {
    clause().prop_recursive(4, 16, 3, |part| {
        prop_oneof![
            prop::collection::vec(part.clone(), 0..4).prop_map(Group::All),
            prop::collection::vec(part.clone(), 0..4).prop_map(Group::Any),
            part.prop_map(|part| Group::Not(Box::new(part))),
        ]
    })
}

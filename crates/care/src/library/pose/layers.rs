//! How few numbers become a whole pose: `arms` speaks for both arms, and the end differs from the start only in what
//! it names.

use toml::{Table, Value};

/// `arms` and `legs` written out for each side; what a side says itself goes before.
pub fn both_sides(mut table: Table) -> Table {
    for (both, sides) in [("arms", ["right_arm", "left_arm"]), ("legs", ["right_leg", "left_leg"])] {
        let Some(shared) = table.remove(both) else { continue };
        for side in sides {
            let own = table.remove(side);
            let whole = own.map_or_else(|| shared.clone(), |own| over(shared.clone(), own));
            table.insert(side.to_owned(), whole);
        }
    }
    table
}

/// `above` where it says something, else `below`.
pub fn over(below: Value, above: Value) -> Value {
    match (below, above) {
        (Value::Table(below), Value::Table(above)) => Value::Table(tables_over(below, above)),
        (_, above) => above,
    }
}

pub fn tables_over(mut below: Table, above: Table) -> Table {
    for (key, value) in above {
        let whole = below.remove(&key).map_or_else(|| value.clone(), |under| over(under, value.clone()));
        below.insert(key, whole);
    }
    below
}

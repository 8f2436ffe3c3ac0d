//! calculatedExpression: sums, means and counts over linkIds, rounded, in FHIRPath.
//!
//! One shape is written: `%resource.descendants().where(linkId = 'a' or linkId = 'b').answer.value.weight().sum()`. Read
//! are also `%resource.item`, `repeat(item)`, `linkId in ('a' | 'b')`, `ordinal()`, `valueInteger` and its like, and
//! parentheses around all before `round`. `a + b` is not: in FHIRPath it is nothing as soon as one is not answered, and
//! a sum of ours is over what was answered.

use care::questionnaire::{Calculation, Form, Item, ItemKind, Take};

/// A calculation, and what it takes its questions' answers for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expression {
    pub calculation: Calculation,
    pub points: Points,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Points {
    /// `.value`: numbers as they are.
    Value,
    /// `.value.weight()`: of the chosen option.
    Weight,
    /// Either, whatever the answer is; and a yes counts 1.
    Any,
}

const ANY: &str = ".select(iif($this is Coding, $this.weight(), iif($this is Boolean, iif($this, 1, 0), $this)))";

pub(super) fn write(form: &Form, calculation: &Calculation) -> String {
    let ids: Vec<String> = calculation.of.iter().map(|id| format!("linkId = '{id}'")).collect();
    let items: Vec<&Item> = calculation.of.iter().filter_map(|id| form.item(id)).collect();
    let points = match calculation.take {
        Take::Count => "",
        Take::Sum | Take::Mean if items.iter().all(|item| item.kind.has_options()) => ".value.weight()",
        Take::Sum | Take::Mean if items.iter().all(|item| is_number(item.kind)) => ".value",
        Take::Sum | Take::Mean => &format!(".value{ANY}"),
    };
    let take = match calculation.take {
        Take::Sum => "sum",
        Take::Mean => "avg",
        Take::Count => "count",
    };
    let round = calculation.round.map(|places| format!(".round({places})")).unwrap_or_default();
    format!("%resource.descendants().where({}).answer{points}.{take}(){round}", ids.join(" or "))
}

pub(super) fn is_number(kind: ItemKind) -> bool {
    matches!(kind, ItemKind::Integer | ItemKind::Decimal)
}

/// Reads one of the shapes above.
pub(super) fn read(text: &str) -> Option<Expression> {
    let packed = without_spaces(text)?;
    let (body, round) = rounded(&packed)?;
    let body = body.strip_prefix("%resource").or_else(|| body.strip_prefix("QuestionnaireResponse"))?;
    let open = body.find(".where(")?;
    let way = body.get(..open)?;
    if !matches!(way, ".descendants()" | ".item" | ".repeat(item)" | ".item.repeat(item)" | ".descendants().item") {
        return None;
    }
    let (ids, rest) = condition(body.get(open + ".where(".len()..)?)?;
    let (points, take) = taken(rest.strip_prefix(".answer")?)?;
    Some(Expression { calculation: Calculation { take, of: ids, round }, points })
}

/// What stands in quotes keeps its spaces; `or` and `in` are parted by them, so a space there stays one.
fn without_spaces(text: &str) -> Option<String> {
    let mut packed = String::new();
    for (i, part) in text.split('\'').enumerate() {
        if i > 0 {
            packed.push('\'');
        }
        if i % 2 == 1 {
            packed.push_str(part);
        } else {
            packed.extend(part.chars().filter(|c| !c.is_whitespace()));
        }
    }
    (text.matches('\'').count().is_multiple_of(2) && !text.contains('\\')).then_some(packed)
}

fn rounded(text: &str) -> Option<(&str, Option<u8>)> {
    let (body, round) = match text.strip_suffix(')').and_then(|text| text.rsplit_once(".round(")) {
        None => (text, None),
        Some((body, "")) => (body, Some(0)),
        Some((body, places)) => (body, Some(places.parse().ok().filter(|places| *places <= 9)?)),
    };
    match body.strip_prefix('(') {
        None => Some((body, round)),
        Some(inner) => inner.strip_suffix(')').map(|inner| (inner, round)),
    }
}

/// The linkIds that are asked for, and what follows the closing parenthesis.
fn condition(text: &str) -> Option<(Vec<String>, &str)> {
    if let Some(mut rest) = text.strip_prefix("linkIdin(") {
        let mut ids = vec![];
        loop {
            let (id, after) = quoted(rest)?;
            ids.push(id);
            match after.strip_prefix('|') {
                Some(more) => rest = more,
                None => return Some((ids, after.strip_prefix("))")?)),
            }
        }
    }
    let (mut ids, mut rest) = (vec![], text);
    loop {
        let (id, after) = quoted(rest.strip_prefix("linkId=")?)?;
        ids.push(id);
        match after.strip_prefix("or") {
            Some(more) => rest = more,
            None => return Some((ids, after.strip_prefix(')')?)),
        }
    }
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let (id, rest) = text.strip_prefix('\'')?.split_once('\'')?;
    Some((id.to_owned(), rest))
}

fn taken(text: &str) -> Option<(Points, Take)> {
    if let ".count()" | ".value.count()" = text {
        return Some((Points::Any, Take::Count));
    }
    let (points, take) = match text.strip_suffix(".sum()") {
        Some(points) => (points, Take::Sum),
        None => (text.strip_suffix(".avg()")?, Take::Mean),
    };
    let any = without_spaces(ANY)?;
    let points = match points {
        ".value" | ".valueInteger" | ".valueDecimal" => Points::Value,
        ".value.weight()" | ".value.ordinal()" | ".valueCoding.weight()" | ".valueCoding.ordinal()" => Points::Weight,
        other if other.strip_prefix(".value") == Some(any.as_str()) => Points::Any,
        _ => return None,
    };
    Some((points, take))
}

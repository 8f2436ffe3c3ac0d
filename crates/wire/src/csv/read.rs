//! A file to its rows.

use std::collections::BTreeMap;

use super::feed::Context;
use super::mapping::{Column, Mapping};
use super::refusal::{Cause, Refusal};
use super::row;
use super::table::{Encoding, Record, Table};
use crate::hl7v2::Reading;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub encoding: Encoding,
    pub delimiter: char,
    /// The line that names the columns, as it came: a row can be read again with it alone.
    pub header: Vec<u8>,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub line: usize,
    pub raw: Vec<u8>,
    /// The numbers it names, even when it is refused: a visit in a bad row is not a missing one.
    pub patient: Option<String>,
    pub visit: Option<String>,
    pub reading: Result<Reading, Refusal>,
}

/// Reads a whole file.
pub fn read(bytes: &[u8], mapping: &Mapping, context: &Context) -> Result<File, Refusal> {
    let table = Table::of(bytes)?;
    let columns = Columns::of(&table.header, mapping, context)?;
    let rows =
        table.records.iter().map(|record| read_record(record, &columns, mapping, context, record.line)).collect();
    Ok(File {
        encoding: table.encoding,
        delimiter: char::from(table.delimiter),
        header: table.header.raw.to_vec(),
        rows,
    })
}

/// Reads a row that was kept with its header alone; `line` is where it stood in its file.
pub fn read_row(bytes: &[u8], mapping: &Mapping, context: &Context, line: usize) -> Result<Reading, Refusal> {
    let table = Table::of(bytes)?;
    let columns = Columns::of(&table.header, mapping, context)?;
    let record = table.records.first();
    let record = record.ok_or_else(|| Refusal::new(Cause::Empty, format!("line {line}"), "the row is empty"))?;
    read_record(record, &columns, mapping, context, line).reading
}

/// Where in a record each mapped column stands.
pub(super) struct Columns {
    at: BTreeMap<Column, usize>,
    names: Vec<String>,
}

impl Columns {
    fn of(header: &Record, mapping: &Mapping, context: &Context) -> Result<Self, Refusal> {
        mapping.check()?;
        if care::zone::named(&context.interface.zone).is_none() {
            let cure = "choose the zone in the interface's settings, as in America/New_York";
            return Err(Refusal::new(Cause::UnknownZone, "interface", cure));
        }
        let place = format!("line {}", header.line);
        let mut at = BTreeMap::new();
        for (column, name) in &mapping.columns {
            let mut found = header.fields.iter().enumerate().filter(|(_, field)| is_same(field, name));
            let Some((index, _)) = found.next() else {
                let cure =
                    format!("the map looks for a column `{name}`: choose another one for it, or have the file name it");
                return Err(Refusal::new(Cause::MissingColumn, place, cure));
            };
            if found.next().is_some() {
                let cure = format!("have the file give only one column the name `{name}`");
                return Err(Refusal::new(Cause::DoubleColumn, place, cure));
            }
            at.insert(*column, index);
        }
        Ok(Self { at, names: header.fields.clone() })
    }
}

fn is_same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// The fields of one record by what they hold.
pub(super) struct Fields<'r> {
    columns: &'r Columns,
    record: &'r Record<'r>,
    line: usize,
}

impl<'r> Fields<'r> {
    /// What stands there, if anything does.
    pub(super) fn get(&self, column: Column) -> Option<&'r str> {
        let at = self.columns.at.get(&column)?;
        self.record.fields.get(*at).map(String::as_str).filter(|text| !text.is_empty())
    }

    pub(super) fn raw(&self) -> &'r [u8] {
        self.record.raw
    }

    pub(super) fn refuse(&self, cause: Cause, column: Column, cure: impl Into<String>) -> Refusal {
        let name = self.columns.at.get(&column).and_then(|at| self.columns.names.get(*at));
        let name = name.map_or(column.label(), String::as_str).trim();
        Refusal::new(cause, format!("line {}, column {name}", self.line), cure)
    }
}

fn read_record(record: &Record, columns: &Columns, mapping: &Mapping, context: &Context, line: usize) -> Row {
    let fields = Fields { columns, record, line };
    let number = |column| fields.get(column).map(|number| number.to_string());
    let reading = whole(&fields).and_then(|()| row::reading(&fields, mapping, context));
    Row {
        line,
        raw: record.raw.to_vec(),
        patient: number(Column::PatientNumber),
        visit: number(Column::VisitNumber),
        reading,
    }
}

/// A row with too many or too few fields may have them in the wrong places: nothing of it is believed.
fn whole(fields: &Fields) -> Result<(), Refusal> {
    let (record, place) = (fields.record, format!("line {}", fields.line));
    if record.broken {
        let cure = "close the quotation mark, or double it where it belongs to the text";
        return Err(Refusal::new(Cause::BadQuote, place, cure));
    }
    let (have, want) = (record.fields.len(), fields.columns.names.len());
    let more = record.fields.iter().skip(want).any(|field| !field.is_empty());
    if have < want || more {
        let cure = format!(
            "there are {have} fields for {want} columns: look for a delimiter inside a text, and put that text in quotation marks"
        );
        return Err(Refusal::new(Cause::WrongNumberOfFields, place, cure));
    }
    Ok(())
}

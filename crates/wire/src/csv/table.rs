//! Bytes to records: encoding, delimiter, quotes, lines.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

use super::refusal::{Cause, Refusal};

const MARK: &[u8] = b"\xEF\xBB\xBF";

/// The first is taken where none stands out.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// A quoted field this long is a quotation mark that nobody closed.
const LONGEST_FIELD: usize = 64 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf8WithMark,
    Windows1252,
}

impl Encoding {
    pub fn words(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf8WithMark => "UTF-8 with a byte order mark",
            Encoding::Windows1252 => "Windows-1252",
        }
    }
}

/// What a file looks like before anybody said what its columns hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub encoding: Encoding,
    pub delimiter: char,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// Finds encoding, delimiter and columns; refuses what is no table at all.
pub fn look(bytes: &[u8]) -> Result<Look, Refusal> {
    let table = Table::of(bytes)?;
    let rows = table.records.iter().filter(|record| !record.broken).map(|record| record.fields.clone()).collect();
    Ok(Look {
        encoding: table.encoding,
        delimiter: char::from(table.delimiter),
        columns: table.header.fields.iter().map(|name| name.trim().to_string()).collect(),
        rows,
    })
}

pub(super) struct Table<'b> {
    pub(super) encoding: Encoding,
    pub(super) delimiter: u8,
    pub(super) header: Record<'b>,
    pub(super) records: Vec<Record<'b>>,
}

pub(super) struct Record<'b> {
    /// The line it begins on, from 1.
    pub(super) line: usize,
    pub(super) raw: &'b [u8],
    pub(super) fields: Vec<String>,
    /// A quotation mark was opened and not closed; the record is its first line.
    pub(super) broken: bool,
}

impl<'b> Table<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Result<Self, Refusal> {
        let cure = "save the table as CSV (UTF-8) and send it again";
        if bytes.contains(&0) || bytes.starts_with(b"PK\x03\x04") {
            return Err(Refusal::new(Cause::NotText, "file", cure));
        }
        let (text, marked) = bytes.strip_prefix(MARK).map_or((bytes, false), |text| (text, true));
        let encoding = match (std::str::from_utf8(text).is_ok(), marked) {
            (true, true) => Encoding::Utf8WithMark,
            (true, false) => Encoding::Utf8,
            (false, _) => Encoding::Windows1252,
        };
        let delimiter = delimiter_of(text);
        let mut records = Records { text, at: 0, line: 1, delimiter }.filter(|record| !record.is_blank());
        let empty =
            || Refusal::new(Cause::Empty, "file", "the first line must name the columns, and a row must follow");
        let header = records.next().ok_or_else(empty)?;
        if header.broken {
            let cure = "close the quotation mark in the line that names the columns";
            return Err(Refusal::new(Cause::BadQuote, format!("line {}", header.line), cure));
        }
        Ok(Self { encoding, delimiter, header, records: records.collect() })
    }
}

impl Record<'_> {
    fn is_blank(&self) -> bool {
        !self.broken && self.fields.iter().all(|field| field.trim().is_empty())
    }
}

/// The one that stands most often in the first line, quotation marks apart.
fn delimiter_of(text: &[u8]) -> u8 {
    let first = text.split(|b| is_end(*b)).find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let count = |wanted: u8| {
        let mut inside = false;
        first
            .iter()
            .filter(|b| {
                inside ^= **b == b'"';
                !inside && **b == wanted
            })
            .count()
    };
    let mut best = (DELIMITERS[0], 0);
    for delimiter in DELIMITERS {
        let found = count(delimiter);
        if found > best.1 {
            best = (delimiter, found);
        }
    }
    best.0
}

fn is_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

fn decode(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    };
    // A non-breaking space is how spreadsheets keep a field from looking empty.
    text.replace('\u{a0}', " ").trim().to_string()
}

struct Records<'b> {
    text: &'b [u8],
    at: usize,
    line: usize,
    delimiter: u8,
}

/// Where a field ended.
enum End {
    Field,
    Record,
    Broken,
}

impl<'b> Iterator for Records<'b> {
    type Item = Record<'b>;

    fn next(&mut self) -> Option<Record<'b>> {
        if self.at >= self.text.len() {
            return None;
        }
        let (start, line) = (self.at, self.line);
        let mut fields = vec![];
        loop {
            let (field, end) = self.field();
            fields.push(decode(&field));
            match end {
                End::Field => {}
                End::Record => {
                    let raw = &self.text[start..self.at];
                    self.skip_line_end();
                    self.line += lines_in(raw) + 1;
                    return Some(Record { line, raw, fields, broken: false });
                }
                // A stray mark must not swallow the rows after it: only its own line is lost to it.
                End::Broken => {
                    let rest = &self.text[start..];
                    let length = rest.iter().position(|b| is_end(*b)).unwrap_or(rest.len());
                    self.at = start + length;
                    self.skip_line_end();
                    self.line += 1;
                    return Some(Record { line, raw: &rest[..length], fields: vec![], broken: true });
                }
            }
        }
    }
}

impl Records<'_> {
    /// The field that begins here, without the sign that ends it.
    fn field(&mut self) -> (Vec<u8>, End) {
        if self.text.get(self.at) == Some(&b'"') {
            return self.quoted();
        }
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|b| *b == self.delimiter || is_end(*b)).unwrap_or(rest.len());
        let field = rest[..length].to_vec();
        self.at += length;
        (field, self.end())
    }

    fn quoted(&mut self) -> (Vec<u8>, End) {
        let mut field = vec![];
        let mut at = self.at + 1;
        while let Some(byte) = self.text.get(at) {
            if *byte != b'"' {
                field.push(*byte);
            } else if self.text.get(at + 1) == Some(&b'"') {
                field.push(b'"');
                at += 1;
            } else {
                self.at = at + 1;
                return (field, self.end());
            }
            if field.len() > LONGEST_FIELD {
                break;
            }
            at += 1;
        }
        (field, End::Broken)
    }

    fn end(&mut self) -> End {
        match self.text.get(self.at) {
            None => End::Record,
            Some(byte) if is_end(*byte) => End::Record,
            Some(byte) if *byte == self.delimiter => {
                self.at += 1;
                End::Field
            }
            // Something stands behind the closing mark: it was not the one that closes.
            Some(_) => End::Broken,
        }
    }

    fn skip_line_end(&mut self) {
        match self.text.get(self.at..) {
            Some([b'\r', b'\n', ..]) => self.at += 2,
            Some([_, ..]) => self.at += 1,
            Some([]) | None => {}
        }
    }
}

fn lines_in(raw: &[u8]) -> usize {
    let ends = raw.iter().enumerate();
    ends.filter(|(i, b)| **b == b'\n' || (**b == b'\r' && raw.get(i + 1) != Some(&b'\n'))).count()
}

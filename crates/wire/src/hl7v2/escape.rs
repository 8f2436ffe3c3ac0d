//! Escape sequences, undone per leaf after everything is cut, and made when writing.

use std::borrow::Cow;
use std::fmt::Write;

use super::charset;
use super::message::Delimiters;

/// Undoes `\F\ \S\ \T\ \R\ \E\ \P\`, `\Xhh..\`, `\.br\ \.sp\ \.ce\`, and drops highlighting (`\H\ \N\`). Others, the
/// character set switches among them, are left as they are; a backslash without its partner is data.
pub fn unescape(text: &str, delimiters: Delimiters) -> Cow<'_, str> {
    let mark = delimiters.escape;
    if !text.as_bytes().contains(&mark) {
        return Cow::Borrowed(text);
    }
    let mark = char::from(mark);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(mark) {
        out.push_str(before);
        let done = after.split_once(mark).filter(|(code, _)| meaning(code, delimiters, &mut out));
        rest = match done {
            Some((_, after)) => after,
            None => {
                out.push(mark);
                after
            }
        };
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Writes what a code stands for; false when it is none we know.
fn meaning(code: &str, delimiters: Delimiters, out: &mut String) -> bool {
    let delimiter = match code {
        "F" => delimiters.field,
        "S" => delimiters.component,
        "T" => delimiters.subcomponent,
        "R" => delimiters.repetition,
        "E" => delimiters.escape,
        "P" => delimiters.truncation,
        "H" | "N" => return true,
        ".br" | ".ce" => {
            out.push('\n');
            return true;
        }
        _ => return vertical_space(code, out) || hex(code, out),
    };
    if delimiter.is_ascii() {
        out.push(char::from(delimiter));
    }
    delimiter.is_ascii()
}

fn vertical_space(code: &str, out: &mut String) -> bool {
    let Some(count) = code.strip_prefix(".sp") else {
        return false;
    };
    let count = count.trim_start_matches('+');
    let lines = if count.is_empty() { Ok(1) } else { count.parse::<usize>() };
    match lines {
        Ok(lines) if lines <= 50 => {
            out.extend(std::iter::repeat_n('\n', lines));
            true
        }
        _ => false,
    }
}

fn hex(code: &str, out: &mut String) -> bool {
    let Some(digits) = code.strip_prefix('X').map(str::as_bytes) else {
        return false;
    };
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return false;
    }
    let nibble = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let bytes: Option<Vec<u8>> = digits.chunks(2).map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?)).collect();
    match bytes {
        Some(bytes) => {
            out.push_str(&charset::utf8_or_1252(&bytes));
            true
        }
        None => false,
    }
}

/// Makes `text` safe inside a leaf of a message with the usual delimiters.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' => out.push_str("\\F\\"),
            '^' => out.push_str("\\S\\"),
            '&' => out.push_str("\\T\\"),
            '~' => out.push_str("\\R\\"),
            '\\' => out.push_str("\\E\\"),
            c if c.is_ascii_control() => {
                // Writing to a string does not fail.
                let _ = write!(out, "\\X{:02X}\\", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

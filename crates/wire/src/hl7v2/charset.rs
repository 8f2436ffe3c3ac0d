//! Bytes to text: MSH-18, else the interface's default; UTF-8 if it is that, else windows-1252.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::message::Delimiters;

/// The message names a character set we do not know and uses more than ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the character set is not one we know")]
pub struct UnknownCharset;

/// Without a leading mark, blank lines and the start of a frame.
pub(super) fn head(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    let start = raw.iter().position(|b| !b.is_ascii_whitespace() && *b != 0x0B).unwrap_or(raw.len());
    let raw = &raw[start..];
    raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw)
}

/// A whole message as text.
pub(super) fn decode<'r>(raw: &'r [u8], default: Option<&str>) -> Result<Cow<'r, str>, UnknownCharset> {
    if let Some(text) = utf16(raw) {
        return Ok(Cow::Owned(text));
    }
    let raw = head(raw);
    let declared = msh_18(raw);
    if raw.is_ascii() && !raw.contains(&0x1B) {
        // Every set we know agrees on these bytes, and so will most we do not.
        return Ok(utf8_or_1252(raw));
    }
    let encoding = match (declared.as_deref(), default) {
        (Some(label), _) => named(label).ok_or(UnknownCharset)?,
        (None, Some(label)) => named(label).ok_or(UnknownCharset)?,
        (None, None) => UTF_8,
    };
    if encoding == UTF_8 {
        return Ok(utf8_or_1252(raw));
    }
    Ok(encoding.decode_without_bom_handling(raw).0)
}

/// UTF-16 is known by its byte order mark only.
pub(super) fn utf16(raw: &[u8]) -> Option<String> {
    let (encoding, mark) = Encoding::for_bom(raw)?;
    (encoding != UTF_8).then(|| encoding.decode_without_bom_handling(&raw[mark..]).0.into_owned())
}

pub(super) fn utf8_or_1252(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// The first character set of MSH-18; later ones are for escapes.
fn msh_18(raw: &[u8]) -> Option<String> {
    let line = raw.split(|b| *b == b'\r' || *b == b'\n').next()?;
    let delimiters = line.starts_with(b"MSH").then(|| Delimiters::of(line))??;
    let field = line.split(|b| *b == delimiters.field).nth(17)?;
    let first = field.split(|b| *b == delimiters.repetition).next()?;
    let label = String::from_utf8_lossy(first).trim().to_string();
    (!label.is_empty()).then_some(label)
}

/// The names of HL7 table 0211, and those of the web.
pub(super) fn named(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().to_ascii_uppercase();
    if let Some(part) = label.strip_prefix("8859/") {
        return Encoding::for_label(format!("iso-8859-{part}").as_bytes());
    }
    let web = match label.as_str() {
        // Byte order marks tell UTF-16 apart; UTF-32 nobody sends.
        "ASCII" | "UNICODE" | "UNICODE UTF-8" | "UTF8" => "utf-8",
        "ISO IR6" | "ISO IR14" | "ISO IR87" | "ISO IR159" => "iso-2022-jp",
        "GB 18030-2000" => "gb18030",
        "KS X 1001" => "euc-kr",
        "CNS 11643-1992" | "BIG-5" => "big5",
        other => return Encoding::for_label(other.as_bytes()),
    };
    Encoding::for_label(web.as_bytes())
}

//! The MSH of a message: what is needed to answer it, read even when the rest cannot be.

use super::charset;
use super::message::Delimiters;

/// Fields of MSH as they were sent (escapes not undone); empty where there is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub sending_app: String,
    pub sending_facility: String,
    /// MSH-7.
    pub sent_at: String,
    /// "ADT".
    pub kind: String,
    /// "A01".
    pub event: String,
    pub control_id: String,
    pub processing_id: String,
    pub version: String,
    /// The message is itself an acknowledgement and gets none.
    pub is_ack: bool,
    /// The segment's bytes, for an answer that echoes them; empty when there is no MSH.
    pub(super) msh: Vec<u8>,
}

impl Header {
    /// What can be read of the MSH of any bytes.
    pub fn of(raw: &[u8]) -> Self {
        let decoded = charset::utf16(raw);
        let bytes = charset::head(decoded.as_ref().map_or(raw, |text| text.as_bytes()));
        let mut lines = bytes.split(|b| *b == b'\r' || *b == b'\n').filter(|line| !line.is_empty());
        let msh = lines.next().filter(|line| line.starts_with(b"MSH") && Delimiters::of(line).is_some());
        let msh = msh.unwrap_or_default();
        // MSA stands behind MSH, with at most software and user segments between them.
        let is_answer = lines.take(4).any(|line| line.starts_with(b"MSA"));
        let mut header = Self {
            sending_app: String::new(),
            sending_facility: String::new(),
            sent_at: String::new(),
            kind: String::new(),
            event: String::new(),
            control_id: String::new(),
            processing_id: String::new(),
            version: String::new(),
            is_ack: false,
            msh: msh.to_vec(),
        };
        let text = |number| charset::utf8_or_1252(header.field(number)).trim().to_string();
        let first = |number| charset::utf8_or_1252(header.component(number, 1)).trim().to_string();
        let (sending_app, sending_facility, sent_at) = (text(3), text(4), first(7));
        let (control_id, processing_id, version) = (text(10), first(11), first(12));
        let (kind, event) = header.kind_and_event();
        header.is_ack = kind == "ACK" || is_answer;
        Self { sending_app, sending_facility, sent_at, kind, event, control_id, processing_id, version, ..header }
    }

    /// Of MSH-9: `ADT^A01^ADT_A01`, `ADT^A01`, `ADT_A01` or `ADT`.
    fn kind_and_event(&self) -> (String, String) {
        let part = |number| charset::utf8_or_1252(self.component(9, number)).trim().to_ascii_uppercase();
        let (kind, event) = (part(1), part(2));
        match kind.split_once('_') {
            Some((kind, structure)) if event.is_empty() => (kind.to_string(), structure.to_string()),
            _ => (kind, event),
        }
    }

    pub(super) fn delimiters(&self) -> Delimiters {
        Delimiters::of(&self.msh).unwrap_or_default()
    }

    /// A field's bytes, as sent.
    pub(super) fn field(&self, number: usize) -> &[u8] {
        let separator = self.delimiters().field;
        self.msh.split(|b| *b == separator).nth(number - 1).unwrap_or_default()
    }

    pub(super) fn component(&self, field: usize, number: usize) -> &[u8] {
        let separator = self.delimiters().component;
        self.field(field).split(|b| *b == separator).nth(number - 1).unwrap_or_default()
    }
}

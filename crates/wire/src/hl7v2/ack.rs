//! The answer to a message: in original mode one application acknowledgement, in enhanced mode what MSH-15 and -16 ask.
//!
//! An `AA` or `CA` may be sent only after the raw message is committed to the store.

use jiff::Timestamp;

use super::header::Header;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Accepted,
    /// Something in its content: place as in "SCH-11.4", code of HL7 table 0357, words without patient data.
    Error {
        location: String,
        code: u16,
        text: String,
    },
    /// Its kind, version or processing id, or we cannot cope at all.
    Rejected {
        location: String,
        code: u16,
        text: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Commit,
    Application,
}

/// The answer to send once the message is stored (or refused), or `None` when the sender wants none.
pub fn ack(header: &Header, verdict: &Verdict, now: Timestamp, control_id: &str) -> Option<Vec<u8>> {
    if header.is_ack {
        return None;
    }
    let stage = match conditions(header) {
        None => Stage::Application,
        Some((commit, _)) if commit.met(verdict) => Stage::Commit,
        // A sender that never wants a commit but an application answer waits for that one.
        Some((Condition::Never, application)) if application.met(verdict) => Stage::Application,
        Some(_) => return None,
    };
    Some(answer(header, verdict, stage, now, control_id))
}

/// In enhanced mode the second answer, after the commit: when the message has been applied, if MSH-16 asks for it.
pub fn later_ack(header: &Header, verdict: &Verdict, now: Timestamp, control_id: &str) -> Option<Vec<u8>> {
    let (commit, application) = conditions(header)?;
    let wanted = !header.is_ack && commit != Condition::Never && application.met(verdict);
    wanted.then(|| answer(header, verdict, Stage::Application, now, control_id))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition {
    Always,
    Never,
    OnError,
    OnSuccess,
}

impl Condition {
    fn met(self, verdict: &Verdict) -> bool {
        match self {
            Condition::Always => true,
            Condition::Never => false,
            Condition::OnError => *verdict != Verdict::Accepted,
            Condition::OnSuccess => *verdict == Verdict::Accepted,
        }
    }
}

/// Of MSH-15 and MSH-16; `None` in original mode, where both are empty.
fn conditions(header: &Header) -> Option<(Condition, Condition)> {
    match (condition(header.field(15)), condition(header.field(16))) {
        (None, None) => None,
        (Some(commit), application) => Some((commit, application.unwrap_or(Condition::Never))),
        // Who wants nothing at all says NE twice: here a commit is still waited for.
        (None, Some(Condition::Never)) => Some((Condition::Always, Condition::Never)),
        (None, Some(application)) => Some((Condition::Never, application)),
    }
}

fn condition(field: &[u8]) -> Option<Condition> {
    match field.trim_ascii().to_ascii_uppercase().as_slice() {
        b"" | b"\"\"" => None,
        b"NE" => Some(Condition::Never),
        b"ER" => Some(Condition::OnError),
        b"SU" => Some(Condition::OnSuccess),
        // AL, and what nobody defined: an answer too many harms less than a sender that waits.
        _ => Some(Condition::Always),
    }
}

fn code(header: &Header, verdict: &Verdict, stage: Stage) -> &'static [u8] {
    // Whoever sends no MSH cannot have been understood.
    if header.msh.is_empty() {
        return b"AR";
    }
    match (stage, verdict) {
        (Stage::Commit, Verdict::Accepted) => b"CA",
        (Stage::Commit, Verdict::Error { .. }) => b"CE",
        (Stage::Commit, Verdict::Rejected { .. }) => b"CR",
        (Stage::Application, Verdict::Accepted) => b"AA",
        (Stage::Application, Verdict::Error { .. }) => b"AE",
        (Stage::Application, Verdict::Rejected { .. }) => b"AR",
    }
}

fn answer(header: &Header, verdict: &Verdict, stage: Stage, now: Timestamp, control_id: &str) -> Vec<u8> {
    let d = header.delimiters();
    let encoding: &[u8] = if header.field(2).is_empty() { b"^~\\&" } else { header.field(2) };
    let or = |field: &'_ [u8], default: &'static [u8]| {
        if field.is_empty() { default.to_vec() } else { field.to_vec() }
    };
    let mut kind = b"ACK".to_vec();
    if !header.event.is_empty() && header.event.bytes().all(|b| b.is_ascii_alphanumeric()) {
        kind = [b"ACK".as_slice(), header.event.as_bytes(), b"ACK"].join(&d.component);
    }
    let sent = now.strftime("%Y%m%d%H%M%S+0000").to_string();
    let mut msh = vec![
        b"MSH".to_vec(),
        encoding.to_vec(),
        header.field(5).to_vec(),
        header.field(6).to_vec(),
        header.field(3).to_vec(),
        header.field(4).to_vec(),
        sent.into_bytes(),
        vec![],
        kind,
        safe(control_id),
        or(header.field(11), b"P"),
        or(header.field(12), b"2.5"),
    ];
    if !header.field(18).is_empty() {
        msh.resize(17, vec![]);
        msh.push(header.field(18).to_vec());
    }
    let mut out = segment(&msh, d.field);
    let mut msa = vec![b"MSA".to_vec(), code(header, verdict, stage).to_vec(), header.field(10).to_vec()];
    if let Verdict::Error { location, code, text } | Verdict::Rejected { location, code, text } = verdict {
        if knows_err_segment(&header.version) {
            out.extend(segment(&msa, d.field));
            out.extend(segment(&err(location, *code, text, d.component), d.field));
            return out;
        }
        msa.push(safe(text));
    }
    out.extend(segment(&msa, d.field));
    out
}

fn err(location: &str, code: u16, text: &str, component: u8) -> Vec<Vec<u8>> {
    let code = [code.to_string().into_bytes(), safe(text), b"HL70357".to_vec()].join(&component);
    vec![b"ERR".to_vec(), vec![], error_location(location, component), code, b"E".to_vec()]
}

/// "SCH-11.4" as `SCH^1^11^1^4`; a bare word as it is.
fn error_location(location: &str, component: u8) -> Vec<u8> {
    let (segment, rest) = location.split_once('-').unwrap_or((location, ""));
    let (field, leaf) = rest.split_once('.').unwrap_or((rest, ""));
    let mut parts = vec![safe(segment)];
    if !field.is_empty() {
        parts.extend([b"1".to_vec(), safe(field)]);
    }
    if !leaf.is_empty() {
        parts.extend([b"1".to_vec(), safe(leaf)]);
    }
    parts.join(&component)
}

/// Our own words, without anything that could be a delimiter in any message.
fn safe(text: &str) -> Vec<u8> {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || "-., :".contains(c) { c } else { ' ' }
    };
    text.chars().map(plain).map(|c| c as u8).collect()
}

fn segment(fields: &[Vec<u8>], separator: u8) -> Vec<u8> {
    let mut line = fields.join(&separator);
    line.push(b'\r');
    line
}

/// The ERR segment took its present form in 2.5; an unknown version counts as new.
fn knows_err_segment(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.trim().parse::<u32>());
    match (parts.next(), parts.next()) {
        (Some(Ok(2)), Some(Ok(minor))) => minor >= 5,
        (Some(Ok(2)), None) => false,
        _ => true,
    }
}

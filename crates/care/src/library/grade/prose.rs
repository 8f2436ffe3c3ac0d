//! What of a markdown text is read as sentences.

/// The sentences, without headings and without signs of markdown.
pub fn sentences(text: &str) -> Vec<String> {
    blocks(text).iter().flat_map(|block| split(block)).collect()
}

/// Runs of letters and digits; a sign within a word belongs to it: "don't", "38.3", "a.m".
pub fn words(sentence: &str) -> impl Iterator<Item = &str> {
    sentence
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '/'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

/// Paragraphs and points of lists. Lines that follow one another are one paragraph.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = vec![];
    let mut goes_on = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            goes_on = false;
            continue;
        }
        let point = point(line);
        let said = plain(point.unwrap_or(line));
        match blocks.last_mut() {
            Some(last) if goes_on && point.is_none() => *last = format!("{last} {said}"),
            _ => blocks.push(said),
        }
        goes_on = true;
    }
    blocks
}

/// The text of a point in a list: after "- ", "* " or "1. ".
fn point(line: &str) -> Option<&str> {
    let after_number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = (after_number.len() < line.len()).then_some(after_number).and_then(|rest| rest.strip_prefix(". "));
    line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).or(numbered)
}

/// Without emphasis, and of a link only its words.
fn plain(line: &str) -> String {
    let mut said = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, link)) = rest.split_once("](") {
        said.push_str(before);
        rest = link.split_once(')').map_or("", |(_, after)| after);
    }
    said.push_str(rest);
    said.replace(['*', '_', '`', '['], "")
}

/// A sentence ends at ".", "!", "?" or "…" before a space or the end, quotes and brackets aside.
fn split(block: &str) -> Vec<String> {
    let mut sentences = vec![String::new()];
    for piece in block.split_whitespace() {
        if let Some(last) = sentences.last_mut() {
            last.push_str(piece);
            last.push(' ');
        }
        let bare = piece.trim_end_matches(['"', '\'', ')', ']', '»', '”', '’']);
        if bare.ends_with(['.', '!', '?', '…']) {
            sentences.push(String::new());
        }
    }
    sentences.retain(|sentence| words(sentence).next().is_some());
    sentences
}

//! Lines of a client, with bounds.

use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// Reads up to and including the next LF. `None` at the end; an error when a line is longer than `longest`.
pub(super) async fn read_line(reader: &mut (impl AsyncBufRead + Unpin), longest: usize) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    loop {
        let buffer = reader.fill_buf().await?;
        if buffer.is_empty() {
            return Ok(None);
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(buffer.len(), |end| end + 1);
        line.extend(buffer.iter().take(taken));
        reader.consume(taken);
        if line.len() > longest {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "line too long"));
        }
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

/// The path between the angle brackets of `MAIL FROM:<…> …` or `RCPT TO:<…>`.
pub(super) fn path(arguments: &str, keyword: &str) -> Option<String> {
    let (word, rest) = arguments.split_at_checked(keyword.len())?;
    let inside = rest.trim_start().strip_prefix('<')?;
    let (path, _) = inside.split_once('>')?;
    word.eq_ignore_ascii_case(keyword).then(|| path.to_owned())
}

/// The value of `SIZE=` among the parameters of MAIL FROM.
pub(super) fn declared_size(arguments: &str) -> Option<usize> {
    arguments.split_ascii_whitespace().find_map(|word| {
        let (key, value) = word.split_once('=')?;
        if key.eq_ignore_ascii_case("SIZE") { value.parse().ok() } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_from_between_the_brackets() {
        assert_eq!(path("FROM:<a@b.example> SIZE=3", "FROM:"), Some("a@b.example".into()));
        assert_eq!(path("to: <>", "TO:"), Some(String::new()));
        for broken in ["", "TO", "TO:a@b.example", "TO:<a@b.example", "ÑO:<a>", "FROM:<a>"] {
            assert_eq!(path(broken, "TO:"), None, "{broken}");
        }
        assert_eq!(declared_size("FROM:<a> BODY=8BITMIME size=12"), Some(12));
        assert_eq!(declared_size("FROM:<a> SIZE=x"), None);
    }

    #[tokio::test]
    async fn lines_are_bounded() {
        let mut short: &[u8] = b"one\r\ntwo";
        assert_eq!(read_line(&mut short, 10).await.unwrap(), Some(b"one\r\n".to_vec()));
        assert_eq!(read_line(&mut short, 10).await.unwrap(), None);
        let mut long: &[u8] = &[b'a'; 11];
        assert!(read_line(&mut long, 10).await.is_err());
    }
}

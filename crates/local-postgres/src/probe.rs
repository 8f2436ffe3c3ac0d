//! Whether the server takes connections: the first message of a connection, and a look at the answer.

use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

/// A server that takes longer is not ready; the caller asks again.
const PATIENCE: Duration = Duration::from_secs(2);

/// Version 3.0 of the protocol.
const PROTOCOL: i32 = 196_608;

/// The code of "starting up", "shutting down" and "in recovery".
const CANNOT_CONNECT_NOW: &[u8] = b"C57P03\0";

pub(crate) async fn accepts(socket_dir: &Path, port: u16, user: &str) -> bool {
    let socket = socket_dir.join(format!(".s.PGSQL.{port}"));
    let asked = tokio::time::timeout(PATIENCE, ask(&socket, user)).await;
    matches!(asked, Ok(Ok(answer)) if is_yes(&answer))
}

async fn ask(socket: &Path, user: &str) -> io::Result<Vec<u8>> {
    let mut stream = UnixStream::connect(socket).await?;
    stream.write_all(&first_message(user)?).await?;
    let mut answer = vec![0; 1024];
    let length = stream.read(&mut answer).await?;
    answer.truncate(length);
    Ok(answer)
}

fn first_message(user: &str) -> io::Result<Vec<u8>> {
    let mut body = PROTOCOL.to_be_bytes().to_vec();
    for word in ["user", user, "database", "postgres"] {
        body.extend_from_slice(word.as_bytes());
        body.push(0);
    }
    body.push(0);
    let length = i32::try_from(body.len() + 4).map_err(io::Error::other)?;
    Ok([&length.to_be_bytes()[..], &body].concat())
}

/// It asks for the password (`R`), or refuses this one connection for a reason of its own.
fn is_yes(answer: &[u8]) -> bool {
    match answer.first() {
        Some(b'R') => true,
        Some(b'E') => !answer.windows(CANNOT_CONNECT_NOW.len()).any(|part| part == CANNOT_CONNECT_NOW),
        Some(_) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_server_that_could_take_us_counts_as_ready() {
        assert!(is_yes(b"R\0\0\0\x17\0\0\0\nSCRAM-SHA-256\0\0"));
        assert!(is_yes(b"E\0\0\0\x20SFATAL\0C53300\0Mtoo many clients\0\0"));
        assert!(!is_yes(b"E\0\0\0\x20SFATAL\0C57P03\0Mstarting up\0\0"));
        assert!(!is_yes(b""));
    }

    #[test]
    fn the_first_message_counts_its_own_length() {
        let message = first_message("alma").unwrap();
        let expected = b"\0\0\0\x25\0\x03\0\0user\0alma\0database\0postgres\0\0";
        assert_eq!(message.len(), 0x25);
        assert_eq!(message, expected);
    }
}

//! Bytes to and from a gateway: every read and write has a deadline, every answer a greatest length.

use super::Lost;
use super::reply::{self, Reply};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

/// RFC 5321 allows 512 bytes; some gateways add long links.
const LONGEST_LINE: usize = 4096;
const MOST_LINES: usize = 100;

pub(super) enum Socket {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

pub(super) struct Wire {
    socket: Socket,
    /// Read but not yet understood.
    unread: Vec<u8>,
}

impl Wire {
    pub(super) fn new(socket: Socket) -> Self {
        Self { socket, unread: Vec::new() }
    }

    /// Whether the gateway said more than it was asked. What follows could then be taken for the answer to a later
    /// question, or was slipped in before encryption began.
    pub(super) fn has_unread(&self) -> bool {
        !self.unread.is_empty()
    }

    pub(super) fn into_socket(self) -> Socket {
        self.socket
    }

    /// Hands all bytes to the connection in one write, or fails before the last of them has left.
    pub(super) async fn write(&mut self, bytes: &[u8], within: Duration) -> Result<(), Lost> {
        let written = async {
            match &mut self.socket {
                Socket::Plain(socket) => socket.write_all(bytes).await,
                Socket::Encrypted(socket) => {
                    socket.write_all(bytes).await?;
                    socket.flush().await
                }
            }
        };
        timeout(within, written).await.map_err(|_| Lost::Silent)?.map_err(Lost::from)
    }

    /// Reads one whole answer. The deadline is for all of it: dripping bytes do not extend it.
    pub(super) async fn read(&mut self, within: Duration) -> Result<Reply, Lost> {
        timeout(within, self.read_reply()).await.map_err(|_| Lost::Silent)?
    }

    async fn read_reply(&mut self) -> Result<Reply, Lost> {
        let mut code = None;
        let mut lines = Vec::new();
        while lines.len() < MOST_LINES {
            let line = reply::read_line(&self.read_line().await?).ok_or(Lost::NotSmtp)?;
            if *code.get_or_insert(line.code) != line.code {
                return Err(Lost::NotSmtp);
            }
            lines.push(line.text);
            if line.last {
                return Ok(Reply { code: line.code, lines });
            }
        }
        Err(Lost::NotSmtp)
    }

    async fn read_line(&mut self) -> Result<Vec<u8>, Lost> {
        let mut searched = 0;
        loop {
            if let Some(end) = self.unread.iter().skip(searched).position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.unread.drain(..=searched + end).collect();
                line.truncate(line.trim_ascii_end().len());
                return Ok(line);
            }
            searched = self.unread.len();
            if searched > LONGEST_LINE {
                return Err(Lost::NotSmtp);
            }
            if self.read_some().await? == 0 {
                return Err(Lost::Closed);
            }
        }
    }

    async fn read_some(&mut self) -> io::Result<usize> {
        self.unread.reserve(1024);
        match &mut self.socket {
            Socket::Plain(socket) => socket.read_buf(&mut self.unread).await,
            Socket::Encrypted(socket) => socket.read_buf(&mut self.unread).await,
        }
    }
}

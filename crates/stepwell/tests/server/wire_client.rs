//! An EMR's side of an MLLP connection, which may misbehave.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wire::hl7v2::frame::{Frame, Frames, frame};

pub struct WireClient {
    stream: TcpStream,
    frames: Frames,
}

impl WireClient {
    pub async fn connect(to: SocketAddr) -> Self {
        let stream = TcpStream::connect(to).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, frames: Frames::new(1 << 20) }
    }

    /// Writes bytes as they are.
    pub async fn writes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    pub async fn says(&mut self, message: &[u8]) {
        self.writes(&frame(message)).await;
    }

    /// "AA 77": the next answer's code and the control id it answers; `None` when the connection was closed.
    pub async fn hears(&mut self) -> Option<String> {
        let mut bytes = [0; 4096];
        loop {
            if let Some(Frame::Message(answer)) = self.frames.take_next() {
                let text = String::from_utf8(answer).unwrap();
                let msa = text.split('\r').find(|line| line.starts_with("MSA")).unwrap().to_owned();
                let fields: Vec<&str> = msa.split('|').collect();
                return Some(format!("{} {}", fields[1], fields[2]));
            }
            match self.stream.read(&mut bytes).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.frames.push(&bytes[..count]),
            }
        }
    }

    /// Whether not a byte has come back so far.
    pub fn has_heard_nothing(&mut self) -> bool {
        let mut bytes = [0; 1];
        matches!(self.stream.try_read(&mut bytes), Err(e) if e.kind() == std::io::ErrorKind::WouldBlock)
    }
}

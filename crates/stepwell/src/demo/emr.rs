//! The demo's EMR: sends its messages over MLLP as a real one does, one at a time, and waits for each answer.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wire::hl7v2::frame::{Frame, Frames, frame};

pub struct Emr {
    stream: TcpStream,
    frames: Frames,
}

impl Emr {
    pub async fn connect(to: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, frames: Frames::new(1 << 20) })
    }

    /// Sends one message; its acknowledgement.
    pub async fn send(&mut self, message: &[u8]) -> std::io::Result<Vec<u8>> {
        self.stream.write_all(&frame(message)).await?;
        let mut bytes = [0; 4096];
        loop {
            if let Some(Frame::Message(answer)) = self.frames.take_next() {
                return Ok(answer);
            }
            match self.stream.read(&mut bytes).await? {
                0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                count => self.frames.push(&bytes[..count]),
            }
        }
    }
}

//! A receiver of webhooks: real HTTP on this machine, which keeps what it took.

use std::sync::{Arc, Mutex};

use care::rehearsal::Gateway;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

pub struct Hooks {
    port: u16,
    shared: Arc<Mutex<Shared>>,
    listening: JoinHandle<()>,
}

struct Shared {
    answer: Gateway,
    /// Heads and bodies of the calls that were taken.
    taken: Vec<(String, String)>,
}

impl Drop for Hooks {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Hooks {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Mutex::new(Shared { answer: Gateway::Takes, taken: vec![] }));
        let own = shared.clone();
        let listening = tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(answer(line, own.clone()));
            }
        });
        Self { port, shared, listening }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/in", self.port)
    }

    pub fn answers(&self, gateway: Gateway) {
        self.shared.lock().unwrap().answer = gateway;
    }

    /// How many came since it was asked last.
    pub fn taken(&self) -> usize {
        self.calls().len()
    }

    /// Heads and bodies of those that came since it was asked last.
    pub fn calls(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.shared.lock().unwrap().taken)
    }
}

async fn answer(mut line: TcpStream, shared: Arc<Mutex<Shared>>) {
    let mut heard = vec![];
    let (head, body) = loop {
        if let Some(whole) = whole(&heard) {
            break whole;
        }
        let mut some = [0; 4096];
        match line.read(&mut some).await {
            Ok(0) | Err(_) => return,
            Ok(count) => heard.extend(&some[..count]),
        }
    };
    let words: &[u8] = {
        let mut shared = shared.lock().unwrap();
        match shared.answer {
            Gateway::Takes => {
                shared.taken.push((head, body));
                b"HTTP/1.1 204 No Content\r\n\r\n"
            }
            Gateway::Refuses => b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n",
            Gateway::Down | Gateway::Fails => b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
            Gateway::Breaks => b"",
        }
    };
    let _ = line.write_all(words).await;
    let _ = line.shutdown().await;
}

fn whole(heard: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(heard).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    (body.len() >= length.unwrap_or(0)).then(|| (head.to_owned(), body.to_owned()))
}

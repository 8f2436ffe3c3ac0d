//! A small SMTP server that takes every mail and hands it to whoever listens: the demo's mailbox, and the gateway of
//! our tests, which can be told to misbehave (see [`Manners`]). It is no mail server: it delivers nothing.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use delivery::email::sink::{Manners, Parsed, Sink};
//!
//! let (sink, mut received) = Sink::listen("127.0.0.1:2525", Manners::default()).await?;
//! println!("mail goes to {}", sink.address());
//! while let Some(mail) = received.recv().await {
//!     if let Some(parsed) = Parsed::read(&mail.raw) {
//!         println!("{} for {}", parsed.subject, mail.to.join(", "));
//!     }
//! }
//! # Ok(()) }
//! ```

mod lines;
mod manners;
mod parsed;
mod session;

pub use manners::{Encryption, Login, Manners, Verdict};
pub use parsed::{Calendar, Parsed};

use session::{Ended, Session};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream, ToSocketAddrs};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// One accepted mail, as it came over the wire (dots unstuffed).
#[derive(Clone, PartialEq, Eq)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    pub raw: Vec<u8>,
}

/// Shows nothing of the patient.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("bytes", &self.raw.len()).finish_non_exhaustive()
    }
}

/// Mails that nobody has taken yet; when it is full the sink makes its clients wait.
const WAITING: usize = 1024;

/// A running sink. Dropping it closes the port and every connection.
pub struct Sink {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Sink {
    /// Listens (port 0 picks a free one) and hands every accepted mail to the receiver.
    pub async fn listen(address: impl ToSocketAddrs, manners: Manners) -> io::Result<(Self, mpsc::Receiver<Received>)> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let connections = Arc::new(AtomicUsize::new(0));
        let (accepted, received) = mpsc::channel(WAITING);
        let task = tokio::spawn(accept(listener, Arc::new(manners), accepted, connections.clone()));
        Ok((Self { address, connections, task }, received))
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were opened to it so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    listener: TcpListener,
    manners: Arc<Manners>,
    accepted: mpsc::Sender<Received>,
    connections: Arc<AtomicUsize>,
) {
    let mut open = JoinSet::new();
    loop {
        while open.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((socket, _)) => {
                connections.fetch_add(1, Ordering::SeqCst);
                open.spawn(serve(socket, manners.clone(), accepted.clone()));
            }
            // Out of file descriptors, most likely: other connections must end first.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// A client that breaks off is no concern of the sink's, so errors end here.
async fn serve(socket: TcpStream, manners: Arc<Manners>, accepted: mpsc::Sender<Received>) {
    if socket.set_nodelay(true).is_err() {
        return;
    }
    if let Some(Encryption::Implicit(tls)) = &manners.encryption {
        if let Ok(socket) = TlsAcceptor::from(tls.clone()).accept(socket).await {
            let _ = Session::new(socket, &manners, &accepted).run(true).await;
        }
        return;
    }
    let ended = Session::new(socket, &manners, &accepted).run(true).await;
    if let (Ok(Ended::StartTls(socket)), Some(Encryption::StartTls(tls))) = (ended, &manners.encryption)
        && let Ok(socket) = TlsAcceptor::from(tls.clone()).accept(socket).await
    {
        let _ = Session::new(socket, &manners, &accepted).encrypted().run(false).await;
    }
}

//! HL7 v2 over MLLP: a frame is stored and committed, then acknowledged. What the message means is found out later, by
//! the inbox: a message we cannot use is refused on a page, not on the wire, where it would stop the sender's queue.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use care::id::{InterfaceId, MessageId, OrganizationId};
use sha2::{Digest, Sha256};
use store::IncomingMessage;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};
use wire::hl7v2::Header;
use wire::hl7v2::ack::{Verdict, ack, later_ack};
use wire::hl7v2::frame::{Frame, Frames, frame};

use crate::Roof;

/// A frame larger than this is refused unread.
pub const LARGEST_FRAME: usize = 4 << 20;
/// Between the first and the last byte of a frame; a connection may idle for days.
pub const MID_FRAME: Duration = Duration::from_secs(30);
/// Messages committed together.
const GROUP: usize = 64;

/// One feed's listener.
#[derive(Debug, Clone, Copy)]
pub struct Listener {
    pub organization: OrganizationId,
    pub interface: InterfaceId,
    pub mid_frame: Duration,
}

/// A message on its way to the database, and who waits to hear that it is committed.
type Arriving = (IncomingMessage, oneshot::Sender<bool>);

/// Accepts connections until told to stop.
pub async fn serve(roof: Arc<Roof>, socket: TcpListener, listener: Listener, mut stop: watch::Receiver<bool>) {
    let (to_store, arriving) = mpsc::channel(1024);
    let writer = tokio::spawn(store_groups(roof.clone(), listener.organization, arriving));
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = socket.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(talk(roof.clone(), stream, listener, to_store.clone(), stop.clone()));
                }
                Err(e) => {
                    tracing::warn!(error = %e, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            _ = stop.changed() => break,
        }
    }
    drop(to_store);
    while connections.join_next().await.is_some() {}
    let _ = writer.await;
}

/// What arrives together is written together: one commit for all that wait.
async fn store_groups(roof: Arc<Roof>, organization: OrganizationId, mut arriving: mpsc::Receiver<Arriving>) {
    let mut group: Vec<Arriving> = vec![];
    while arriving.recv_many(&mut group, GROUP).await > 0 {
        let (messages, waiting): (Vec<_>, Vec<_>) = group.drain(..).unzip();
        let together = is_stored(&roof, organization, &messages).await;
        for (message, heard) in messages.iter().zip(waiting) {
            // One that cannot be stored must not keep its neighbours from being stored.
            let stored = together || is_stored(&roof, organization, std::slice::from_ref(message)).await;
            let _ = heard.send(stored);
        }
        roof.wake.notify_one();
    }
}

async fn is_stored(roof: &Roof, organization: OrganizationId, messages: &[IncomingMessage]) -> bool {
    match roof.runner.store_messages(organization, messages).await {
        Ok(_) => true,
        Err(e) => {
            tracing::warn!(error = %e, "messages could not be stored; a sender that gets no answer will send again");
            false
        }
    }
}

/// A field of the header as a column can hold it: PostgreSQL's text knows no NUL. The body is kept byte for byte.
fn plain(field: &str) -> String {
    field.chars().filter(|c| !c.is_control()).collect()
}

async fn talk(
    roof: Arc<Roof>,
    mut stream: TcpStream,
    listener: Listener,
    to_store: mpsc::Sender<Arriving>,
    mut stop: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let mut frames = Frames::new(LARGEST_FRAME);
    let mut bytes = vec![0; 16 * 1024];
    loop {
        while let Some(next) = frames.take_next() {
            let answer = match next {
                Frame::Message(message) => match accept(&roof, listener, &to_store, message).await {
                    Some(answer) => answer,
                    // Not stored: no answer and no connection, so that the sender tries again.
                    None => return,
                },
                Frame::TooLarge { head } => too_large(&roof, &head),
                Frame::Junk { .. } => {
                    tracing::info!(interface = %listener.interface, "bytes between frames were skipped");
                    vec![]
                }
            };
            if stream.write_all(&answer).await.is_err() {
                return;
            }
        }
        let read = async {
            if frames.is_mid_frame() {
                tokio::time::timeout(listener.mid_frame, stream.read(&mut bytes)).await.unwrap_or(Ok(0))
            } else {
                stream.read(&mut bytes).await
            }
        };
        tokio::select! {
            got = read => match got {
                Ok(0) | Err(_) => return,
                Ok(count) => frames.push(&bytes[..count]),
            },
            _ = stop.changed() => return,
        }
    }
}

/// Stores a message and answers once it is committed. `None` when it is not.
async fn accept(roof: &Roof, listener: Listener, to_store: &mpsc::Sender<Arriving>, body: Vec<u8>) -> Option<Vec<u8>> {
    let header = Header::of(&body);
    let incoming = IncomingMessage {
        id: MessageId(roof.new_id()),
        interface: listener.interface,
        sender: plain(&format!("{}|{}", header.sending_app, header.sending_facility)),
        control_id: plain(&header.control_id),
        body_hash: Sha256::digest(&body).to_vec(),
        kind: plain(format!("{} {}", header.kind, header.event).trim()),
        body,
        received_at: roof.now(),
    };
    let (heard, committed) = oneshot::channel();
    to_store.send((incoming, heard)).await.ok()?;
    if !committed.await.unwrap_or(false) {
        return None;
    }
    let verdict = if header.kind.is_empty() {
        Verdict::Rejected {
            location: "MSH".into(),
            code: 100,
            text: "No MSH segment: the bytes are kept and shown among the refused messages.".into(),
        }
    } else {
        Verdict::Accepted
    };
    let mut answer = vec![];
    for one in [
        ack(&header, &verdict, roof.now(), &crate::ids::secret()[..20]),
        later_ack(&header, &verdict, roof.now(), &crate::ids::secret()[..20]),
    ]
    .into_iter()
    .flatten()
    {
        answer.extend(frame(&one));
    }
    Some(answer)
}

fn too_large(roof: &Roof, head: &[u8]) -> Vec<u8> {
    let header = Header::of(head);
    let text = format!("The message is larger than {} megabytes and was not read.", LARGEST_FRAME >> 20);
    let verdict = Verdict::Rejected { location: "MSH".into(), code: 207, text };
    ack(&header, &verdict, roof.now(), &crate::ids::secret()[..20]).map(|a| frame(&a)).unwrap_or_default()
}

/// Binds, with the cure in words.
pub async fn bind(address: &str) -> Result<(TcpListener, SocketAddr), String> {
    let socket = TcpListener::bind(address)
        .await
        .map_err(|e| format!("{address} cannot be listened on ({e}): choose another port"))?;
    let bound = socket.local_addr().map_err(|e| e.to_string())?;
    Ok((socket, bound))
}

//! Calls to a receiver of our own on this machine.

#![expect(clippy::unwrap_used, reason = "a test says what it cannot go on without")]

use delivery::Outcome;
use delivery::webhook::{Call, Caller, Endpoint, signature};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Takes one connection, reads one request whole, gives `answer` and hangs up; what it read.
async fn receiver(answer: &'static [u8]) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = tokio::spawn(async move {
        let (mut line, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        while !is_whole(&heard) {
            let mut some = [0; 4096];
            let count = line.read(&mut some).await.unwrap();
            if count == 0 {
                break;
            }
            heard.extend(&some[..count]);
        }
        let _ = line.write_all(answer).await;
        String::from_utf8(heard).unwrap()
    });
    (port, heard)
}

fn is_whole(heard: &[u8]) -> bool {
    let text = String::from_utf8_lossy(heard).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    length.is_some_and(|length| body.len() >= length.parse().unwrap())
}

fn call(port: u16) -> Call {
    Call {
        endpoint: Endpoint::read(&format!("http://127.0.0.1:{port}/in?clinic=1"), true).unwrap(),
        secret: "secret".into(),
        key: "run/step/1/1/0/webhook".into(),
        body: "{\"id\":\"run/step/1/1/0/webhook\"}".into(),
        at: 1_767_225_600,
    }
}

fn here() -> Caller {
    Caller::new(true, None)
}

#[tokio::test]
async fn a_call_carries_its_key_its_time_and_its_signature() {
    let (port, heard) = receiver(b"HTTP/1.1 204 No Content\r\n\r\n").await;
    let call = call(port);
    assert_eq!(here().call(&call).await, Outcome::Sent { reply: "HTTP 204".into() });
    let heard = heard.await.unwrap();
    assert!(heard.starts_with("POST /in?clinic=1 HTTP/1.1\r\n"), "{heard}");
    let signed = format!("stepwell-signature: v1={}\r\n", signature("secret", call.at, &call.body));
    for line in [
        format!("host: 127.0.0.1:{port}\r\n"),
        "content-type: application/json\r\n".into(),
        "idempotency-key: run/step/1/1/0/webhook\r\n".into(),
        "stepwell-timestamp: 1767225600\r\n".into(),
        signed,
    ] {
        assert!(heard.contains(&line), "{line} is missing in {heard}");
    }
    assert!(heard.ends_with(&format!("\r\n\r\n{}", call.body)), "{heard}");
    assert!(!heard.contains("secret"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (inner, never) = receiver(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let answer: &'static str =
        Box::leak(format!("HTTP/1.1 307 Temporary\r\nlocation: http://127.0.0.1:{inner}/\r\n\r\n").into_boxed_str());
    let (port, _heard) = receiver(answer.as_bytes()).await;
    let outcome = here().call(&call(port)).await;
    assert!(
        matches!(&outcome, Outcome::Permanent { reply, address_is_bad: false, .. } if reply.starts_with("HTTP 307"))
    );
    assert!(!never.is_finished(), "nobody came there");
    never.abort();
}

#[tokio::test]
async fn a_receiver_that_hangs_up_before_its_answer_leaves_it_open() {
    let (port, _heard) = receiver(b"").await;
    assert_eq!(here().call(&call(port)).await, Outcome::Unknown);
}

#[tokio::test]
async fn what_is_not_http_leaves_it_open() {
    let (port, _heard) = receiver(b"220 mail.example ESMTP\r\n").await;
    assert_eq!(here().call(&call(port)).await, Outcome::Unknown);
}

#[tokio::test]
async fn nobody_there_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert!(matches!(here().call(&call(port)).await, Outcome::Temporary { .. }));
}

#[tokio::test]
async fn this_machine_is_out_of_reach_by_whatever_name() {
    let (port, never) = receiver(b"HTTP/1.1 200 OK\r\n\r\n").await;
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0.0.0.0"] {
        let endpoint = Endpoint::read(&format!("https://{host}:{port}/"), false).unwrap();
        let outcome = Caller::new(false, None).call(&Call { endpoint, ..call(port) }).await;
        assert!(!matches!(outcome, Outcome::Sent { .. } | Outcome::Unknown), "{host}: {outcome:?}");
        // A spelling that this system's resolver does not know leads nowhere at all.
        let barred = matches!(&outcome, Outcome::Permanent { reply, .. } if reply.contains("private network"));
        let unknown = matches!(&outcome, Outcome::Temporary { reply, .. } if reply.contains("looked up"));
        assert!(barred || unknown, "{host}: {outcome:?}");
    }
    assert!(!never.is_finished(), "nobody came there");
    never.abort();
}

#[tokio::test]
async fn an_answer_without_end_is_not_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let flood = tokio::spawn(async move {
        let (mut line, _) = listener.accept().await.unwrap();
        let mut some = [0; 4096];
        let _ = line.read(&mut some).await.unwrap();
        line.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await.unwrap();
        // Until the caller hangs up.
        while line.write_all(b"10\r\n0123456789abcdef\r\n").await.is_ok() {}
    });
    assert_eq!(here().call(&call(port)).await, Outcome::Sent { reply: "HTTP 200".into() });
    flood.await.unwrap();
}

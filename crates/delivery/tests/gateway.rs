//! Mails over real sockets to a gateway that behaves, and to one that does not.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use delivery::email::sink::{Login, Manners, Parsed, Received, Verdict};
use delivery::email::{Down, Lost, Mailer, Message, Options, Password, Stage};
use delivery::{EnhancedCode, Outcome};
use std::time::Duration;
use support::{ALMA, mail_to, message_to, options, raw, sink};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

fn is_sent(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Sent { .. })
}

fn waiting(received: &mut mpsc::Receiver<Received>) -> Vec<Received> {
    std::iter::from_fn(|| received.try_recv().ok()).collect()
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    for pipelining in [true, false] {
        let (_sink, mut received, mailer) = sink(Manners { pipelining, ..Manners::default() }).await;
        let message = message_to(ALMA);
        let outcome = mailer.send(&message).await;
        assert_eq!(outcome, Outcome::Sent { reply: "250 2.0.0 taken as 1".into() }, "pipelining: {pipelining}");
        let mail = received.recv().await.unwrap();
        assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("clinic@clinic.example", &[ALMA.to_owned()][..]));
        assert_eq!(mail.raw, message.bytes());
        assert_eq!(Parsed::read(&mail.raw).unwrap().subject, mail_to(ALMA).subject);
    }
}

#[tokio::test]
async fn bounces_go_to_the_envelope_sender() {
    let (_sink, mut received, mailer) = sink(Manners::default()).await;
    let message = message_to(ALMA).with_bounces_to("bounce+key@clinic.example").unwrap();
    assert!(is_sent(&mailer.send(&message).await));
    assert_eq!(received.recv().await.unwrap().from, "bounce+key@clinic.example");
}

#[tokio::test]
async fn one_connection_carries_many_mails() {
    for pipelining in [true, false] {
        let (sink, mut received, mailer) = sink(Manners { pipelining, ..Manners::default() }).await;
        for _ in 0..50 {
            assert!(is_sent(&mailer.send(&message_to(ALMA)).await));
        }
        assert_eq!((waiting(&mut received).len(), sink.connections()), (50, 1));
    }
}

#[tokio::test]
async fn many_tasks_share_no_more_connections_than_allowed() {
    let (sink, mut received, _) = sink(Manners { delay: Duration::from_millis(5), ..Manners::default() }).await;
    let mailer = Mailer::new(options(sink.address()), 3).unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..60 {
        let mailer = mailer.clone();
        tasks.spawn(async move { mailer.send(&message_to(&format!("p{number}@patient.example"))).await });
    }
    assert!(tasks.join_all().await.iter().all(is_sent));
    let mut recipients: Vec<String> = waiting(&mut received).into_iter().flat_map(|mail| mail.to).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!(recipients.len(), 60);
    assert!((2..=3).contains(&sink.connections()), "{}", sink.connections());
}

#[tokio::test]
async fn refusals_are_told_apart_and_spoil_nothing() {
    for pipelining in [true, false] {
        let manners = Manners { pipelining, ..Manners::default() }
            .with("gone@patient.example", Verdict::NoSuchUser)
            .with("later@patient.example", Verdict::TryLater)
            .with("policy@patient.example", Verdict::AgainstPolicy);
        let (sink, mut received, mailer) = sink(manners).await;
        let code = EnhancedCode::read;
        let gone = Outcome::Permanent {
            reply: "550 5.1.1 <[address]>: user unknown".into(),
            code: code("5.1.1"),
            address_is_bad: true,
        };
        let later = Outcome::Temporary { reply: "451 4.3.0 try [address]".into(), code: code("4.3.0") };
        let policy = Outcome::Permanent {
            reply: "554 5.7.1 against our [address]".into(),
            code: code("5.7.1"),
            address_is_bad: false,
        };
        for _ in 0..3 {
            assert_eq!(mailer.send(&message_to("gone@patient.example")).await, gone);
            assert!(is_sent(&mailer.send(&message_to(ALMA)).await));
            assert_eq!(mailer.send(&message_to("later@patient.example")).await, later);
            assert_eq!(mailer.send(&message_to("policy@patient.example")).await, policy);
            assert!(is_sent(&mailer.send(&message_to(ALMA)).await));
        }
        let arrived = waiting(&mut received);
        assert!(arrived.iter().all(|mail| mail.to == [ALMA]) && arrived.len() == 6, "{}", arrived.len());
        assert_eq!(sink.connections(), 1);
    }
}

#[tokio::test]
async fn a_connection_lost_after_the_final_dot_leaves_the_mail_unknown() {
    let manners = Manners::default().with("unlucky@patient.example", Verdict::DropAfterDot);
    let (sink, mut received, mailer) = sink(manners).await;
    assert_eq!(mailer.send(&message_to("unlucky@patient.example")).await, Outcome::Unknown);
    assert!(is_sent(&mailer.send(&message_to(ALMA)).await));
    // Also on a kept connection: an unknown mail is never sent again by itself.
    assert_eq!(mailer.send(&message_to("unlucky@patient.example")).await, Outcome::Unknown);
    assert_eq!((waiting(&mut received).len(), sink.connections()), (1, 2));
}

#[tokio::test]
async fn a_kept_connection_that_the_gateway_closed_is_replaced_unnoticed() {
    for pipelining in [true, false] {
        let manners = Manners { pipelining, mails_per_connection: Some(2), ..Manners::default() };
        let (sink, mut received, mailer) = sink(manners).await;
        for _ in 0..7 {
            assert!(is_sent(&mailer.send(&message_to(ALMA)).await));
        }
        assert_eq!((waiting(&mut received).len(), sink.connections()), (7, 4));
    }
}

#[tokio::test]
async fn a_gateway_that_goes_while_given_a_mail_is_temporary() {
    let manners = Manners::default()
        .with("drop@patient.example", Verdict::DropAtRecipient)
        .with("closing@patient.example", Verdict::Closing);
    let (sink, _received, mailer) = sink(manners).await;
    assert!(is_sent(&mailer.send(&message_to(ALMA)).await));
    // Tried once more on a fresh connection, then no more.
    let reply = "not sent: the gateway closed the connection after RCPT TO".to_owned();
    assert_eq!(mailer.send(&message_to("drop@patient.example")).await, Outcome::Temporary { reply, code: None });
    assert_eq!(sink.connections(), 2);
    assert!(is_sent(&mailer.send(&message_to(ALMA)).await));
    let closing = Outcome::Temporary { reply: "421 4.3.2 [address]".into(), code: EnhancedCode::read("4.3.2") };
    assert_eq!(mailer.send(&message_to("closing@patient.example")).await, closing);
    assert_eq!(sink.connections(), 4);
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_down_not_refusing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let mailer = Mailer::new(options(nobody), 1).unwrap();
    let refused = Down::Unreachable(Lost::Broke(std::io::ErrorKind::ConnectionRefused));
    assert_eq!(mailer.send(&message_to(ALMA)).await, Outcome::ChannelDown { reason: refused.clone() });
    assert_eq!(mailer.check().await, Err(refused));
    let nowhere = Options { host: "no-such-host.invalid".into(), ..options(nobody) };
    let outcome = Mailer::new(nowhere, 1).unwrap().send(&message_to(ALMA)).await;
    assert_eq!(outcome, Outcome::ChannelDown { reason: Down::NoSuchHost });
}

#[tokio::test]
async fn dots_and_line_ends_come_through() {
    let (_sink, mut received, mailer) = sink(Manners::default()).await;
    let sent_and_arrived: [(&[u8], &[u8]); 5] = [
        (b"S: x\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n", b"S: x\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n"),
        (b"S: x\n\n.\nQUIT\n", b"S: x\r\n\r\n.\r\nQUIT\r\n"),
        (b"S: x\r\r.\r", b"S: x\r\n\r\n.\r\n"),
        (b"", b""),
        (b"no end", b"no end\r\n"),
    ];
    for (sent, arrived) in sent_and_arrived {
        assert!(is_sent(&mailer.send(&raw(sent)).await));
        assert_eq!(received.recv().await.unwrap().raw, arrived);
    }
}

#[tokio::test]
async fn large_mails_come_through_whole() {
    let (_sink, mut received, mailer) = sink(Manners::default()).await;
    let large = b".0123456789\r\n".repeat(400_000);
    assert!(is_sent(&mailer.send(&raw(&large)).await));
    assert!(received.recv().await.unwrap().raw == large);
}

fn cannot(outcome: &Outcome, code: &str) -> bool {
    matches!(outcome, Outcome::Permanent { code: Some(found), address_is_bad: false, .. } if found.to_string() == code)
}

#[tokio::test]
async fn what_the_gateway_cannot_take_is_refused_before_it_is_asked() {
    let plain = Manners { smtp_utf8: false, eight_bit: false, size: Some(500), ..Manners::default() };
    let (_sink, mut received, mailer) = sink(plain).await;
    assert!(cannot(&mailer.send(&message_to("ñandú@patient.example")).await, "5.6.7"));
    assert!(cannot(&mailer.send(&raw("A: b\r\n\r\nñ\r\n".as_bytes())).await, "5.6.3"));
    assert!(cannot(&mailer.send(&raw(&[b'a'; 501])).await, "5.3.4"));
    assert!(is_sent(&mailer.send(&raw(&[b'a'; 490])).await));
    assert_eq!(waiting(&mut received).len(), 1);

    let (_able, mut received, mailer) = support::sink(Manners::default()).await;
    assert!(is_sent(&mailer.send(&message_to("ñandú@patient.example")).await));
    assert!(is_sent(&mailer.send(&raw("A: b\r\n\r\nñ\r\n".as_bytes())).await));
    assert_eq!(waiting(&mut received).len(), 2);
}

async fn logging_in(offered: Login, password: &str) -> (Result<(), Down>, Outcome) {
    let (sink, _received, _) = sink(Manners { login: offered, ..Manners::default() }).await;
    let login = Some(("clinic@clinic.example".to_owned(), Password::new(password)));
    let mailer = Mailer::new(Options { login, ..options(sink.address()) }, 1).unwrap();
    (mailer.check().await, mailer.send(&message_to(ALMA)).await)
}

#[tokio::test]
async fn logins_work_both_ways_and_failures_say_why() {
    let user = || "clinic@clinic.example".to_owned();
    for offered in [Login::Plain(user(), "sécret".into()), Login::Login(user(), "sécret".into())] {
        let (check, outcome) = logging_in(offered.clone(), "sécret").await;
        assert!(check.is_ok() && is_sent(&outcome), "{offered:?}: {check:?} {outcome:?}");
        let reason = Down::Refused { stage: Stage::Login, reply: "535 5.7.8 wrong login".into() };
        assert_eq!(logging_in(offered, "wrong").await, (Err(reason.clone()), Outcome::ChannelDown { reason }));
    }
    let reason = Down::NoKnownLogin;
    assert_eq!(logging_in(Login::NotOffered, "x").await, (Err(reason.clone()), Outcome::ChannelDown { reason }));
}

#[tokio::test]
async fn a_password_is_not_sent_in_the_clear() {
    // 0.0.0.0 leads here too, but does not say so: it is treated like any other machine.
    let (sink, _received, _) = sink(Manners::default()).await;
    let login = Some(("clinic".to_owned(), Password::new("secret")));
    let elsewhere = Options { host: "0.0.0.0".into(), login, ..options(sink.address()) };
    let mailer = Mailer::new(elsewhere, 1).unwrap();
    assert_eq!(mailer.send(&message_to(ALMA)).await, Outcome::ChannelDown { reason: Down::PasswordWithoutTls });
}

#[tokio::test]
async fn a_closed_mailer_says_goodbye_and_can_be_used_again() {
    let (sink, _received, mailer) = sink(Manners::default()).await;
    assert!(is_sent(&mailer.send(&message_to(ALMA)).await));
    mailer.close().await;
    assert!(is_sent(&mailer.send(&message_to(ALMA)).await));
    assert_eq!(sink.connections(), 2);
}

#[tokio::test]
async fn a_mailbox_that_nobody_reads_takes_nothing() {
    let (_sink, received, mailer) = sink(Manners::default()).await;
    drop(received);
    assert!(matches!(mailer.send(&message_to(ALMA)).await, Outcome::Temporary { .. }));
}

#[test]
fn a_password_does_not_show_itself() {
    let options = Options { login: Some(("u".into(), Password::new("hunter2"))), ..Options::new("mx.example", 587) };
    assert!(!format!("{options:?}").contains("hunter2"));
}

#[test]
fn options_that_could_carry_commands_are_refused() {
    let new = |options| Mailer::new(options, 1).err();
    use delivery::email::BadOptions;
    let good = || options("127.0.0.1:25".parse().unwrap());
    assert_eq!(new(good()), None);
    assert_eq!(new(Options { hello: "a\r\nMAIL".into(), ..good() }), Some(BadOptions::Hello));
    assert_eq!(new(Options { host: String::new(), ..good() }), Some(BadOptions::Host));
    let login = Some(("a\0b".to_owned(), Password::new("p")));
    assert_eq!(new(Options { login, ..good() }), Some(BadOptions::Login));
}

#[tokio::test]
async fn a_dropped_send_does_not_spoil_the_next() {
    let manners = Manners { delay: Duration::from_secs(3600), ..Manners::default() };
    let (slow, _received, mailer) = sink(manners).await;
    let message: Message = message_to(ALMA);
    for sends in 1..=3 {
        let waited = tokio::time::timeout(Duration::from_millis(100), mailer.send(&message)).await;
        assert!(waited.is_err());
        assert_eq!(slow.connections(), sends);
    }
}

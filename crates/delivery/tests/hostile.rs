//! Gateways that are silent, endless or lying. Every test here would hang or panic without our bounds.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use delivery::Outcome;
use delivery::email::{Down, Lost, Mailer, Options, Stage};
use proptest::prelude::*;
use std::time::Duration;
use support::{ALMA, message_to, options, scripted};

const GREETING: &[u8] = b"220 mx\r\n";
const HELLO: &[u8] = b"250 mx\r\n";
const PIPELINING: &[u8] = b"250-mx\r\n250 PIPELINING\r\n";

fn impatient(mut options: Options) -> Mailer {
    options.command_timeout = Duration::from_millis(200);
    options.handover_timeout = Duration::from_millis(200);
    options.connect_timeout = Duration::from_millis(200);
    Mailer::new(options, 1).unwrap()
}

async fn outcome(script: &'static [&'static [u8]]) -> Outcome {
    let mailer = Mailer::new(options(scripted(script, false).await), 1).unwrap();
    mailer.send(&message_to(ALMA)).await
}

async fn outcome_when_silent_after(script: &'static [&'static [u8]]) -> Outcome {
    impatient(options(scripted(script, true).await)).send(&message_to(ALMA)).await
}

fn down(stage: Stage, how: Lost) -> Outcome {
    Outcome::ChannelDown { reason: Down::Lost { stage, how } }
}

fn temporary(reply: &str) -> Outcome {
    Outcome::Temporary { reply: reply.to_owned(), code: None }
}

#[tokio::test]
async fn a_silent_gateway_is_given_up_wherever_it_falls_silent() {
    assert_eq!(outcome_when_silent_after(&[b""]).await, down(Stage::Greeting, Lost::Silent));
    assert_eq!(outcome_when_silent_after(&[b"220 "]).await, down(Stage::Greeting, Lost::Silent));
    assert_eq!(outcome_when_silent_after(&[GREETING]).await, down(Stage::Hello, Lost::Silent));
    let silent = |place| temporary(&format!("not sent: the gateway did not answer in time {place}"));
    assert_eq!(outcome_when_silent_after(&[GREETING, HELLO]).await, silent("after MAIL FROM"));
    assert_eq!(outcome_when_silent_after(&[GREETING, HELLO, b"250 ok\r\n"]).await, silent("after RCPT TO"));
    let to_data: &[&[u8]] = &[GREETING, HELLO, b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"];
    assert_eq!(outcome_when_silent_after(to_data).await, Outcome::Unknown);
}

#[tokio::test]
async fn a_gateway_that_closes_says_how_far_the_mail_got() {
    assert_eq!(outcome(&[b""]).await, down(Stage::Greeting, Lost::Closed));
    let reply = "554 5.7.1 go away".to_owned();
    let refused = Down::Refused { stage: Stage::Greeting, reply };
    assert_eq!(outcome(&[b"554 5.7.1 go away\r\n"]).await, Outcome::ChannelDown { reason: refused });
    assert_eq!(
        outcome(&[GREETING, b"421 4.3.2 busy\r\n"]).await,
        Outcome::ChannelDown { reason: Down::Refused { stage: Stage::Hello, reply: "421 4.3.2 busy".into() } }
    );
}

#[tokio::test]
async fn what_is_not_smtp_is_not_believed() {
    let endless_line: &'static [u8] = vec![b'2'; 100_000].leak();
    let script: &'static [&'static [u8]] = vec![endless_line].leak();
    assert_eq!(outcome(script).await, down(Stage::Greeting, Lost::NotSmtp));
    let endless_lines: &'static [u8] = b"220-and more\r\n".repeat(10_000).leak();
    let script: &'static [&'static [u8]] = vec![endless_lines].leak();
    assert_eq!(outcome(script).await, down(Stage::Greeting, Lost::NotSmtp));
    for nonsense in [&b"HTTP/1.1 400 Bad Request\r\n"[..], b"\r\n", b"220-a\r\n221 b\r\n", b"\xff\xfe\r\n", b"22\n"] {
        let script: &'static [&'static [u8]] = vec![nonsense].leak();
        assert_eq!(outcome(script).await, down(Stage::Greeting, Lost::NotSmtp), "{nonsense:?}");
    }
}

#[tokio::test]
async fn an_old_gateway_is_greeted_with_helo() {
    let script: &[&[u8]] = &[GREETING, b"502 what\r\n", HELLO, b"250 a\r\n", b"250 b\r\n", b"354 c\r\n", b"250 d\r\n"];
    assert_eq!(outcome(script).await, Outcome::Sent { reply: "250 d".into() });
}

#[tokio::test]
async fn a_refused_recipient_is_withdrawn_though_data_was_welcome() {
    let script: &[&[u8]] = &[
        GREETING,
        PIPELINING,
        b"250 a\r\n550 5.1.1 no\r\n354 go on\r\n",
        b"554 answers the lone dot\r\n",
        b"250 answers RSET\r\n",
        b"250 a\r\n250 b\r\n354 c\r\n",
        b"250 second\r\n",
    ];
    let mailer = Mailer::new(options(scripted(script, false).await), 1).unwrap();
    let first = mailer.send(&message_to(ALMA)).await;
    assert!(matches!(first, Outcome::Permanent { address_is_bad: true, .. }), "{first:?}");
    let second = mailer.send(&message_to(ALMA)).await;
    assert_eq!(second, Outcome::Sent { reply: "250 second".into() });
}

#[tokio::test]
async fn an_answer_to_the_body_that_is_no_answer_leaves_the_mail_unknown() {
    for last in [&b"354 again\r\n"[..], b"huh\r\n", b"250-half"] {
        let script: &'static [&'static [u8]] = vec![GREETING, PIPELINING, b"250 a\r\n250 b\r\n354 c\r\n", last].leak();
        assert_eq!(outcome(script).await, Outcome::Unknown, "{last:?}");
    }
}

#[tokio::test]
async fn a_gateway_that_takes_data_before_it_is_sent_is_not_believed() {
    let script: &[&[u8]] = &[GREETING, PIPELINING, b"250 a\r\n250 b\r\n250 taken\r\n"];
    let not_smtp = "not sent: the answer was not SMTP, or longer than SMTP allows after DATA";
    assert_eq!(outcome(script).await, temporary(not_smtp));
}

#[tokio::test]
async fn answers_beyond_what_was_asked_are_not_taken_for_later_ones() {
    // On one connection the surplus 250s would pass for the second mail's answers.
    let script: &[&[u8]] =
        &[GREETING, PIPELINING, b"250 a\r\n250 b\r\n354 c\r\n", b"250 first\r\n250 x\r\n250 y\r\n354 z\r\n250 lie\r\n"];
    let mailer = Mailer::new(options(scripted(script, false).await), 1).unwrap();
    let first = Outcome::Sent { reply: "250 first".into() };
    assert_eq!(mailer.send(&message_to(ALMA)).await, first);
    assert_eq!(mailer.send(&message_to(ALMA)).await, first);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_gateway_makes_us_panic_or_claim_a_mail_was_sent(
        answers in proptest::collection::vec(
            prop_oneof![
                Just(b"220 mx\r\n".to_vec()), Just(b"250-mx\r\n250 PIPELINING\r\n".to_vec()),
                Just(b"250 ok\r\n".to_vec()), Just(b"550 5.1.1 \xc3(\r\n".to_vec()),
                proptest::collection::vec(any::<u8>(), 0..20),
            ],
            0..8,
        ),
    ) {
        // All at once and then the end, so that nobody waits for anybody.
        let script: &'static [&'static [u8]] = vec![&*answers.concat().leak()].leak();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcome = runtime.block_on(outcome(script));
        // Without a 354 nothing can have been sent.
        prop_assert!(!matches!(outcome, Outcome::Sent { .. } | Outcome::Unknown), "{:?}", outcome);
    }
}

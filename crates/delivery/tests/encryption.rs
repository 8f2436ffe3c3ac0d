//! STARTTLS and implicit TLS, with a certificate that the test makes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use delivery::Outcome;
use delivery::email::sink::{Encryption, Login, Manners};
use delivery::email::{BadOptions, Down, Lost, Mailer, Options, Password, Stage, Tls};
use std::sync::Arc;
use support::{ALMA, message_to, options, scripted};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A certificate for `name`, as the sink's configuration and as PEM.
fn certificate(name: &str) -> (Arc<ServerConfig>, String) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (Arc::new(config), made.cert.pem())
}

async fn outcome(tls: Tls, named: &str, trusted: bool) -> (Outcome, usize) {
    let (config, pem) = certificate(named);
    let encryption = match tls {
        Tls::Implicit => Some(Encryption::Implicit(config)),
        Tls::StartTls => Some(Encryption::StartTls(config)),
        Tls::None => None,
    };
    let login = Login::Plain("clinic".into(), "secret".into());
    let (sink, mut received, _) = support::sink(Manners { encryption, login, ..Manners::default() }).await;
    let options = Options {
        host: "localhost".into(),
        tls,
        login: Some(("clinic".into(), Password::new("secret"))),
        // Another certificate, so that there is always something to trust.
        extra_roots: Some(if trusted { pem } else { certificate(named).1 }),
        ..options(sink.address())
    };
    let mailer = Mailer::new(options, 1).unwrap();
    let mut outcome = mailer.send(&message_to(ALMA)).await;
    if matches!(outcome, Outcome::Sent { .. }) {
        outcome = mailer.send(&message_to(ALMA)).await;
        assert_eq!(sink.connections(), 1);
    }
    (outcome, std::iter::from_fn(|| received.try_recv().ok()).count())
}

#[tokio::test]
async fn mail_goes_out_encrypted_both_ways() {
    for tls in [Tls::StartTls, Tls::Implicit] {
        let (outcome, received) = outcome(tls, "localhost", true).await;
        assert_eq!((outcome, received), (Outcome::Sent { reply: "250 2.0.0 taken as 2".into() }, 2), "{tls:?}");
    }
}

#[tokio::test]
async fn an_unknown_or_wrong_certificate_stops_the_mail() {
    for tls in [Tls::StartTls, Tls::Implicit] {
        for (named, trusted) in [("localhost", false), ("other.example", true)] {
            let (outcome, received) = outcome(tls, named, trusted).await;
            assert!(matches!(outcome, Outcome::ChannelDown { reason: Down::Tls(_) }), "{tls:?} {named}: {outcome:?}");
            assert_eq!(received, 0);
        }
    }
}

async fn starting_tls_with(script: &'static [&'static [u8]]) -> Outcome {
    let gateway = scripted(script, false).await;
    let encrypted = Options { tls: Tls::StartTls, extra_roots: Some(certificate("x").1), ..options(gateway) };
    Mailer::new(encrypted, 1).unwrap().send(&message_to(ALMA)).await
}

#[tokio::test]
async fn a_gateway_without_starttls_gets_no_mail() {
    let outcome = starting_tls_with(&[b"220 mx\r\n", b"250-mx\r\n250 PIPELINING\r\n"]).await;
    assert_eq!(outcome, Outcome::ChannelDown { reason: Down::NoStartTls });
    let outcome = starting_tls_with(&[b"220 mx\r\n", b"250-mx\r\n250 STARTTLS\r\n", b"454 4.7.0 not now\r\n"]).await;
    let reason = Down::Refused { stage: Stage::StartTls, reply: "454 4.7.0 not now".into() };
    assert_eq!(outcome, Outcome::ChannelDown { reason });
}

#[tokio::test]
async fn answers_slipped_in_before_encryption_are_not_believed() {
    let script: &[&[u8]] = &[b"220 mx\r\n", b"250-mx\r\n250 STARTTLS\r\n", b"220 go\r\n250-mx\r\n250 AUTH PLAIN\r\n"];
    let reason = Down::Lost { stage: Stage::StartTls, how: Lost::NotSmtp };
    assert_eq!(starting_tls_with(script).await, Outcome::ChannelDown { reason });
}

#[test]
fn extra_certificates_must_be_pem() {
    let options = Options { extra_roots: Some("not a certificate".into()), ..Options::new("mx.example", 587) };
    assert!(matches!(Mailer::new(options, 1).err(), Some(BadOptions::Roots(_))));
}

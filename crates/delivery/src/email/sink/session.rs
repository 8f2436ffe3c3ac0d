//! One client's conversation with the sink.

use super::lines::{declared_size, path, read_line};
use super::{Encryption, Login, Manners, Received, Verdict};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

const LONGEST_COMMAND: usize = 16 * 1024;
const LARGEST_MAIL: usize = 64 << 20;
const MOST_RECIPIENTS: usize = 100;
const PATIENCE: Duration = Duration::from_secs(300);

pub(super) enum Ended<S> {
    Closed,
    /// The client is about to begin TLS on this socket.
    StartTls(S),
}

pub(super) struct Session<'a, S> {
    stream: BufStream<S>,
    manners: &'a Manners,
    accepted: &'a mpsc::Sender<Received>,
    encrypted: bool,
    from: Option<String>,
    to: Vec<String>,
    mails: usize,
}

enum Next {
    GoOn,
    Close,
    StartTls,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Session<'a, S> {
    pub(super) fn new(socket: S, manners: &'a Manners, accepted: &'a mpsc::Sender<Received>) -> Self {
        let stream = BufStream::new(socket);
        Self { stream, manners, accepted, encrypted: false, from: None, to: Vec::new(), mails: 0 }
    }

    pub(super) fn encrypted(mut self) -> Self {
        self.encrypted = true;
        self
    }

    pub(super) async fn run(mut self, greet: bool) -> io::Result<Ended<S>> {
        if greet {
            self.say("220 sink ESMTP").await?;
        }
        while let Some(line) = self.line(LONGEST_COMMAND).await? {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let (verb, arguments) = line.split_once(' ').unwrap_or((&line, ""));
            match self.command(&verb.to_ascii_uppercase(), arguments).await? {
                Next::GoOn => {}
                Next::Close => break,
                // What a client sent in the clear after STARTTLS is dropped with the buffer.
                Next::StartTls => return Ok(Ended::StartTls(self.stream.into_inner())),
            }
        }
        Ok(Ended::Closed)
    }

    async fn command(&mut self, verb: &str, arguments: &str) -> io::Result<Next> {
        match verb {
            "EHLO" => self.hello().await?,
            "HELO" => self.say("250 sink").await?,
            "STARTTLS" if self.offers_start_tls() => {
                self.say("220 go ahead").await?;
                return Ok(Next::StartTls);
            }
            "AUTH" => self.login(arguments).await?,
            "MAIL" => self.mail(arguments).await?,
            "RCPT" => return self.recipient(arguments).await,
            "DATA" => return self.data().await,
            "RSET" => {
                self.forget();
                self.say("250 2.0.0 forgotten").await?;
            }
            "NOOP" => self.say("250 2.0.0 ok").await?,
            "QUIT" => {
                self.say("221 2.0.0 goodbye").await?;
                return Ok(Next::Close);
            }
            _ => self.say("502 5.5.1 not known here").await?,
        }
        Ok(Next::GoOn)
    }

    fn offers_start_tls(&self) -> bool {
        !self.encrypted && matches!(self.manners.encryption, Some(Encryption::StartTls(_)))
    }

    async fn hello(&mut self) -> io::Result<()> {
        self.forget();
        let manners = self.manners;
        let offers = [
            (manners.pipelining, "PIPELINING".to_owned()),
            (manners.eight_bit, "8BITMIME".to_owned()),
            (manners.smtp_utf8, "SMTPUTF8".to_owned()),
            (self.offers_start_tls(), "STARTTLS".to_owned()),
            (manners.size.is_some(), format!("SIZE {}", manners.size.unwrap_or_default())),
            (manners.login == Login::Anything, "AUTH PLAIN LOGIN".to_owned()),
            (matches!(manners.login, Login::Plain(..)), "AUTH PLAIN".to_owned()),
            (matches!(manners.login, Login::Login(..)), "AUTH LOGIN".to_owned()),
        ];
        let mut text = "250-sink\r\n".to_owned();
        for (_, offer) in offers.iter().filter(|(offered, _)| *offered) {
            text.push_str(&format!("250-{offer}\r\n"));
        }
        self.say(&format!("{text}250 ENHANCEDSTATUSCODES")).await
    }

    async fn login(&mut self, arguments: &str) -> io::Result<()> {
        let (way, initial) = arguments.split_once(' ').unwrap_or((arguments, ""));
        let given = match way.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let secret = if initial.is_empty() { self.ask("334 ").await? } else { initial.to_owned() };
                let decoded = decode(&secret);
                let mut parts = decoded.split('\0').skip(1).map(str::to_owned);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            "LOGIN" => {
                let user = self.ask("334 VXNlcm5hbWU6").await?;
                let password = self.ask("334 UGFzc3dvcmQ6").await?;
                (decode(&user), decode(&password))
            }
            _ => return self.say("504 5.5.4 no such login").await,
        };
        let right = match &self.manners.login {
            Login::NotOffered => false,
            Login::Anything => true,
            Login::Plain(user, password) | Login::Login(user, password) => given == (user.clone(), password.clone()),
        };
        if right { self.say("235 2.7.0 welcome").await } else { self.say("535 5.7.8 wrong login").await }
    }

    async fn mail(&mut self, arguments: &str) -> io::Result<()> {
        let Some(from) = path(arguments, "FROM:") else {
            return self.say("501 5.5.4 MAIL FROM:<address>").await;
        };
        if self.from.is_some() {
            return self.say("503 5.5.1 one mail at a time").await;
        }
        if declared_size(arguments) > Some(self.largest()) {
            return self.say("552 5.3.4 too large").await;
        }
        self.from = Some(from);
        self.say("250 2.1.0 ok").await
    }

    async fn recipient(&mut self, arguments: &str) -> io::Result<Next> {
        let Some(to) = path(arguments, "TO:") else {
            self.say("501 5.5.4 RCPT TO:<address>").await?;
            return Ok(Next::GoOn);
        };
        if self.from.is_none() || self.to.len() >= MOST_RECIPIENTS {
            self.say("503 5.5.1 MAIL first, and not too many recipients").await?;
            return Ok(Next::GoOn);
        }
        match self.manners.verdict(&to) {
            Verdict::NoSuchUser => self.say(&format!("550 5.1.1 <{to}>: user unknown")).await?,
            Verdict::TryLater => self.say("451 4.3.0 try later").await?,
            Verdict::DropAtRecipient => return Ok(Next::Close),
            Verdict::Closing => {
                self.say("421 4.3.2 closing").await?;
                return Ok(Next::Close);
            }
            Verdict::Take | Verdict::AgainstPolicy | Verdict::DropAfterDot => {
                self.to.push(to);
                self.say("250 2.1.5 ok").await?;
            }
        }
        Ok(Next::GoOn)
    }

    async fn data(&mut self) -> io::Result<Next> {
        if self.to.is_empty() {
            self.say("503 5.5.1 nobody to send it to").await?;
            return Ok(Next::GoOn);
        }
        self.say("354 end with a dot").await?;
        let Some(raw) = self.body().await? else {
            return Ok(Next::Close);
        };
        if !self.manners.delay.is_zero() {
            sleep(self.manners.delay).await;
        }
        let verdicts: Vec<Verdict> = self.to.iter().map(|to| self.manners.verdict(to)).collect();
        let from = self.from.take().unwrap_or_default();
        let received = Received { from, to: std::mem::take(&mut self.to), raw };
        if verdicts.contains(&Verdict::DropAfterDot) {
            return Ok(Next::Close);
        }
        if verdicts.contains(&Verdict::AgainstPolicy) {
            self.say("554 5.7.1 against our policy").await?;
        } else if received.raw.len() > self.largest() {
            self.say("552 5.3.4 too large").await?;
        } else if self.accepted.send(received).await.is_err() {
            self.say("451 4.3.0 nobody reads this mailbox any more").await?;
        } else {
            self.mails += 1;
            self.say(&format!("250 2.0.0 taken as {}", self.mails)).await?;
        }
        let enough = self.manners.mails_per_connection.is_some_and(|most| self.mails >= most);
        Ok(if enough { Next::Close } else { Next::GoOn })
    }

    /// Reads to the final dot and unstuffs. Only CRLF ends a line: a dot between bare LFs is text.
    async fn body(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut raw = Vec::new();
        loop {
            let Some(line) = self.line(LARGEST_MAIL).await? else {
                return Ok(None);
            };
            let begins = raw.is_empty() || raw.ends_with(b"\r\n");
            if begins && line == b".\r\n" {
                return Ok(Some(raw));
            }
            let text = if begins { line.strip_prefix(b".").unwrap_or(&line) } else { &line };
            if raw.len() + text.len() > LARGEST_MAIL {
                return Ok(None);
            }
            raw.extend_from_slice(text);
        }
    }

    fn largest(&self) -> usize {
        self.manners.size.unwrap_or(LARGEST_MAIL)
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }

    async fn ask(&mut self, question: &str) -> io::Result<String> {
        self.say(question).await?;
        let line = self.line(LONGEST_COMMAND).await?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    async fn line(&mut self, longest: usize) -> io::Result<Option<Vec<u8>>> {
        timeout(PATIENCE, read_line(&mut self.stream, longest))
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }

    async fn say(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(format!("{text}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }
}

fn decode(secret: &str) -> String {
    String::from_utf8(BASE64.decode(secret).unwrap_or_default()).unwrap_or_default()
}

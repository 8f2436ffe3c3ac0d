//! Makes a call, and says what became of it.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::{Endpoint, reach, signature};
use crate::Outcome;
use crate::email::trust;

/// One call, ready to be made.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    pub endpoint: Endpoint,
    pub secret: String,
    /// The delivery's key: by it a receiver knows a call that it was made before.
    pub key: String,
    /// JSON.
    pub body: String,
    /// When it is sent: seconds since 1970, UTC.
    pub at: i64,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Makes calls. Cheap to clone.
#[derive(Clone)]
pub struct Caller {
    /// `None`: this machine trusts nobody.
    tls: Option<Arc<TlsConnector>>,
    allow_private: bool,
}

/// Name, connection and encryption together, and from then on the answer.
const TO_CONNECT: Duration = Duration::from_secs(10);
const TO_ANSWER: Duration = Duration::from_secs(15);

/// The most that the head of an answer may be.
const MOST_OF_A_HEAD: usize = 16 * 1024;

/// Why nothing was sent.
enum NotMade {
    /// It may be there later.
    NotNow(&'static str),
    /// Not before somebody changes the settings.
    Never(&'static str),
}

trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

impl Caller {
    /// `allow_private`: calls may be made to this machine and its network, and without encryption; for the demo, for
    /// tests, and for who knows why. `extra_roots`: authorities to trust beside the system's, as PEM.
    #[must_use]
    pub fn new(allow_private: bool, extra_roots: Option<&str>) -> Self {
        Self { tls: trust(extra_roots).ok().map(Arc::new), allow_private }
    }

    #[must_use]
    pub fn allows_private(&self) -> bool {
        self.allow_private
    }

    /// Makes one call. Nothing of the answer is kept but its number.
    pub async fn call(&self, call: &Call) -> Outcome {
        let connected = match timeout(TO_CONNECT, self.connect(&call.endpoint)).await {
            Ok(connected) => connected,
            Err(_) => Err(NotMade::NotNow("the receiver could not be reached in time")),
        };
        match connected {
            Ok(line) => timeout(TO_ANSWER, talk(line, call)).await.unwrap_or(Outcome::Unknown),
            Err(NotMade::NotNow(why)) => Outcome::Temporary { reply: why.into(), code: None },
            Err(NotMade::Never(why)) => refused(why.into()),
        }
    }

    /// To an address that was looked at, and no other: a name that leads elsewhere a moment later changes nothing.
    async fn connect(&self, to: &Endpoint) -> Result<Box<dyn Line>, NotMade> {
        let found: Vec<SocketAddr> = match lookup_host((to.host.as_str(), to.port)).await {
            Ok(found) => found.collect(),
            Err(_) => return Err(NotMade::NotNow("the receiver's name could not be looked up; check the URL")),
        };
        let permitted = reach::permitted(found, self.allow_private);
        let Some(permitted) = permitted else {
            return Err(NotMade::Never("the receiver is in a private network, where no call is made; check the URL"));
        };
        let Ok(stream) = TcpStream::connect(permitted.as_slice()).await else {
            return Err(NotMade::NotNow("the receiver could not be reached"));
        };
        let _ = stream.set_nodelay(true);
        if !to.encrypted {
            return if self.allow_private { Ok(Box::new(stream)) } else { Err(NotMade::Never("the URL is not https")) };
        }
        let Some(tls) = &self.tls else {
            return Err(NotMade::NotNow("this machine has no certificates to trust; install ca-certificates"));
        };
        let name = ServerName::try_from(to.host.clone()).map_err(|_| NotMade::Never("the URL's host is no name"))?;
        match tls.connect(name, stream).await {
            Ok(line) => Ok(Box::new(line)),
            Err(_) => Err(NotMade::NotNow("no encrypted connection came about; check the receiver's certificate")),
        }
    }
}

/// From the first byte on, an answer that does not come leaves open whether the call was taken.
async fn talk(line: Box<dyn Line>, call: &Call) -> Outcome {
    let Some(request) = request(call) else { return refused("the call could not be written; check the URL".into()) };
    let shaken = http1::Builder::new().max_buf_size(MOST_OF_A_HEAD).handshake(TokioIo::new(line)).await;
    let Ok((mut sender, connection)) = shaken else {
        return Outcome::Temporary { reply: "the receiver hung up".into(), code: None };
    };
    let mut answer = std::pin::pin!(async { sender.send_request(request).await.map(|answer| answer.status()) });
    let status = tokio::select! {
        biased;
        status = &mut answer => status,
        // What came before it ended is there to be read.
        _ = connection => answer.await,
    };
    status.map_or(Outcome::Unknown, outcome_of)
}

fn request(call: &Call) -> Option<Request<Full<Bytes>>> {
    let signature = format!("v1={}", signature(&call.secret, call.at, &call.body));
    Request::post(call.endpoint.path.as_str())
        .header(HOST, call.endpoint.authority.as_str())
        .header(USER_AGENT, HeaderValue::from_static("stepwell"))
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header("idempotency-key", &call.key)
        .header("stepwell-timestamp", call.at)
        .header("stepwell-signature", signature)
        .body(Full::new(Bytes::from(call.body.clone())))
        .ok()
}

fn outcome_of(status: StatusCode) -> Outcome {
    let reply = format!("HTTP {}", status.as_u16());
    let later = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS);
    match status {
        _ if status.is_success() => Outcome::Sent { reply },
        _ if later || status.is_server_error() => Outcome::Temporary { reply, code: None },
        _ if status.is_redirection() => refused(format!("{reply}: redirects are not followed; set the final URL")),
        _ => refused(reply),
    }
}

fn refused(reply: String) -> Outcome {
    Outcome::Permanent { reply, code: None, address_is_bad: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_says_whether_a_call_was_taken_and_whether_to_try_again() {
        let of = |code: u16| outcome_of(StatusCode::from_u16(code).unwrap());
        assert!([200, 201, 204].into_iter().all(|c| matches!(of(c), Outcome::Sent { .. })));
        assert!([408, 425, 429, 500, 503].into_iter().all(|c| matches!(of(c), Outcome::Temporary { .. })));
        assert!([301, 308, 400, 401, 404, 410, 422].into_iter().all(|c| matches!(of(c), Outcome::Permanent { .. })));
    }

    #[test]
    fn what_is_printed_of_a_call_is_neither_its_secret_nor_its_body() {
        let endpoint = Endpoint::read("https://example.org/", false).unwrap();
        let (secret, body) = ("hush".into(), "{\"patient\":1}".into());
        let shown = format!("{:?}", Call { endpoint, secret, key: "k".into(), body, at: 0 });
        assert!(!shown.contains("hush") && !shown.contains("patient"), "{shown}");
    }
}

//! The EMR: a fixed list of messages over some connections, each message sent until it is acknowledged.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use stepwell::demo::Emr;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use wire::hl7v2::write::{Outgoing, Patient, Visit, adt, siu};

/// Connections.
pub const LINES: usize = 3;
const ZONE: &str = "America/New_York";

#[derive(Clone)]
pub struct Message {
    pub control_id: String,
    bytes: Vec<u8>,
}

/// The same messages for every run, in order, by connection: one patient's always come over the same.
#[derive(Clone)]
pub struct Feed {
    lines: Vec<Vec<Message>>,
}

/// What was sent so far.
pub struct Sending {
    pub acknowledged: Arc<Mutex<Vec<String>>>,
    /// How many of them, to wait for.
    pub count: watch::Receiver<usize>,
    lines: JoinSet<()>,
}

impl Feed {
    /// Every patient is registered and booked for a first visit; some visits are moved, some follow-ups booked and
    /// cancelled. What is said at once, and so mailed, never depends on how quickly the messages come.
    pub fn made_up(now: Timestamp, patients: usize) -> Self {
        let mut said: Vec<(usize, usize, &str, Option<Visit>)> = vec![];
        for number in 0..patients {
            let first = visit(now, number, "IE", 5 + number % 12);
            said.push((number, number, "A28", None));
            said.push((number, number, "S12", Some(first.clone())));
            if number.is_multiple_of(4) {
                let moved = Visit { start: start(now, number, 6 + number % 12), ..first };
                said.push((number + 8, number, "S13", Some(moved)));
            }
            if number.is_multiple_of(5) {
                let next = visit(now, number, "FU", 30);
                said.push((number + 4, number, "S12", Some(next.clone())));
                said.push((number + 12, number, "S15", Some(next)));
            }
        }
        said.sort_by_key(|(turn, ..)| *turn);
        let count = said.len();
        let mut lines = vec![vec![]; LINES];
        for (nth, (_, number, event, visit)) in said.into_iter().enumerate() {
            // The last message is of now, those before it of the minutes before.
            let ago = SignedDuration::from_millis(200 * i64::try_from(count - nth).unwrap());
            let control_id = format!("K{nth:05}");
            let message = Outgoing {
                event: event.into(),
                sending_app: "RIVEREMR".into(),
                sending_facility: "RIVERSIDE".into(),
                control_id: control_id.clone(),
                sent_at: hl7(now - ago),
                processing_id: "P".into(),
                patient: patient(number),
                visit,
                ..Outgoing::default()
            };
            let bytes = if event.starts_with('S') { siu(&message) } else { adt(&message) };
            lines[number % LINES].push(Message { control_id, bytes });
        }
        Self { lines }
    }

    pub fn len(&self) -> usize {
        self.lines.iter().map(Vec::len).sum()
    }

    /// Starts sending, with a pause after each message that is at most `pause` and varies.
    pub fn send(&self, port: u16, pause: Duration) -> Sending {
        let acknowledged = Arc::new(Mutex::new(vec![]));
        let (counting, count) = watch::channel(0);
        let mut lines = JoinSet::new();
        for line in self.lines.clone() {
            let (acknowledged, counting) = (acknowledged.clone(), counting.clone());
            lines.spawn(async move {
                let mut emr = None;
                for (nth, message) in line.iter().enumerate() {
                    until_acknowledged(&mut emr, port, message).await;
                    acknowledged.lock().unwrap().push(message.control_id.clone());
                    counting.send_modify(|count| *count += 1);
                    sleep(pause.mul_f64(((nth * 7) % 10) as f64 / 10.0)).await;
                }
            });
        }
        Sending { acknowledged, count, lines }
    }
}

impl Sending {
    /// Waits for the last acknowledgement.
    pub async fn end(self) -> Vec<String> {
        self.lines.join_all().await;
        std::mem::take(&mut self.acknowledged.lock().unwrap())
    }
}

/// Sends again, over a new connection, until the answer is there: as EMRs do.
async fn until_acknowledged(emr: &mut Option<Emr>, port: u16, message: &Message) {
    loop {
        if emr.is_none() {
            *emr = Emr::connect(SocketAddr::from(([127, 0, 0, 1], port))).await.ok();
        }
        if let Some(connected) = emr
            && let Ok(Ok(answer)) = timeout(Duration::from_secs(10), connected.send(&message.bytes)).await
        {
            let answer = String::from_utf8_lossy(&answer).into_owned();
            assert!(answer.contains(&format!("\rMSA|AA|{}", message.control_id)), "an odd answer: {answer}");
            return;
        }
        *emr = None;
        sleep(Duration::from_millis(20)).await;
    }
}

fn hl7(at: Timestamp) -> String {
    at.to_zoned(TimeZone::get(ZONE).unwrap()).strftime("%Y%m%d%H%M%S").to_string()
}

fn start(now: Timestamp, number: usize, days: usize) -> String {
    let day = now.to_zoned(TimeZone::get(ZONE).unwrap()).date() + i64::try_from(days).unwrap().days();
    format!("{}{:02}{:02}00", day.strftime("%Y%m%d"), 9 + number % 8, (number % 4) * 15)
}

fn visit(now: Timestamp, number: usize, type_code: &str, days: usize) -> Visit {
    Visit {
        appointment: format!("AP-{type_code}-{number:04}"),
        case: format!("C{number:04}"),
        start: start(now, number, days),
        minutes: Some(45),
        type_code: type_code.into(),
        location: "RIV".into(),
        provider: "77".into(),
        ..Visit::default()
    }
}

fn patient(number: usize) -> Patient {
    Patient {
        mrn: format!("{number:06}"),
        authority: "RIVER".into(),
        given: "Alma".into(),
        family: format!("Number{number}"),
        birth: "19800102".into(),
        sex: "F".into(),
        email: format!("alma.{number}@patients.example"),
        language: if number.is_multiple_of(3) { "es" } else { "en" }.into(),
        ..Patient::default()
    }
}

//! The crash test: `kill -9` of the real server at random moments of a feed, and half of the times of its database's
//! postmaster too, with everything on that makes a commit durable. Then the story must be that of a run nobody disturbed.
//!
//! And jobs of many commits ([`jobs`]), killed in the middle, are finished once.
//!
//! `STEPWELL_KILLS` says how many kills, `STEPWELL_KILL_SEED` draws the moments of an earlier run.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it cannot go on without")]

mod clinic;
mod feed;
mod jobs;
mod ledger;
mod mailbox;
mod plan;

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::time::Duration;

use sqlx::{Connection, PgConnection};
use stepwell::clock::Clock;
use tokio::process::Child;
use tokio::time::{Instant, sleep};

use clinic::{CONNECTIONS, Clinic};
use feed::Feed;
use ledger::Ledger;
use mailbox::{Mail, Mailbox};
use plan::{First, Kill, Moment};

/// What one run left behind.
struct Played {
    acknowledged: Vec<String>,
    /// Copies by Message-ID.
    mails: BTreeMap<String, Vec<Mail>>,
    ledger: Ledger,
    postmasters_killed: usize,
    answered_by_staff: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_again_and_again_loses_nothing_acknowledged_and_performs_nothing_twice() {
    let kills = from_environment("STEPWELL_KILLS", 50);
    let seed = from_environment("STEPWELL_KILL_SEED", u64::from_le_bytes(stepwell::ids::random()));
    let feed = Feed::made_up(Clock::Wall.now(), 8 * kills.max(25));
    println!("STEPWELL_KILLS={kills} STEPWELL_KILL_SEED={seed}");
    let begun = Instant::now();
    let undisturbed = play("undisturbed", &feed, Duration::ZERO, &[]).await;
    println!("undisturbed after {} s", begun.elapsed().as_secs());
    let plan = plan::draw(seed, kills, feed.len());
    let killed = play("killed", &feed, Duration::from_millis(150), &plan).await;

    for played in [&undisturbed, &killed] {
        nothing_acknowledged_is_lost(&feed, played);
        nothing_is_performed_twice(played);
        every_delivery_was_sent(played);
    }
    assert_eq!(killed.postmasters_killed, kills / 2, "kills of the postmaster");
    assert_eq!(copies_beyond_the_first(&undisturbed.mails), 0, "doubles without a crash");
    assert_eq!(undisturbed.ledger.unknown(), 0, "uncertain without a crash");
    assert_eq!(killed.mails.len(), undisturbed.mails.len(), "distinct Message-IDs");
    assert_eq!(killed.ledger.letters(), undisturbed.ledger.letters());
    assert_eq!(killed.ledger.visits, undisturbed.ledger.visits);
    assert_eq!(killed.ledger.steps_performed, undisturbed.ledger.steps_performed);
    doubles_are_among_the_uncertain(&killed, kills);
    println!(
        "kills {kills}, of the postmaster too {}; acknowledged {}; mails {}; doubles {}; uncertain {}, answered by staff {}; {} s",
        killed.postmasters_killed,
        killed.acknowledged.len(),
        killed.mails.len(),
        copies_beyond_the_first(&killed.mails),
        killed.ledger.unknown(),
        killed.answered_by_staff,
        begun.elapsed().as_secs(),
    );
}

fn from_environment<T: FromStr>(name: &str, otherwise: T) -> T {
    match std::env::var(name) {
        Ok(value) => value.parse().unwrap_or_else(|_| panic!("{name}={value} is not a number")),
        Err(_) => otherwise,
    }
}

/// Plays the feed on a fresh data directory, with these kills, until nothing is left to do.
async fn play(name: &str, feed: &Feed, pause: Duration, kills: &[Kill]) -> Played {
    let mailbox = Mailbox::open().await;
    let clinic = Clinic::set_up(name, mailbox.port()).await;
    let mut server = clinic.serve();
    let mut sending = feed.send(clinic.feed_port, pause);
    let mut postmasters_killed = 0;
    // Each line may still read one acknowledgement of the server before: one more is of this server, so it was up.
    let mut was_up = feed::LINES + 1;
    for kill in kills {
        match kill.moment {
            Moment::InTheStart { then } => clinic.live_through(&mut server, sleep(then)).await,
            Moment::InTheFeed { acknowledged, then } => {
                let reached = sending.count.wait_for(|count| *count >= acknowledged.max(was_up));
                clinic.live_through(&mut server, reached).await.unwrap();
                clinic.live_through(&mut server, sleep(then)).await;
            }
        }
        postmasters_killed += usize::from(strike(&clinic, &mut server, kill).await);
        was_up = *sending.count.borrow() + feed::LINES + 1;
        server = clinic.serve();
    }
    let acknowledged = clinic.live_through(&mut server, sending.end()).await;
    let mut db = clinic.superuser().await;
    let on = ["fsync", "full_page_writes", "synchronous_commit"].map(|name| (name.to_owned(), "on".to_owned()));
    assert_eq!(ledger::durability(&mut db).await, on);
    let mut answered_by_staff = 0;
    loop {
        finish(&clinic, &mut server, &mut db).await;
        match ledger::send_uncertain_again(&clinic, &mut db, Clock::Wall.now()).await {
            0 => break,
            some => answered_by_staff += some,
        }
    }
    let ledger = Ledger::read(&mut db).await;
    db.close().await.unwrap();
    clinic.stop(server).await;
    Played { acknowledged, mails: mailbox.copies(), ledger, postmasters_killed, answered_by_staff }
}

/// Kills the server, and the postmaster if it is its turn; whether it was.
async fn strike(clinic: &Clinic, server: &mut Child, kill: &Kill) -> bool {
    let mut struck = false;
    if let Some(First::Postmaster) = kill.postmaster {
        struck = clinic.kill_postmaster();
        sleep(kill.between).await;
    }
    server.kill().await.unwrap();
    if let Some(First::Server) = kill.postmaster {
        sleep(kill.between).await;
        struck = clinic.kill_postmaster();
    }
    struck
}

/// Waits until the server has nothing left to do. Long enough for every lease and retry; a server that hangs fails here.
async fn finish(clinic: &Clinic, server: &mut Child, db: &mut PgConnection) {
    for _ in 0..6000 {
        if ledger::left_to_do(db).await == 0 {
            return;
        }
        clinic.live_through(server, sleep(Duration::from_millis(50))).await;
    }
    panic!("after 5 minutes {} things are left to do", ledger::left_to_do(db).await);
}

fn nothing_acknowledged_is_lost(feed: &Feed, played: &Played) {
    let acknowledged: BTreeSet<_> = played.acknowledged.iter().collect();
    assert_eq!(acknowledged.len(), feed.len(), "the feed came to its end");
    let stored: BTreeSet<_> = played.ledger.messages.iter().map(|(control_id, _)| control_id).collect();
    assert_eq!(acknowledged.difference(&stored).count(), 0, "acknowledged and lost");
    assert_eq!(stored.len(), played.ledger.messages.len(), "a message sent again was stored again");
    let not_applied: Vec<_> = played.ledger.messages.iter().filter(|(_, state)| state != "applied").collect();
    assert!(not_applied.is_empty(), "{not_applied:?}");
}

fn nothing_is_performed_twice(played: &Played) {
    let twice: Vec<_> = played.ledger.performed.iter().filter(|(.., times)| *times != 1).collect();
    assert!(twice.is_empty(), "performed more than once: {twice:?}");
    assert_eq!(
        played.ledger.performed.len().cast_signed() as i64,
        played.ledger.steps_performed,
        "performed without a decision"
    );
    assert_eq!(played.ledger.steps_due, 0, "due and still pending");
}

/// And nothing else came to the mail server.
fn every_delivery_was_sent(played: &Played) {
    let unsent: Vec<_> = played.ledger.deliveries.values().filter(|line| line.state != "sent").collect();
    assert!(unsent.is_empty(), "{unsent:?}");
    let planned: BTreeSet<_> = played.ledger.deliveries.keys().collect();
    assert_eq!(played.mails.keys().collect::<BTreeSet<_>>(), planned, "Message-IDs");
    let letters: BTreeSet<_> = played.ledger.letters().into_iter().collect();
    assert_eq!(letters.len(), planned.len(), "a letter has two Message-IDs");
    for (message_id, copies) in &played.mails {
        let to = &played.ledger.deliveries[message_id].letter.to;
        assert!(copies.iter().all(|mail| mail.to == *to), "a mail went to somebody else");
    }
}

fn copies_beyond_the_first(mails: &BTreeMap<String, Vec<Mail>>) -> usize {
    mails.values().map(|copies| copies.len() - 1).sum()
}

fn doubles_are_among_the_uncertain(played: &Played, kills: usize) {
    let most = kills * CONNECTIONS;
    for (message_id, copies) in &played.mails {
        let line = &played.ledger.deliveries[message_id];
        let doubles = i64::try_from(copies.len() - 1).unwrap();
        assert!(
            doubles <= line.unknown,
            "doubled {doubles} times, but uncertain {} times: {:?}",
            line.unknown,
            line.letter
        );
    }
    assert!(copies_beyond_the_first(&played.mails) <= most, "more doubles than kills x connections");
    assert!(played.ledger.unknown() <= most.cast_signed() as i64, "more uncertain than kills x connections");
}

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::support::*;
use local_postgres::Cluster;

const HOLD: &str = "LOCAL_POSTGRES_HOLD";

/// Not a test of its own: the owner in a process that another test can kill.
#[tokio::test]
#[ignore = "run by the tests below, with the data directory in LOCAL_POSTGRES_HOLD"]
async fn an_owner_that_waits_to_be_killed() {
    let data_dir = std::env::var_os(HOLD).unwrap();
    let cluster = Cluster::start(options_in(data_dir.as_ref())).await.unwrap();
    assert!(cluster.is_owner());
    println!("\npostmaster {}", cluster.postmaster_pid());
    std::future::pending::<()>().await;
}

/// Another process that owns the cluster, and the postmaster's number.
fn other_owner(place: &Place) -> (Child, u32) {
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture"])
        .arg("ownership::an_owner_that_waits_to_be_killed")
        .env(HOLD, place.data_dir())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let told = BufReader::new(owner.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap)
        .find_map(|line| line.strip_prefix("postmaster ")?.parse().ok());
    (owner, told.unwrap())
}

#[tokio::test]
async fn what_a_killed_owner_left_running_is_adopted_and_then_ours_to_stop() {
    let place = Place::new("adopt");
    let (mut owner, postmaster) = other_owner(&place);
    owner.kill().unwrap();
    owner.wait().unwrap();
    assert!(is_alive(postmaster));

    let cluster = place.start().await;
    assert_eq!(cluster.postmaster_pid(), postmaster);
    assert!(cluster.is_owner());
    assert_eq!(psql(&cluster, "select 1"), "1");
    cluster.stop().await.unwrap();
    assert!(!is_alive(postmaster));
}

#[tokio::test]
async fn a_guest_of_another_process_never_stops_its_cluster() {
    let place = Place::new("guest");
    let (mut owner, postmaster) = other_owner(&place);
    let guest = place.start().await;
    assert_eq!(guest.postmaster_pid(), postmaster);
    assert!(!guest.is_owner());
    guest.stop().await.unwrap();
    drop(place.start().await);
    let guest = place.start().await;
    assert_eq!(psql(&guest, "select 1"), "1");
    assert!(is_alive(postmaster));

    owner.kill().unwrap();
    owner.wait().unwrap();
    guest.stop().await.unwrap();
    assert!(is_alive(postmaster));
    place.start().await.stop().await.unwrap();
    assert!(!is_alive(postmaster));
}

#[tokio::test]
async fn of_two_first_starts_at_once_one_owns_and_the_other_is_its_guest() {
    let place = Place::new("both");
    let (one, other) = tokio::join!(place.start(), place.start());
    assert_eq!(one.postmaster_pid(), other.postmaster_pid());
    assert_ne!(one.is_owner(), other.is_owner());
    let (owner, guest) = if one.is_owner() { (one, other) } else { (other, one) };
    guest.stop().await.unwrap();
    assert_eq!(psql(&owner, "select 1"), "1");
    owner.stop().await.unwrap();
}

#[tokio::test]
async fn a_cluster_started_by_hand_is_not_ours_to_stop() {
    let place = Place::new("hand");
    let cluster = place.start().await;
    let postmaster = cluster.postmaster_pid();
    cluster.leave();
    // Nothing tells that an owner started it: so it looks after a start by hand.
    std::fs::write(place.file("postgres.owner"), "").unwrap();

    let guest = place.start().await;
    assert_eq!(guest.postmaster_pid(), postmaster);
    assert!(!guest.is_owner());
    guest.stop().await.unwrap();
    assert!(is_alive(postmaster));
    signal("INT", postmaster);
    wait_until("it has stopped", || !is_alive(postmaster));
}

#[tokio::test]
async fn a_cluster_we_leave_runs_on_and_is_adopted_by_the_next() {
    let place = Place::new("leave");
    let cluster = place.start().await;
    let postmaster = cluster.postmaster_pid();
    cluster.leave();
    let cluster = place.start().await;
    assert_eq!(cluster.postmaster_pid(), postmaster);
    cluster.stop().await.unwrap();
    assert!(!is_alive(postmaster));
}

#[tokio::test]
async fn an_owner_that_is_dropped_asks_the_server_to_stop() {
    let place = Place::new("drop");
    let cluster = place.start().await;
    let postmaster = cluster.postmaster_pid();
    drop(cluster);
    wait_until("it has stopped", || !is_alive(postmaster));
    // A start that meets a server on its way down waits for its end and starts anew.
    drop(place.start().await);
    let cluster = place.start().await;
    assert_eq!(psql(&cluster, "select 1"), "1");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_postmaster_of_a_killed_owner_is_replaced() {
    let place = Place::new("bothkilled");
    let (mut owner, postmaster) = other_owner(&place);
    owner.kill().unwrap();
    owner.wait().unwrap();
    signal("KILL", postmaster);
    wait_until("the postmaster is dead", || !is_alive(postmaster));

    let cluster = place.start().await;
    assert_ne!(cluster.postmaster_pid(), postmaster);
    assert!(cluster.is_owner());
    assert_eq!(psql(&cluster, "select 1"), "1");
    cluster.stop().await.unwrap();
}

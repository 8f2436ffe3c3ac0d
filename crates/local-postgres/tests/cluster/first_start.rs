use crate::support::*;
use local_postgres::{Cluster, Error};

#[tokio::test]
async fn the_second_start_finds_the_data_of_the_first() {
    let place = Place::new("second");
    let cluster = place.start().await;
    psql(&cluster, "create table note (text text)");
    psql(&cluster, "insert into note values ('kept')");
    let first = cluster.postmaster_pid();
    cluster.stop().await.unwrap();
    assert!(!is_alive(first));

    let cluster = place.start().await;
    assert_ne!(cluster.postmaster_pid(), first);
    assert_eq!(psql(&cluster, "select text from note"), "kept");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_new_cluster_speaks_utf8_has_checksums_and_the_wished_superuser() {
    let place = Place::new("shape");
    let mut options = place.options();
    options.superuser = "clinic_owner".to_owned();
    options.settings = vec![("max_connections".to_owned(), "17".to_owned())];
    let cluster = Cluster::start(options).await.unwrap();
    assert_eq!(cluster.superuser(), "clinic_owner");
    assert_eq!(psql(&cluster, "select current_user"), "clinic_owner");
    assert_eq!(psql(&cluster, "show server_encoding"), "UTF8");
    assert_eq!(psql(&cluster, "show data_checksums"), "on");
    assert_eq!(psql(&cluster, "show max_connections"), "17");
    assert_eq!(psql(&cluster, "show fsync"), "off");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_half_made_cluster_is_made_anew() {
    let place = Place::new("half");
    std::fs::create_dir_all(place.file("postgres.new/base")).unwrap();
    set_mode(&place.data_dir(), 0o711);
    let cluster = place.start().await;
    assert_eq!(psql(&cluster, "select 1"), "1");
    assert!(!place.file("postgres.new").exists());
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_killed_postmaster_is_started_again_and_loses_nothing() {
    let place = Place::new("recovers");
    let mut options = place.options();
    options.durable = true;
    let cluster = Cluster::start(options.clone()).await.unwrap();
    assert_eq!(psql(&cluster, "show fsync"), "on");
    assert_eq!(psql(&cluster, "show full_page_writes"), "on");
    assert_eq!(psql(&cluster, "show synchronous_commit"), "on");
    psql(&cluster, "create table note (text text)");
    psql(&cluster, "insert into note values ('committed')");
    let killed = cluster.postmaster_pid();
    signal("KILL", killed);
    wait_until("the postmaster is dead", || !is_alive(killed));
    assert!(place.file("postgres/postmaster.pid").exists());
    cluster.stop().await.unwrap();

    let cluster = Cluster::start(options).await.unwrap();
    assert_ne!(cluster.postmaster_pid(), killed);
    assert_eq!(psql(&cluster, "select text from note"), "committed");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_start_waits_for_a_session_that_outlives_its_killed_postmaster() {
    let place = Place::new("orphan");
    let cluster = place.start().await;
    let killed = cluster.postmaster_pid();
    let sleep = "/* orphan */ select pg_sleep(600)";
    let mut client = psql_command(&cluster, Some(PASSWORD), sleep).spawn().unwrap();
    let find = "select pid from pg_stat_activity where query like '/* orphan%'";
    wait_until("the session sleeps", || !psql(&cluster, find).is_empty());
    let session = psql(&cluster, find).parse().unwrap();
    signal("STOP", session);
    signal("KILL", killed);
    wait_until("the postmaster is dead", || !is_alive(killed));
    cluster.stop().await.unwrap();

    let log = place.file("postgres.log");
    let waker = std::thread::spawn(move || {
        wait_until("a new postmaster was refused", || {
            let told = std::fs::read_to_string(&log).unwrap();
            told.contains("shared memory block")
        });
        signal("CONT", session);
    });
    let cluster = place.start().await;
    waker.join().unwrap();
    assert_eq!(psql(&cluster, "select 1"), "1");
    assert!(!client.wait().unwrap().success());
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_pid_file_with_the_number_of_a_stranger_does_not_hinder_the_start() {
    let place = Place::new("stranger");
    place.start().await.stop().await.unwrap();
    let pgdata = place.file("postgres");
    let us = std::process::id();
    let stale = format!("{us}\n{}\n1763800000\n5432\n", pgdata.display());
    std::fs::write(pgdata.join("postmaster.pid"), &stale).unwrap();
    std::fs::write(place.file("socket/.s.PGSQL.5432.lock"), &stale).unwrap();

    let cluster = place.start().await;
    assert_ne!(cluster.postmaster_pid(), us);
    assert_eq!(psql(&cluster, "select 1"), "1");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_moves_the_socket_and_notes_where() {
    let place = Place::new("long");
    let data_dir = place.top().join("d".repeat(100));
    let cluster = Cluster::start(options_in(&data_dir)).await.unwrap();
    let moved = cluster.socket_dir().to_path_buf();
    assert_eq!(moved.parent(), Some(std::env::temp_dir().as_path()));
    assert_eq!(mode(&moved), 0o700);
    let noted = std::fs::read_to_string(data_dir.join("postgres.socket")).unwrap();
    assert_eq!(noted.trim(), moved.to_str().unwrap());
    assert_eq!(psql(&cluster, "select 1"), "1");
    cluster.stop().await.unwrap();
    assert!(!moved.exists());
}

#[tokio::test]
async fn an_unusable_setting_is_told_with_the_words_of_the_log() {
    let place = Place::new("setting");
    let mut options = place.options();
    options.settings = vec![("shared_buffers".to_owned(), "many".to_owned())];
    let refused = Cluster::start(options).await.unwrap_err();
    assert!(matches!(&refused, Error::Exited { .. }), "{refused}");
    assert!(refused.to_string().contains("shared_buffers"), "{refused}");
    assert!(place.start().await.stop().await.is_ok());
}

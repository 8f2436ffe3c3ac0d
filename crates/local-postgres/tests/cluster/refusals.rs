use std::os::unix::fs::MetadataExt;
use std::process::Command;

use crate::support::*;
use local_postgres::{Cluster, Error};

#[tokio::test]
async fn data_of_another_major_version_is_refused_and_left_alone() {
    let place = Place::new("version");
    place.start().await.stop().await.unwrap();
    let version = place.file("postgres/PG_VERSION");
    std::fs::write(&version, "14\n").unwrap();

    let refused = Cluster::start(place.options()).await.unwrap_err();
    let ours = place.options().binaries.major();
    let Error::MajorVersionMismatch { data, programs, .. } = &refused else {
        panic!("{refused}");
    };
    assert_eq!((data.as_str(), *programs), ("14", ours));
    let said = refused.to_string();
    assert!(said.contains("--pg-bin"), "{said}");
    assert!(said.contains("/usr/lib/postgresql/14/bin"), "{said}");
    assert!(said.contains("pg_upgrade"), "{said}");
    assert!(!place.file("postgres/postmaster.pid").exists());
    assert_eq!(std::fs::read_to_string(&version).unwrap(), "14\n");
}

#[tokio::test]
async fn a_directory_with_other_things_in_it_is_not_touched() {
    let place = Place::new("other");
    std::fs::create_dir_all(place.file("postgres")).unwrap();
    set_mode(&place.data_dir(), 0o755);
    std::fs::write(place.file("postgres/letter"), "dear Alma").unwrap();
    let refused = Cluster::start(place.options()).await.unwrap_err();
    let as_it_was = std::fs::read_to_string(place.file("postgres/letter")).unwrap();
    assert_eq!(as_it_was, "dear Alma");
    assert!(matches!(refused, Error::NotADataDirectory { .. }), "{refused}");
}

#[tokio::test]
async fn a_lost_password_is_told_before_the_server_is_started() {
    let place = Place::new("lost");
    place.start().await.stop().await.unwrap();
    std::fs::remove_file(place.file("postgres.password")).unwrap();
    let refused = Cluster::start(place.options()).await.unwrap_err();
    assert!(matches!(refused, Error::PasswordMissing { .. }), "{refused}");
    assert!(!place.file("postgres/postmaster.pid").exists());
}

#[tokio::test]
async fn a_password_of_two_lines_is_refused() {
    let place = Place::new("lines");
    let mut options = place.options();
    options.new_password = || "one\ntwo".to_owned();
    let refused = Cluster::start(options).await.unwrap_err();
    assert!(matches!(refused, Error::PasswordUnusable), "{refused}");
}

#[tokio::test]
async fn a_closed_directory_is_named_when_we_drop_to_another_account() {
    let place = Place::new("closed");
    let closed = place.top().join("closed");
    std::fs::create_dir(&closed).unwrap();
    set_mode(&closed, 0o700);
    let started = Cluster::start(options_in(&closed.join("data"))).await;
    if !we_are_root() {
        // It is our own directory and we drop to nobody: nothing stands in the way.
        started.unwrap().stop().await.unwrap();
        return;
    }
    let refused = started.unwrap_err();
    let Error::DirectoryClosed { directory, .. } = &refused else {
        panic!("{refused}");
    };
    assert_eq!(directory, &closed.canonicalize().unwrap());
    let cure = format!("chmod o+x {}", directory.display());
    assert!(refused.to_string().contains(&cure), "{refused}");
}

/// Only root can hand a file to somebody else; as an ordinary user this says nothing.
#[tokio::test]
async fn data_that_root_brought_back_is_handed_to_the_ordinary_account() {
    let place = Place::new("restored");
    let cluster = place.start().await;
    psql(&cluster, "create table note as select 'kept' as text");
    cluster.stop().await.unwrap();
    if we_are_root() {
        let chown = Command::new("chown").args(["-R", "0:0"]).arg(place.data_dir()).status();
        assert!(chown.unwrap().success());
        assert_eq!(place.file("postgres/base").metadata().unwrap().uid(), 0);
    }
    let cluster = place.start().await;
    assert_eq!(psql(&cluster, "select text from note"), "kept");
    assert_ne!(place.file("postgres/base").metadata().unwrap().uid(), 0);
    cluster.stop().await.unwrap();
}

use crate::support::*;

#[tokio::test]
async fn nobody_signs_in_without_the_password() {
    let place = Place::new("password");
    let cluster = place.start().await;
    let secret = place.file("postgres.password");
    assert_eq!(mode(&secret), 0o600);
    assert_eq!(std::fs::read_to_string(&secret).unwrap().trim(), PASSWORD);
    assert_eq!(cluster.password(), PASSWORD);
    assert!(!format!("{cluster:?}").contains(PASSWORD));

    let without = psql_with(&cluster, None, "select 1");
    assert!(!without.status.success());
    let wrong = psql_with(&cluster, Some("guessed"), "select 1");
    assert!(!wrong.status.success());
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(said.contains("password authentication failed"), "{said}");
    let methods = "select string_agg(distinct auth_method, ',') from pg_hba_file_rules";
    assert_eq!(psql(&cluster, methods), "scram-sha-256");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn only_a_private_socket_is_open_and_the_server_is_not_root() {
    let place = Place::new("private");
    let cluster = place.start().await;
    assert_eq!(psql(&cluster, "show listen_addresses"), "");
    assert_eq!(mode(cluster.socket_dir()), 0o700);
    assert_eq!(mode(&place.file("postgres")), 0o700);
    assert_eq!(mode(&place.file("postgres.log")), 0o600);

    let process = format!("/proc/{}", cluster.postmaster_pid());
    let status = std::fs::read_to_string(format!("{process}/status")).unwrap();
    let ids = status.lines().find(|line| line.starts_with("Uid:")).unwrap();
    assert!(!ids.split_whitespace().any(|id| id == "0"), "{ids}");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn the_server_gets_neither_our_environment_nor_our_process_group() {
    let place = Place::new("environment");
    let cluster = place.start().await;
    let pid = cluster.postmaster_pid();
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap();
    let environment = String::from_utf8_lossy(&environment).into_owned();
    assert!(environment.contains("LC_ALL=C"), "{environment}");
    assert!(!environment.contains("CARGO_MANIFEST_DIR"), "{environment}");
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let group = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(2);
    assert_eq!(group, Some(pid.to_string().as_str()));
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn what_a_statement_says_never_reaches_the_log() {
    let place = Place::new("log");
    let cluster = place.start().await;
    psql(&cluster, "create table patient (name text unique, age int)");
    psql(&cluster, "insert into patient values ('Alma-Secret', 41)");
    let failing = [
        "insert into patient values ('Alma-Secret', 41)",
        "insert into patient values ('Ben', 'Alma-Secret')",
        "select 'Alma-Secret' from nowhere",
        "do $$ begin raise warning 'Alma-Secret'; raise exception 'Alma-Secret'; end $$",
    ];
    for statement in failing {
        let output = psql_with(&cluster, Some(PASSWORD), statement);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("Alma-Secret"), "the client is told: {said}");
    }
    // A session that dies makes the server tell which statement it ran.
    let die = "/* Alma-Secret */ select pg_sleep(60)";
    let session = std::thread::scope(|scope| {
        let dying = scope.spawn(|| psql_with(&cluster, Some(PASSWORD), die));
        let find = "select pid from pg_stat_activity where query like '/* Alma%' \
                    and pid <> pg_backend_pid() and state = 'active'";
        wait_until("the session sleeps", || !psql(&cluster, find).is_empty());
        signal("KILL", psql(&cluster, find).parse().unwrap());
        dying.join().unwrap()
    });
    assert!(!session.status.success());
    let log = || std::fs::read_to_string(place.file("postgres.log")).unwrap();
    wait_until("the server has told of it", || log().contains("was terminated by signal 9"));
    assert!(!log().contains("Alma-Secret"), "{}", log());
    cluster.stop().await.unwrap();
}

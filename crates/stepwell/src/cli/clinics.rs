//! What commands about one clinic share: a roof under which nothing is sent, and the clinic that is meant.

use std::io::{ErrorKind, Write};

use care::id::OrganizationId;

use crate::Roof;
use crate::clock::Clock;
use crate::content::Templates;
use crate::database::Database;

/// It sends nothing and writes no link: neither a mail server nor a key is needed.
pub fn quiet_roof(database: &Database) -> Roof {
    let (app, runner) = (database.app.clone(), database.runner.clone());
    Roof::new(app, runner, Clock::Wall, Templates::load().0, None, 1, String::new(), [0; 32])
}

/// All clinics, or the one of that name.
pub async fn clinics(roof: &Roof, name: Option<&str>) -> Result<Vec<(String, OrganizationId)>, String> {
    let words = |e: store::Error| e.to_string();
    let mut all = vec![];
    for id in roof.app.organizations().await.map_err(words)? {
        let clinic = roof.app.begin(id).await.map_err(words)?.clinic().await.map_err(words)?.clinic;
        all.push((clinic.name, id));
    }
    let fit = |(own, _): &&(String, _)| name.is_none_or(|name| own.eq_ignore_ascii_case(name));
    let found: Vec<_> = all.iter().filter(fit).cloned().collect();
    match (found.is_empty(), all.is_empty()) {
        (_, true) => Err("there is no clinic yet: make one with `stepwell setup`".into()),
        (true, false) => Err(format!("no such clinic; there are: {}", names(&all))),
        (false, _) => Ok(found),
    }
}

pub async fn the_clinic(roof: &Roof, name: Option<&str>) -> Result<OrganizationId, String> {
    match clinics(roof, name).await?.as_slice() {
        [(_, id)] => Ok(*id),
        several => Err(format!("several clinics; say which with --organization: {}", names(several))),
    }
}

pub fn names(clinics: &[(String, OrganizationId)]) -> String {
    clinics.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// To standard output. Who stops reading, as `head` does, has read enough.
pub fn say(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(format!("standard output: {e}")),
        Ok(()) | Err(_) => Ok(()),
    }
}

//! Watched folders: a file that has stood still for a while is imported, then moved to `done` or `refused` beside it, with a
//! text that says what came of it.
//!
//! Protects: a file that is still being written is left alone; one that was applied before a crash is not applied anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use care::id::{InterfaceId, OrganizationId};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use store::{CompleteDays, Error, ImportId, ImportRow, ImportState, NewImport};
use tokio::fs;
use tokio::sync::watch;
use wire::csv::Watch;
use wire::hl7v2::Interface;

use super::import::{self, Counts, Job};
use crate::Roof;

/// A file this long without a change is whole.
const STILL: SignedDuration = SignedDuration::from_secs(5);

const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Larger files are for `stepwell import`, in parts.
pub const LARGEST: u64 = 64 * 1024 * 1024;

/// Size and time of the last change.
type Shape = (u64, Option<std::time::SystemTime>);

#[derive(Default)]
pub struct Watcher {
    /// Since when a file has been as it is.
    seen: BTreeMap<PathBuf, (Shape, Timestamp)>,
    /// Folders that could not be read, so that it is said once.
    missing: BTreeMap<PathBuf, ()>,
}

/// Looks again and again until told to stop.
pub async fn run(roof: Arc<Roof>, mut stop: watch::Receiver<bool>) {
    let mut watcher = Watcher::default();
    while !*stop.borrow() {
        if let Err(e) = watcher.look(&roof).await {
            tracing::warn!(error = %e, "the watched folders could not be looked at; it is tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

/// One folder of one interface.
struct Folder {
    organization: OrganizationId,
    interface: InterfaceId,
    watch: Watch,
}

impl Watcher {
    /// Looks into every folder once; how many files were imported or refused.
    pub async fn look(&mut self, roof: &Roof) -> Result<usize, Error> {
        let mut taken = 0;
        for folder in folders(roof).await? {
            for (path, shape) in self.files(&folder).await {
                let now = roof.now();
                let known = self.seen.entry(path.clone()).or_insert((shape, now));
                if known.0 != shape {
                    *known = (shape, now);
                }
                if now.duration_since(known.1) < STILL {
                    continue;
                }
                take(roof, &folder, &path, shape).await?;
                self.seen.remove(&path);
                taken += 1;
            }
        }
        Ok(taken)
    }

    async fn files(&mut self, folder: &Folder) -> Vec<(PathBuf, Shape)> {
        let root = PathBuf::from(&folder.watch.folder);
        let mut entries = match fs::read_dir(&root).await {
            Ok(entries) => entries,
            Err(e) => {
                if self.missing.insert(root.clone(), ()).is_none() {
                    tracing::warn!(folder = %root.display(), error = %e.kind(), "a watched folder cannot be read");
                }
                return vec![];
            }
        };
        self.missing.remove(&root);
        let mut files = vec![];
        while let Ok(Some(entry)) = entries.next_entry().await {
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if let Ok(is) = entry.metadata().await
                && is.is_file()
                && !hidden
            {
                files.push((entry.path(), (is.len(), is.modified().ok())));
            }
        }
        files.sort();
        self.seen.retain(|path, _| path.parent() != Some(&root) || files.iter().any(|(there, _)| there == path));
        files
    }
}

async fn folders(roof: &Roof) -> Result<Vec<Folder>, Error> {
    let mut folders = vec![];
    for organization in roof.runner.organizations().await? {
        for feed in roof.runner.begin(organization).await?.interfaces().await? {
            let settings: Option<Interface> = serde_json::from_value(feed.settings).ok();
            if let Some(watch) = settings.and_then(|settings| settings.csv).and_then(|csv| csv.watch) {
                folders.push(Folder { organization, interface: feed.id, watch });
            }
        }
    }
    Ok(folders)
}

/// Imports one file and puts it away.
async fn take(roof: &Roof, folder: &Folder, path: &Path, shape: Shape) -> Result<(), Error> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if shape.0 > LARGEST {
        let said = format!(
            "The file is larger than {} MB.\nCut it into parts and put them here one after the other.\n",
            LARGEST >> 20
        );
        put_away(path, &name, "refused", &said).await;
        return Ok(());
    }
    let bytes = match fs::read(path).await {
        Ok(bytes) => bytes,
        Err(e) => {
            tracing::warn!(file = %path.display(), error = %e.kind(), "a file of a watched folder cannot be read");
            return Ok(());
        }
    };
    let id = imported(roof, folder, &name, shape, bytes).await?;
    import::apply(roof, folder.organization, id).await?;
    let mut tx = roof.runner.begin(folder.organization).await?;
    let Some(import) = tx.import(id).await? else { return Ok(()) };
    drop(tx);
    let beside = if import.state == ImportState::Applied { "done" } else { "refused" };
    put_away(path, &name, beside, &said(&import)).await;
    Ok(())
}

/// The file's import, begun; the one there is, if a crash came between importing it and putting it away.
async fn imported(roof: &Roof, folder: &Folder, name: &str, shape: Shape, body: Vec<u8>) -> Result<ImportId, Error> {
    let changed = shape.1.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok()).unwrap_or_default();
    let origin = format!("{}/{name} {} {}", folder.watch.folder, shape.0, changed.as_nanos());
    let file_hash = Sha256::digest(&body).to_vec();
    let mut tx = roof.runner.begin(folder.organization).await?;
    if let Some(known) = tx.import_of_origin(folder.interface, &file_hash, &origin).await? {
        return Ok(known);
    }
    let id = ImportId(roof.new_id());
    let map = folder.watch.map.clone();
    tx.insert_import(&NewImport {
        id,
        interface: folder.interface,
        map: Some(map.clone()),
        file_name: name.to_owned(),
        file_hash,
        body,
        origin: Some(origin),
        received_at: roof.now(),
        received_by: None,
    })
    .await?;
    if folder.watch.complete
        && let Ok(job) = Job::load(&mut tx, id).await?
        && let Some((from, until)) = job.days()
    {
        let days = CompleteDays { from, until, at: None };
        tx.set_import(id, folder.interface, &map, Some(&days), false).await?;
    }
    import::begin(&mut tx, id, roof.now()).await?;
    tx.commit().await?;
    Ok(id)
}

fn said(import: &ImportRow) -> String {
    match &import.why {
        Some(why) => format!("Refused: {} ({})\n{}\n", why.cause.replace('_', " "), why.place, why.cure),
        None => {
            let counts: Counts = serde_json::from_value(import.counts.clone()).unwrap_or_default();
            format!("Imported.\n{}\n", counts.lines_when_done().join("\n"))
        }
    }
}

/// Into a folder beside it, under a name that is free there, with what is to be said of it.
async fn put_away(path: &Path, name: &str, beside: &str, said: &str) {
    let folder = path.parent().unwrap_or(Path::new(".")).join(beside);
    let put = async {
        fs::create_dir_all(&folder).await?;
        let mut to = folder.join(name);
        let mut number = 1;
        while fs::try_exists(&to).await? {
            number += 1;
            to = folder.join(format!("{number}-{name}"));
        }
        let text = format!("{}.txt", to.display());
        fs::write(&text, said).await?;
        fs::rename(path, &to).await
    };
    if let Err(e) = put.await {
        tracing::error!(file = %path.display(), error = %e.kind(), "an imported file could not be moved to `{beside}`");
    }
}

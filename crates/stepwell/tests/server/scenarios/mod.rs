//! The scenarios through the whole server: MLLP, the staff's forms, the database, the tick and the outbox come to the same
//! decisions as `stepwell simulate`, line for line.
//!
//! Each story gets an empty database, a clinic, a server and a clock of its own, and is told the way the world would tell it:
//!
//! | change | door |
//! |---|---|
//! | patients of a place with an EMR | A28, A31 |
//! | what HL7 has no field for: zone, tags, registered, send_invite, flags, placeholders | `record`, as the system itself |
//! | patients of a place without an EMR | the form "new patient"; `record` for what it refuses |
//! | visits at a place with an EMR | S12, S13, S15, S26, S14 with a status; A04 for an arrival with no other visit near |
//! | visits elsewhere | the form "log a visit" and the buttons of a visit; `record` for fields and acts without a form |
//! | a visit reinstated | the button, whoever booked it |
//! | `episode.opened` | `record`: HL7 names a case only with a visit |
//! | `episode.discharged`, `.reopened` | A03, A13 where discharge means the case; `record` without an EMR |
//! | `patient.registered` | the link in the newest message and the birth date; `record` when there is none |
//! | `assignment.completed` for the one question that is ours | the page behind the link that asks; `record` otherwise |
//! | `consent.*`, `run.stopped`, `patient.enrolled`, `.enrolment_stopped`, `assignment.withdrawn` by its name | the patient's page; `record` where another says it, or at another time |
//! | `stop.received` | the button beside the address |
//! | `patient.merged` | A40, or the merge's page; parted again by the button |
//! | `undone` | the button "undo", if it is shown |
//! | `workflow.activated`, `.deactivated`, `.published` | the workflow's switch and its editor |
//! | `clinic.day_closed`, what is closed from the start | the form "close a day"; the function behind it for a day that is over |
//! | `clinic.day_opened` | the end of the minute in which staff may take it back |
//! | `arrived_after`, `ended_after` | the location's form |
//! | `interface.*`, `visit_type.mapped`, `practitioner.claimed` | the interface's forms |
//! | `feed.*` | the runner's functions that the guard and its page call |
//! | `channel.*`, `gateway.*` | the mail server and the text gateway answer so, or are not there |
//! | everything else: `assignment.given`, logins | `record` |
//!
//! What staff say by a form is held for a minute, so the simulator is told that staff said it.
//!
//! A location that is not named has an EMR where all have one. Where a `change` has no arm in [`feed`], or a key no door,
//! the test fails and names it. Two different things said of one visit at the same instant are ordered by what they say,
//! not by their lines, so a story keeps them a minute apart.
//!
//! `SCENARIO=a-moved` plays only files whose name has that in it.

mod by_hand;
mod clinic;
mod compare;
mod desk;
mod emr;
mod feed;
mod person;
mod post;
mod slot;
mod stage;
mod story;
mod switches;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use care::chart::Source;
use care::scenario::{Happens, play};
use tokio::task::JoinSet;

use slot::Slot;
use stage::{Ends, Stage};
use story::Story;

/// How a change came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Door {
    Message,
    Form,
    /// What the runner, or the world, does by itself.
    Runner,
    Record,
}

struct Played {
    lines: usize,
    doors: BTreeMap<Door, usize>,
    ends: Ends,
}

/// Stories played at the same time; most of it is waiting for PostgreSQL.
const AT_ONCE: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_server_decides_every_scenario_as_the_simulator_does() {
    play_all(story::scenarios(), 60, 75).await;
}

/// No EMR anywhere: everything comes in at the desk.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_server_decides_every_scenario_told_at_the_desk_as_the_simulator_does() {
    play_all(story::scenarios_without_emr(), 60, 450).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_server_decides_every_example_of_a_workflow_as_the_simulator_does() {
    play_all(story::examples(), 17, 5).await;
}

/// `forms`: at least so much is said by forms, lest a form that is refused is passed over in silence.
async fn play_all(stories: Vec<Result<Story, String>>, at_least: usize, forms: usize) {
    let began = Instant::now();
    let only = std::env::var("SCENARIO").unwrap_or_default();
    let (mut waiting, mut failed) = (VecDeque::new(), vec![]);
    for story in stories {
        match story {
            Ok(story) if story.name.contains(&only) => waiting.push_back(story),
            Ok(_) => {}
            Err(e) => failed.push(e),
        }
    }
    let waiting = Arc::new(Mutex::new(waiting));
    let players: JoinSet<_> = (0..AT_ONCE).map(|_| player(waiting.clone())).collect();
    let mut all: Vec<_> = players.join_all().await.into_iter().flatten().collect();
    all.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    let (mut count, mut lines, mut doors, mut ends) = (0, 0, BTreeMap::new(), Ends::new());
    for (name, played, took) in all {
        match played {
            Ok(played) => {
                println!("{:5.2} s {:4} decisions  {:?}  {name}", took.as_secs_f64(), played.lines, played.doors);
                (count, lines) = (count + 1, lines + played.lines);
                played.doors.into_iter().for_each(|(door, times)| *doors.entry(door).or_insert(0) += times);
                played.ends.into_iter().for_each(|(end, times)| *ends.entry(end).or_insert(0) += times);
            }
            Err(e) => failed.push(format!("{name}:\n{e}")),
        }
    }
    println!("{count} identical, {lines} decisions, {doors:?}, {ends:?}, {:.1} s", began.elapsed().as_secs_f64());
    assert!(failed.is_empty(), "{} differ\n{}", failed.len(), failed.join("\n"));
    let by_form = doors.get(&Door::Form).copied().unwrap_or_default();
    assert!(count >= at_least || !only.is_empty(), "only {count} were played");
    assert!(by_form >= forms || !only.is_empty(), "only {by_form} were told by forms");
}

/// Plays what waits, one after the other. A story that panics takes only itself down.
async fn player(waiting: Arc<Mutex<VecDeque<Story>>>) -> Vec<(String, Result<Played, String>, Duration)> {
    let next = || waiting.lock().unwrap().pop_front();
    let (slot, mut all) = (Arc::new(Slot::open().await), vec![]);
    while let Some(story) = next() {
        let (name, began) = (story.name.clone(), Instant::now());
        let slot = slot.clone();
        let played = tokio::spawn(async move { play_one(&slot, story).await }).await;
        all.push((name, played.unwrap_or_else(|e| Err(format!("  {e}"))), began.elapsed()));
    }
    if let Some(slot) = Arc::into_inner(slot) {
        slot.close().await;
    }
    all
}

async fn play_one(slot: &Slot, mut story: Story) -> Result<Played, String> {
    let mut stage = Stage::set_up(slot, &story).await?;
    for nth in 0..story.events.len() {
        let (at, when) = &story.events[nth];
        stage.time_passes(*at).await;
        stage.by_form = false;
        feed::tell(&mut stage, &story, nth).await.map_err(|e| format!("  {} at {at}: {e}", when.change))?;
        // What staff enter is held for a minute: the simulator is to know who said it.
        if let Happens::Change { source, .. } = &mut story.scenario.events[nth].happens
            && stage.by_form
        {
            *source = Source::Staff(stage.staff);
        }
    }
    stage.time_passes(story.scenario.until).await;
    compare::take_down(&mut stage).await?;
    let (served, doors) = (std::mem::take(&mut stage.lines), std::mem::take(&mut stage.doors));
    let simulated = compare::after_merges(&stage.merged, play(&story.scenario));
    let ends = stage.strike(slot, &story).await?;
    match compare::differences(&simulated, &served) {
        None => Ok(Played { lines: served.len(), doors, ends }),
        Some(text) => Err(text),
    }
}

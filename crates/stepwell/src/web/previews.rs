//! Previews on pages: a small clinic's is there at once; a larger one's goes on beside the pages, and the page looks again
//! by itself.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use care::chart::Clinic;
use care::id::OrganizationId;
use jiff::{SignedDuration, Timestamp};
use pages::staff::Counting;
use store::{OrgTx, PreviewId};
use tokio::sync::Semaphore;

use super::actor::Actor;
use super::error::WebError;
use super::{Web, times};
use crate::Roof;
use crate::runner::preview::{self, Answer, Question, State};

/// So long a page waits for a preview.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Of more patients than these an answer is shown again, for a while, instead of being found anew.
const MANY: usize = 200;
const SHOWN_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// The previews that this process works out. Two at a time: the pages need the rest of the connections.
pub struct Previews {
    running: Mutex<BTreeSet<(OrganizationId, PreviewId)>>,
    room: Semaphore,
}

impl Default for Previews {
    fn default() -> Self {
        Self { running: Mutex::default(), room: Semaphore::new(2) }
    }
}

/// What a page shows of a question.
pub struct Shown {
    pub id: PreviewId,
    pub question: Question,
    pub state: State,
    /// The workflow was edited or switched since.
    pub stale: bool,
}

impl Previews {
    fn running(&self) -> MutexGuard<'_, BTreeSet<(OrganizationId, PreviewId)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn work_out(&self, roof: &Roof, organization: OrganizationId, id: PreviewId) {
        if !self.running().insert((organization, id)) {
            return;
        }
        let room = self.room.acquire().await;
        if let Err(error) = preview::work_out(roof, organization, id).await {
            tracing::error!(%organization, preview = %id, %error, "a preview could not be worked out");
        }
        drop(room);
        self.running().remove(&(organization, id));
    }
}

/// It goes on, also after a crash, and this waits for it a little.
async fn go_on(web: &Web, actor: &Actor, id: PreviewId) {
    let (previews, roof, organization) = (Arc::clone(&web.previews), Arc::clone(&web.roof), actor.organization);
    let running = tokio::spawn(async move { previews.work_out(&roof, organization, id).await });
    let _ = tokio::time::timeout(PATIENCE, running).await;
}

/// Asks anew, whatever is known.
pub async fn ask(web: &Web, actor: &Actor, question: &Question) -> Result<PreviewId, WebError> {
    let mut tx = actor.begin(web).await?;
    let id = preview::ask(&web.roof, &mut tx, question).await?;
    tx.commit().await?;
    go_on(web, actor, id).await;
    Ok(id)
}

/// What was asked, and how it stands with it. If it is under way, this sees to it that somebody is at it.
pub async fn look(web: &Web, actor: &Actor, id: PreviewId) -> Result<Option<Shown>, WebError> {
    let mut tx = actor.begin(web).await?;
    let mut known = preview::look(&mut tx, id).await?;
    drop(tx);
    if matches!(known, Some((_, State::Running { .. }))) {
        go_on(web, actor, id).await;
        known = preview::look(&mut actor.begin(web).await?, id).await?;
    }
    let Some((question, state)) = known else { return Ok(None) };
    let stale = preview::id_of(&web.roof, &mut actor.begin(web).await?, &question).await? != id;
    Ok(Some(Shown { id, question, state, stale }))
}

/// What a page's address names, if it is known and as things are.
pub async fn kept(
    web: &Web,
    actor: &Actor,
    id: &str,
    fits: impl Fn(&Question) -> bool,
) -> Result<Option<Shown>, WebError> {
    let Ok(id) = id.parse() else { return Ok(None) };
    Ok(look(web, actor, id).await?.filter(|shown| !shown.stale && fits(&shown.question)))
}

/// For a page that shows its preview as it opens: what is known already if that was much work, else the answer of now.
pub async fn open(web: &Web, actor: &Actor, question: Question) -> Result<Shown, WebError> {
    let mut tx = actor.begin(web).await?;
    let id = preview::id_of(&web.roof, &mut tx, &question).await?;
    let known = preview::look(&mut tx, id).await?.map(|(_, state)| state);
    drop(tx);
    if !known.is_some_and(|state| is_good(&state, web.roof.now())) {
        ask(web, actor, &question).await?;
    }
    look(web, actor, id).await?.ok_or(WebError::not_found("preview"))
}

fn is_good(state: &State, now: Timestamp) -> bool {
    match state {
        State::Running { .. } => true,
        State::Failed => false,
        State::Answered { at, patients, .. } => *patients > MANY && now.duration_since(*at) < SHOWN_AGAIN,
    }
}

/// Refuses to go on if what was counted is not what would be done now, or nothing was counted, or long ago. What patients
/// and EMRs do meanwhile refuses nothing: in a busy clinic nobody could ever confirm. Asked in the transaction that
/// does it, once nobody else may change workflows.
pub async fn still_holds(
    web: &Web,
    tx: &mut OrgTx,
    counted: &str,
    fits: impl Fn(&Question) -> bool,
) -> Result<(), WebError> {
    let changed = "Something was edited or switched since this was counted, so nothing is done yet. \
                   Open the page again, look at the new count, and confirm that.";
    let id: PreviewId = counted.parse().map_err(|_| WebError::conflict(changed))?;
    let Some((question, state)) = preview::look(tx, id).await? else { return Err(WebError::conflict(changed)) };
    if !fits(&question) || preview::id_of(&web.roof, tx, &question).await? != id {
        return Err(WebError::conflict(changed));
    }
    match state {
        State::Answered { at, .. } if web.roof.now().duration_since(at) > SHOWN_AGAIN => Err(WebError::conflict(
            "This was counted more than an hour ago, and much may have happened since, so nothing is done yet. \
             Press “Count again”, look at the new count, and confirm that.",
        )),
        State::Answered { .. } => Ok(()),
        State::Running { .. } | State::Failed => Err(WebError::conflict(
            "What this would do is not counted yet. Open the page again and wait for the count.",
        )),
    }
}

impl Shown {
    pub fn answer(&self) -> Option<&Answer> {
        match &self.state {
            State::Answered { answer, .. } => Some(answer),
            State::Running { .. } | State::Failed => None,
        }
    }

    /// Where it stands, for the page.
    pub fn counting(&self, clinic: &Clinic) -> Counting {
        match &self.state {
            State::Running { done, of } => Counting::Running { done: *done, of: *of },
            State::Failed => Counting::Failed,
            State::Answered { .. } if self.stale => Counting::Stale,
            State::Answered { at, patients, .. } => {
                Counting::Done { at: times::stamp(*at, &clinic.zone, &clinic.zone), patients: *patients }
            }
        }
    }
}

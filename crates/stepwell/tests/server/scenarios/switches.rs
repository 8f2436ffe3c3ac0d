//! What staff and the world outside do to the clinic as a whole.

use care::chart::{Channel, VisitType};
use care::id::LocationId;
use care::rehearsal::Gateway;
use care::scenario::Feed;
use care::workflow::InFlight;
use jiff::civil::Date;
use stepwell::runner::{days, feeds};

use super::desk::{form_of, posts};
use super::stage::Stage;
use super::story::Story;

/// A form that has to be taken.
async fn form(stage: &Stage, path: &str, fields: &[(&str, String)]) -> Result<(), String> {
    if posts(stage, path, fields).await.0 { Ok(()) } else { Err(format!("the form {path} was not taken")) }
}

fn delete() -> (&'static str, String) {
    ("_method", "DELETE".to_owned())
}

/// The switch on the workflow's page. `locations`: only there.
pub async fn activates(
    stage: &Stage,
    workflow: &str,
    cover: bool,
    locations: Option<Vec<LocationId>>,
) -> Result<(), String> {
    let mut fields: Vec<(&str, String)> = cover.then(|| ("cover", "yes".into())).into_iter().collect();
    for location in locations.into_iter().flatten() {
        fields.extend([("choose", "yes".into()), ("location", location.to_string())]);
    }
    form(stage, &format!("/workflows/{workflow}/activation"), &fields).await
}

pub async fn deactivates(stage: &Stage, workflow: &str) -> Result<(), String> {
    form(stage, &format!("/workflows/{workflow}/activation"), &[delete()]).await
}

/// The editor: look at the text, see what publishing does, publish.
pub async fn publishes(
    stage: &Stage,
    story: &Story,
    workflow: &str,
    version: u32,
    in_flight: InFlight,
) -> Result<(), String> {
    let written = story.workflows.iter().find(|w| w.key == workflow && w.version == version);
    let text = written.ok_or_else(|| format!("there is no version {version} of {workflow}"))?.body.clone();
    let fields = [("text", text), ("base", (version - 1).to_string()), ("then", "publish".to_owned())];
    let answer = stage.desk.posts(&format!("/workflows/{workflow}/edit"), &form_of(&fields)).await;
    let page = match answer.header("location") {
        Some(to) => stage.desk.waits_for(to).await.body,
        None => answer.body,
    };
    let counted = counted(&page).ok_or_else(|| format!("version {version} cannot be published: {page}"))?;
    let fields = [("preview", counted), ("in_flight", in_flight.code().to_owned()), ("then", "publish".to_owned())];
    form(stage, &format!("/workflows/{workflow}/versions"), &fields).await
}

/// The count that a page asks to confirm.
fn counted(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("name=\"preview\" value=\"")?;
    rest.split('"').next().map(str::to_owned)
}

/// The form takes no day that is over. A day that is opened stays closed for a minute on the page: what is told is the end
/// of that minute.
pub async fn sets_day(stage: &Stage, location: LocationId, day: Date, closed: bool) {
    let of = stage.organization;
    if !closed {
        days::open(&stage.roof, of, &[(location, day)]).await.unwrap();
    } else if !posts(stage, "/closed-days", &[("location", location.to_string()), ("from", day.to_string())]).await.0 {
        days::close(&stage.roof, of, &[(location, day)], "", Some(stage.staff)).await.unwrap();
    }
}

/// What the location's page says: what time alone makes of a visit or a case.
pub async fn sets_rules(
    stage: &Stage,
    location: LocationId,
    hours: Option<i64>,
    days: Option<u32>,
) -> Result<(), String> {
    let mut fields = vec![];
    if let Some(hours) = hours {
        fields.extend([("arrived", "start".to_owned()), ("hours", hours.to_string())]);
    }
    if let Some(days) = days {
        fields.extend([("ended", "quiet".to_owned()), ("days", days.to_string())]);
    }
    if fields.is_empty() { Ok(()) } else { form(stage, &format!("/locations/{location}"), &fields).await }
}

/// What the guard of the feeds does to a location, and staff who release or drop what it holds.
pub async fn feed(stage: &Stage, location: LocationId, feed: Feed) {
    let (roof, of, at) = (&stage.roof, stage.organization, [location]);
    match feed {
        Feed::Silent => feeds::silent(roof, of, &at).await.unwrap(),
        Feed::CaughtUp => feeds::caught_up(roof, of, &at).await.unwrap(),
        Feed::Released => feeds::release(roof, of, &at).await.unwrap(),
        Feed::Dropped => feeds::drop_held(roof, of, &at).await.unwrap(),
    }
}

pub async fn loads(stage: &mut Stage) -> Result<(), String> {
    stage.loading = true;
    form(stage, &format!("/interfaces/{}/live", stage.interface), &[delete()]).await
}

pub async fn is_live(stage: &mut Stage, cover: bool) -> Result<(), String> {
    stage.loading = false;
    let path = format!("/interfaces/{}/live", stage.interface);
    if !cover {
        return form(stage, &path, &[]).await;
    }
    let page = stage.desk.waits_for(&path).await.body;
    let counted = counted(&page).ok_or_else(|| format!("going live was not counted: {page}"))?;
    form(stage, &path, &[("cover", "yes".to_owned()), ("preview", counted)]).await
}

/// The server's word for a type that the EMR names so.
pub fn code_of(stage: &Stage, code: &str) -> String {
    format!("{}/{}", stage.interface, store::code_key(code))
}

pub async fn maps(stage: &Stage, code: &str, is: Option<VisitType>) -> Result<(), String> {
    let fields = [("code", store::code_key(code)), ("is", is.map_or("ignore", VisitType::code).to_owned())];
    form(stage, &format!("/interfaces/{}/types", stage.interface), &fields).await
}

pub async fn claims(stage: &Stage, code: &str, name: &str) -> Result<(), String> {
    let fields = [("code", store::code_key(code)), ("name", name.to_owned()), ("staff", String::new())];
    form(stage, &format!("/interfaces/{}/practitioners", stage.interface), &fields).await
}

/// A gateway does not answer, refuses everything, or takes everything again; whoever watches it has noticed.
pub async fn gateway(stage: &mut Stage, story: &Story, channel: Channel, gateway: Gateway) {
    let people = story.people.iter().map(|listed| &listed.person);
    let told = story.events.iter().map(|(_, when)| &when.person);
    let addresses: Vec<String> = people.chain(told).filter_map(|person| person.email.clone()).collect();
    stage.post.answers(channel, gateway, &addresses).await;
    stage.roof.set_down(channel, gateway == Gateway::Down);
}

//! The outcomes of all open episodes: who fails to progress first.

use axum::extract::{Query, State};
use axum::response::Html;
use care::chart::Clinic;
use care::questionnaire::outcome;
use care::questionnaire::scoring::{Direction, Instrument};
use care::zone;
use jiff::civil::Date;
use pages::Nav;
use pages::charts::{Leap, Standing, leap, shares};
use pages::staff::{Choice, OutcomeBar, OutcomeRow, OutcomesPage, Pick};
use serde::Deserialize;
use store::{CourseCounts, CourseFilter, CourseLine, CourseRow};

use super::actor::Actor;
use super::error::WebError;
use super::form::{escape, filled};
use super::permission::Permission;
use super::{Web, courses, render, times, words};
use crate::library;

/// Rows of a page.
const SHOWN: i64 = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Wanted {
    form: String,
    location: String,
    practitioner: String,
    region: String,
    page: String,
}

impl Wanted {
    fn filter(&self) -> CourseFilter {
        let text = |text: &String| filled(text).map(str::to_owned);
        CourseFilter {
            location: self.location.parse().ok(),
            practitioner: text(&self.practitioner),
            region: text(&self.region),
            content: text(&self.form),
        }
    }

    fn page(&self) -> i64 {
        self.page.parse().ok().filter(|page| (1..=10_000).contains(page)).unwrap_or(1)
    }

    fn href(&self, form: &str, page: i64) -> String {
        let fields = [
            ("form", form),
            ("location", &self.location),
            ("practitioner", &self.practitioner),
            ("region", &self.region),
        ];
        let asked = fields.iter().filter(|(_, value)| !value.is_empty());
        let mut parts: Vec<String> = asked.map(|(name, value)| format!("{name}={}", escape(value))).collect();
        if page > 1 {
            parts.push(format!("page={page}"));
        }
        if parts.is_empty() { "/outcomes".into() } else { format!("/outcomes?{}", parts.join("&")) }
    }
}

/// `GET /outcomes`
pub async fn show(
    State(web): State<Web>,
    actor: Actor,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeePatients)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let today = zone::date_in(web.roof.now(), &clinic.zone);
    let (filter, page) = (wanted.filter(), wanted.page());
    let mut lines = tx.courses(&filter, today, ((page - 1) * SHOWN, SHOWN + 1)).await?;
    let more = i64::try_from(lines.len()).unwrap_or(i64::MAX) > SHOWN;
    lines.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
    let counts = tx.course_counts(&filter, today).await?;
    let (practitioners, regions, contents) = tx.course_choices().await?;
    let titles = library::titles(&mut tx).await?;
    let title = |content: &str| titles.get(content).cloned().unwrap_or_else(|| words::content(content));
    let named = |all: Vec<String>, words: &dyn Fn(&str) -> String| {
        all.into_iter().map(|one| Choice::new(&one, &words(&one))).collect::<Vec<_>>()
    };
    let locations = clinic.locations.values().map(|l| Choice::new(&l.id.to_string(), &l.name)).collect();
    render::html(&OutcomesPage {
        frame: actor.frame(&web, &clinic, "Outcomes", Nav::Outcomes),
        location: pick("All locations", locations, &wanted.location),
        practitioner: pick("Everybody", named(practitioners, &str::to_owned), &wanted.practitioner),
        region: pick("All regions", named(regions, &region_words), &wanted.region),
        form: pick("All forms", named(contents, &title), &wanted.form),
        bars: counts.iter().map(|counts| bar(counts, &wanted, title(&counts.content))).collect(),
        narrowed: wanted.href(&wanted.form, page) != "/outcomes",
        rows: lines.iter().map(|line| row(line, &clinic, today, title(&line.course.content))).collect(),
        next: more.then(|| wanted.href(&wanted.form, page + 1)),
        before: (page > 1).then(|| wanted.href(&wanted.form, page - 1)),
    })
}

fn pick(all: &str, choices: Vec<Choice>, chosen: &str) -> Pick {
    Pick::of([Choice::new("", all)].into_iter().chain(choices).collect(), chosen)
}

/// "Low back" of "low-back".
fn region_words(region: &str) -> String {
    let words = region.replace('-', " ");
    let mut signs = words.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}

fn bar(counts: &CourseCounts, wanted: &Wanted, title: String) -> OutcomeBar {
    let parts = [
        (Standing::Fails, counts.fails),
        (Standing::NotAskedAgain, counts.not_asked_again),
        (Standing::OnTheWay, counts.on_the_way),
        (Standing::Gained, counts.gained),
        (Standing::NoBaseline, counts.no_baseline),
    ];
    let said = parts.iter().filter(|(_, count)| *count > 0);
    let said: Vec<String> = said.map(|(standing, count)| format!("{count} {}", standing.label())).collect();
    let percent = if counts.asked > 0 { 100 * counts.answered / counts.asked } else { 0 };
    let said = said.join(", ");
    OutcomeBar {
        href: wanted.href(&counts.content, 1),
        plot: shares(&parts, &format!("{title}: {said}")),
        words: said,
        answered: format!("{} of {} answered, {percent} %", counts.answered, counts.asked),
        title,
    }
}

/// The same parting as the list's order in the database, and the rule of `care::questionnaire::progress`.
fn standing(course: &CourseRow, today: Date) -> Standing {
    match (course.baseline, course.latest, course.stuck_on) {
        (None, _, _) => Standing::NoBaseline,
        (Some(_), _, None) => Standing::Gained,
        (Some(_), _, Some(day)) if day > today => Standing::OnTheWay,
        (Some(_), None, Some(_)) => Standing::NotAskedAgain,
        (Some(_), Some(_), Some(_)) => Standing::Fails,
    }
}

fn row(line: &CourseLine, clinic: &Clinic, today: Date, title: String) -> OutcomeRow {
    let course = &line.course;
    let place = course.location.and_then(|id| clinic.locations.get(&id)).map(|l| l.name.clone());
    let region = course.region.as_deref().map(region_words);
    let detail: Vec<String> = [place, course.practitioner.clone(), region].into_iter().flatten().collect();
    let standing = standing(course, today);
    let since = match standing {
        Standing::Fails | Standing::NotAskedAgain => {
            course.stuck_on.map(|day| format!("since {}", times::plain_date(day)))
        }
        Standing::OnTheWay | Standing::Gained | Standing::NoBaseline => None,
    };
    let said = |point: Option<(f64, Date)>| {
        point.map(|(score, on)| format!("{} on {}", courses::number(score), times::plain_date(on))).unwrap_or_default()
    };
    let instrument = Instrument::parse(&course.instrument).ok();
    OutcomeRow {
        patient: words::full_name(&line.given, &line.family),
        href: format!("/patients/{}#outcomes", line.patient),
        detail: detail.join(", "),
        since: since.unwrap_or_default(),
        plot: instrument.and_then(|instrument| plot(instrument, course, standing, &title)),
        baseline: said(course.baseline),
        latest: said(course.latest),
        change: instrument.and_then(|instrument| change(instrument, course)).unwrap_or_default(),
        answered: format!("{} of {}", course.answered, course.asked),
        standing,
        title,
    }
}

fn change(instrument: Instrument, course: &CourseRow) -> Option<String> {
    let ((before, from), (after, to)) = (course.baseline?, course.latest?);
    let days = from.until(to).ok().map(|span| span.get_days());
    Some(courses::change_words(outcome::change(instrument, before, after), days))
}

fn plot(instrument: Instrument, course: &CourseRow, standing: Standing, title: &str) -> Option<pages::charts::Svg> {
    let (baseline, _) = course.baseline?;
    let scale = instrument.definition().scale;
    let (worse, better) = match scale.higher_is {
        Direction::Better => (scale.low, scale.high),
        Direction::Worse => (scale.high, scale.low),
    };
    let goal = courses::goal(&scale, baseline);
    let latest = course.latest.map(|(score, _)| score);
    let words = match latest {
        Some(latest) => format!("{title}: from {} to {}", courses::number(baseline), courses::number(latest)),
        None => format!("{title}: {} so far", courses::number(baseline)),
    };
    Some(leap(&Leap { worse, better, baseline, latest, goal, standing }, &words))
}

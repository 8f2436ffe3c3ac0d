//! `stepwell rehearse WORKFLOW`: what a workflow would have done to a clinic's own patients, and what it is about to do.

use std::collections::BTreeSet;
use std::path::PathBuf;

use care::chart::Channel;
use care::rehearsal::{Day, Kind, Number, Report};
use care::workflow::Reason;
use clap::{Args, ValueEnum};

use super::DatabaseArgs;
use super::clinics::{quiet_roof, say, the_clinic};
use crate::database::Database;
use crate::runner::rehearse::{Outcome, Wanted, candidate_of, rehearse};

#[derive(Args)]
pub struct RehearseArgs {
    /// The workflow's name in this clinic.
    workflow: String,
    #[command(flatten)]
    database: DatabaseArgs,
    /// A version that is not published: the workflow as it stands in this file.
    #[arg(long)]
    file: Option<PathBuf>,
    /// The clinic, by its name; needed only where there are several.
    #[arg(long)]
    organization: Option<String>,
    /// Days to look back; 0: none.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(0..=730))]
    past: i64,
    /// Days to look ahead; 0: none.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(0..=365))]
    next: i64,
    /// Cover the visits that were booked before it is on.
    #[arg(long)]
    cover: bool,
    /// Without the other workflows that are on.
    #[arg(long)]
    alone: bool,
    /// What counts as set up: email, text.
    #[arg(long, value_delimiter = ',', default_value = "email")]
    channels: Vec<String>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub async fn run(args: RehearseArgs) -> Result<(), String> {
    let wanted = wanted(&args)?;
    let database = args.database.open().await.map_err(|e| e.to_string())?;
    let outcome = outcome_of(&args, &database, &wanted).await;
    database.close().await.map_err(|e| e.to_string())?;
    let outcome = outcome?;
    say(&match args.format {
        Format::Text => [&outcome.past, &outcome.next].into_iter().flatten().map(in_words).collect(),
        Format::Json => {
            let both = serde_json::json!({ "past": outcome.past, "next": outcome.next });
            format!("{}\n", serde_json::to_string_pretty(&both).map_err(|e| e.to_string())?)
        }
    })
}

fn wanted(args: &RehearseArgs) -> Result<Wanted, String> {
    if args.past == 0 && args.next == 0 {
        return Err("--past 0 --next 0 leaves nothing to rehearse: give one of them days".into());
    }
    let said = |path: &PathBuf, what: String| format!("{}: {what}", path.display());
    let text = args.file.as_ref().map(|path| std::fs::read_to_string(path).map_err(|e| said(path, e.to_string())));
    let candidate = candidate_of(&args.workflow, text.transpose()?.as_deref());
    let mut candidate = candidate.map_err(|e| args.file.as_ref().map_or(e.clone(), |path| said(path, e)))?;
    (candidate.alone, candidate.cover) = (args.alone, args.cover);
    let channels: Result<BTreeSet<Channel>, _> = args.channels.iter().map(|name| Channel::to_patients(name)).collect();
    let days = |n: i64| (n > 0).then_some(n);
    Ok(Wanted { candidate, past: days(args.past), next: days(args.next), channels: Some(channels?) })
}

async fn outcome_of(args: &RehearseArgs, database: &Database, wanted: &Wanted) -> Result<Outcome, String> {
    let roof = quiet_roof(database);
    let organization = the_clinic(&roof, args.organization.as_deref()).await?;
    let progress = |done: usize, of: usize| {
        if done > 0 {
            eprintln!("{done} of {of} patients");
        }
    };
    rehearse(&roof, organization, wanted, &progress).await.map_err(|e| e.to_string())
}

fn in_words(report: &Report) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    let (patients, unreachable) = (report.concerned.len(), report.unreachable_patients().len());
    let _ = writeln!(out, "{} from {:.0} to {:.0}", report.workflow, report.from, report.until);
    let _ = writeln!(
        out,
        "{} messages for {patients} of {} patients, {unreachable} unreachable; {} runs began, {} late, {} collisions",
        report.sent(),
        report.patients,
        report.started,
        report.late.count,
        report.collisions.count
    );
    out.push_str(&bars(report));
    for (reason, patients) in &report.unreachable {
        let ids: Vec<String> = patients.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "  unreachable  {:<24} {:>5}  {}", reason.code(), patients.len(), ids.join(" "));
    }
    numbers(&mut out, "not started", &report.not_started);
    numbers(&mut out, "not given", &report.not_given);
    for late in &report.late.first {
        let end = late.passed_over.map_or_else(|| "given late".to_owned(), |reason| format!("passed over: {reason}"));
        let _ = writeln!(out, "  late         {} {} {} due {}, {end}", late.at, late.patient, late.step, late.due);
    }
    for c in &report.collisions.first {
        let _ = writeln!(out, "  collision    {} {} {}/{} {}", c.at, c.patient, c.workflow, c.step, kind(&c.kind));
    }
    for sample in &report.samples {
        let _ = writeln!(out, "  patient {}", sample.patient);
        for line in &sample.lines {
            let because = line.reason.map(|reason| format!(" because {reason}")).unwrap_or_default();
            let step = line.step.as_deref().unwrap_or("-");
            let _ = writeln!(out, "    {} {step:<20} {}{because}", line.at, line.verdict.code());
        }
    }
    out.push('\n');
    out
}

fn numbers(out: &mut String, what: &str, all: &std::collections::BTreeMap<Reason, Number>) {
    use std::fmt::Write;
    for (reason, number) in all {
        let _ =
            writeln!(out, "  {what:<12} {:<24} {:>5}  {} patients", reason.code(), number.times, number.patients.len());
    }
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::OverBudget { channel, messages, budget } => {
            format!("{messages} by {} that day, the budget is {budget}", channel.code())
        }
        Kind::Waited { until } => format!("waits for room until {until}"),
        Kind::LostItsPlace { reason } => format!("lost its place: {reason}"),
        Kind::WithinAnHour { after } => format!("within an hour of {after}"),
    }
}

/// One line a day: `#` a message of this workflow, `.` one of another; scaled to fit.
fn bars(report: &Report) -> String {
    use std::fmt::Write;
    const WIDTH: usize = 60;
    let total = |counts: &std::collections::BTreeMap<Channel, usize>| counts.values().sum::<usize>();
    let both = |day: &Day| (total(&day.own), total(&day.others));
    let most = report.days.values().map(|d| both(d).0 + both(d).1).max().unwrap_or(0).max(1);
    let signs = |n: usize| if most <= WIDTH { n } else { (n * WIDTH).div_ceil(most) };
    report.days.iter().fold(String::new(), |mut out, (date, day)| {
        let (own, others) = both(day);
        let bar = "#".repeat(signs(own)) + &".".repeat(signs(others));
        let _ = writeln!(out, "  {date} {own:>5}  {bar}");
        out
    })
}

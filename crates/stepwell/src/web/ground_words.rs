//! What a decision rested on, in words: the limit, the expiry, the count beside what it allows.

use care::workflow::definition::Span;
use care::workflow::ground::{Door, Gateway, Limit, Most, Road, RoomSeen, Says, Timing};
use care::workflow::{Detail, Ground};
use jiff::Timestamp;

use super::times;

/// A moment as it is read where the patient is, and the language of the reader.
#[derive(Clone, Copy)]
struct Reader<'a> {
    zone: &'a str,
    spanish: bool,
}

/// What is worth saying of the ground that decided, beside the reason itself.
pub fn say(detail: &Detail, at: Timestamp, zone: &str, language: &str) -> Vec<String> {
    let reader = Reader { zone, spanish: language == "es" };
    let no = detail.grounds.iter().find(|ground| ground.says(at) != Says::Yes);
    no.map(|ground| reader.ground(ground, at)).unwrap_or_default()
}

impl Reader<'_> {
    fn pick(self, english: String, spanish: String) -> String {
        if self.spanish { spanish } else { english }
    }

    fn moment(self, at: Timestamp) -> String {
        times::short_words(at, self.zone)
    }

    fn ground(self, ground: &Ground, at: Timestamp) -> Vec<String> {
        match ground {
            Ground::Timing(timing) => self.timing(timing),
            Ground::Expiry { expires } => vec![self.expired(*expires)],
            Ground::Sum(sum) => sum.due().map(|due| self.expires(due.expires)).into_iter().collect(),
            Ground::Road(road) => self.road(road, at),
            Ground::Ways(ways) => ways.roads.iter().flat_map(|road| self.road(road, at)).collect(),
            Ground::Gateway(Gateway::NotYet { tries, most, .. }) => {
                vec![self.pick(format!("{tries} of {most} tries"), format!("{tries} de {most} intentos"))]
            }
            Ground::Gap { apart, least } => {
                let (apart, least) = (days(*apart), days(*least));
                let english = format!("{apart} days after the other; at least {least} are asked for");
                vec![self.pick(english, format!("{apart} días después del otro; se piden al menos {least}"))]
            }
            Ground::Discharge { at, .. } => {
                let at = self.moment(*at);
                vec![self.pick(format!("the case ended {at}"), format!("el caso terminó el {at}"))]
            }
            Ground::Given { at, .. } => {
                let at = self.moment(*at);
                vec![self.pick(format!("given {at}"), format!("se dio el {at}"))]
            }
            Ground::ClosedDay { day, .. } => {
                let day = times::short_date(*day);
                vec![self.pick(format!("closed on {day}"), format!("cerrado el {day}"))]
            }
            Ground::Again(shift) | Ground::GivenAnew(shift) => {
                let (was, is) = (self.moment(shift.was_at), self.moment(shift.is_at));
                vec![self.pick(format!("planned for {was}, now {is}"), format!("previsto para {was}, ahora {is}"))]
            }
            Ground::Feed { heard_until: Some(heard), .. } => {
                let heard = self.moment(*heard);
                vec![self.pick(format!("nothing heard since {heard}"), format!("sin noticias desde el {heard}"))]
            }
            Ground::Goal { expired, .. } if *expired > 0 => {
                let spanish = format!("{expired} sin contestar y vencidos");
                vec![self.pick(format!("{expired} expired unanswered"), spanish)]
            }
            Ground::Goal { there, .. } => vec![self.pick(format!("found {there}"), format!("se encontró {there}"))],
            Ground::Edited(edited) => {
                let (from, to) = (edited.version, edited.to);
                vec![self.pick(format!("version {from}, now {to}"), format!("versión {from}, ahora {to}"))]
            }
            Ground::Depth { depth, most } => {
                vec![
                    self.pick(
                        format!("{depth} tasks deep, at most {most}"),
                        format!("{depth} tareas, como máximo {most}"),
                    ),
                ]
            }
            Ground::Place { .. }
            | Ground::Filter(_)
            | Ground::Loading { .. }
            | Ground::Anchor { .. }
            | Ground::Patient(_)
            | Ground::Group { .. }
            | Ground::Repeat { .. }
            | Ground::Answered { .. }
            | Ground::First { .. }
            | Ground::Twin { .. }
            | Ground::Stopped { .. }
            | Ground::StepThere { .. }
            | Ground::Content { .. }
            | Ground::Workflow { .. }
            | Ground::Feed { heard_until: None, .. }
            | Ground::Covered { .. }
            | Ground::Joined(_)
            | Ground::Gateway(_)
            | Ground::Left { .. } => vec![],
        }
    }

    fn expires(self, at: Timestamp) -> String {
        let at = self.moment(at);
        self.pick(format!("expires {at}"), format!("vence el {at}"))
    }

    fn expired(self, at: Timestamp) -> String {
        let at = self.moment(at);
        self.pick(format!("expired {at}"), format!("venció el {at}"))
    }

    fn timing(self, timing: &Timing) -> Vec<String> {
        let limit = match timing.limit {
            Limit::Skip => Some(self.pick("not given late".into(), "no se da con retraso".into())),
            Limit::Until { at } => {
                let at = self.moment(at);
                Some(self.pick(format!("late until {at} at most"), format!("con retraso hasta el {at} como máximo")))
            }
            Limit::Collapse { next: Some(next) } => {
                let next = self.moment(next);
                Some(self.pick(format!("the next one was due {next}"), format!("el siguiente tocaba el {next}")))
            }
            Limit::Collapse { next: None } | Limit::UntilExpiry => None,
        };
        limit.into_iter().chain([self.expires(timing.expires)]).collect()
    }

    /// What a message met that kept it.
    fn road(self, road: &Road, at: Timestamp) -> Vec<String> {
        if road.chosen().is_err() {
            return road.doors.iter().filter_map(|door| self.door(door)).collect();
        }
        if let Some(rule) = road.rule.filter(|rule| rule.went >= rule.most) {
            let (went, most) = (rule.went, rule.most);
            let span = rule.period.map(|seconds| Span { seconds });
            let per = span.map_or_else(
                || self.pick("ever, to this address".into(), "nunca más a esta dirección".into()),
                |span| self.pick(format!("per {span}"), format!("por cada {} días", days(span.seconds))),
            );
            return vec![self.pick(
                format!("went {went} times, {most} allowed {per}"),
                format!("salió {went} veces, se permite {most} {per}"),
            )];
        }
        let room = road.room.as_ref().filter(|room| !room.is_free());
        if let Some((room, most)) = room.and_then(|room| Some((room, room.most?))) {
            return vec![self.room(room, most), self.expires(road.expires)];
        }
        let quiet = road.quiet.as_ref().filter(|quiet| quiet.wait(at).is_some());
        let hours = quiet.map(|quiet| {
            let (open, close) = (quiet.hours.open().strftime("%H:%M"), quiet.hours.close().strftime("%H:%M"));
            let zone = &quiet.zone;
            self.pick(
                format!("texts go from {open} to {close} ({zone})"),
                format!("los textos salen de {open} a {close} ({zone})"),
            )
        });
        hours.into_iter().chain([self.expires(road.expires)]).collect()
    }

    fn door(self, door: &Door) -> Option<String> {
        let asks = door.set_up && !door.refused && !door.basis && !door.consented;
        let (channel, category) = (door.channel.code(), door.category.code());
        asks.then(|| {
            let english = format!("{channel}, {category}: no yes on record, and an address alone is not enough");
            self.pick(english, format!("{channel}, {category}: no consta un sí, y la dirección sola no basta"))
        })
    }

    fn room(self, room: &RoomSeen, most: Most) -> String {
        let day = room.by_patient.day.max(room.by_contact.day);
        let week = room.by_patient.week.max(room.by_contact.week);
        let (kept, a_day) = (room.kept.week, most.day);
        let in_week = most.week.map(|most| {
            self.pick(format!(", {week} of {most} in seven days"), format!(", {week} de {most} en siete días"))
        });
        let kept = (kept > 0).then(|| {
            self.pick(format!(", {kept} kept for a higher priority"), format!(", {kept} reservado por prioridad"))
        });
        let of_day = self.pick(format!("{day} of {a_day} that day"), format!("{day} de {a_day} ese día"));
        [Some(of_day), in_week, kept].into_iter().flatten().collect()
    }
}

fn days(seconds: i64) -> i64 {
    seconds / 86_400
}

#[cfg(test)]
mod tests {
    use care::workflow::{Asked, Reason};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn a_late_step_names_its_limit_and_its_expiry_in_both_languages() {
        let timing = Timing {
            due: at("2026-03-02T10:00:00Z"),
            could_go_from: at("2026-03-02T10:00:00Z"),
            expires: at("2026-03-09T10:00:00Z"),
            counts_from: at("2026-03-02T10:00:00Z"),
            told_to_come: None,
            limit: Limit::Until { at: at("2026-03-04T10:00:00Z") },
        };
        let now = at("2026-03-05T10:00:00Z");
        let (answer, detail) = Detail::of(Asked::Step, vec![Ground::Timing(timing)], now);
        assert_eq!(answer.reason, Some(Reason::Late));
        let english = say(&detail, now, "UTC", "en");
        assert_eq!(english, ["late until Wed 4 Mar, 10:00 at most", "expires Mon 9 Mar, 10:00"]);
        let spanish = say(&detail, now, "UTC", "es");
        assert_eq!(spanish, ["con retraso hasta el Wed 4 Mar, 10:00 como máximo", "vence el Mon 9 Mar, 10:00"]);
    }
}

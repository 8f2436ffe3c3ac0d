//! How the demo's patients answer: most get better, some slowly, a few worse.

use care::chart::{BodyRegion, Chart, RECOMMENDATION};
use care::questionnaire::{Answers, Form, Item, ItemKind};
use jiff::{SignedDuration, Timestamp};

use super::chance::Chance;

/// What a patient of the demo would say on a day.
pub struct Person {
    /// Of this patient alone.
    pub seed: u64,
    region: BodyRegion,
    /// 0 is well, 100 as bad as it gets.
    severity: i64,
    gets_worse: bool,
    replies: bool,
    today: String,
    now: Timestamp,
}

const ACTIVITIES: [&str; 6] = [
    "climb the stairs",
    "lift my child",
    "sit through a film",
    "sleep through the night",
    "carry shopping",
    "walk the dog",
];

impl Person {
    pub fn of(chart: &Chart, seed: u64, now: Timestamp) -> Self {
        let name = |part: &Option<String>| part.clone().unwrap_or_default();
        let own = mixed(seed, &format!("{} {}", name(&chart.patient.given), name(&chart.patient.family)));
        let mut chance = Chance::new(own);
        let region = usize::try_from(chance.below(12)).ok().and_then(|n| BodyRegion::ALL.get(n).copied());
        let began = chart.encounters.iter().filter_map(|e| e.starts_at()).min().filter(|at| *at < now);
        let weeks = began.map_or(0, |at| now.duration_since(at).as_hours() / (24 * 7));
        let (start, replies) = (50 + chance.below(36).cast_signed(), chance.percent(80));
        let gets_worse = chance.percent(30);
        let a_week = if gets_worse { 4 } else { -3 - chance.below(8).cast_signed() };
        Self {
            seed: own,
            region: region.unwrap_or(BodyRegion::Knee),
            severity: (start + a_week * weeks).clamp(4, 96),
            gets_worse: gets_worse && weeks > 0,
            replies,
            today: (now.as_second() / 86_400).to_string(),
            now,
        }
    }

    /// Who replies does so within some days; of the others few do.
    pub fn answers_today(&self, content: &str) -> bool {
        self.chance(content).percent(if self.replies { 45 } else { 3 })
    }

    pub fn care_plan(&self) -> &'static str {
        match self.region {
            BodyRegion::Neck | BodyRegion::UpperBack => "care-plan/neck-early",
            BodyRegion::Shoulder => "care-plan/shoulder-early",
            BodyRegion::Elbow => "care-plan/elbow-building",
            BodyRegion::WristAndHand => "care-plan/hand-early",
            BodyRegion::MidBack | BodyRegion::LowBack => "care-plan/back-early",
            BodyRegion::Hip | BodyRegion::Thigh => "care-plan/hip-building",
            BodyRegion::Knee => "care-plan/knee-arthritis",
            BodyRegion::LowerLeg | BodyRegion::AnkleAndFoot => "care-plan/ankle-sprain",
        }
    }

    /// As today, and only for this.
    fn chance(&self, of: &str) -> Chance {
        Chance::new(mixed(self.seed, &format!("{of} {}", self.today)))
    }

    /// Answers every question that must be answered, and every one that is a yes or no.
    pub fn fills(&self, form: &Form, content: &str) -> Answers {
        let mut answers = Answers::default();
        let mut chance = self.chance(&format!("{content} answers"));
        loop {
            let walk = form.walk(&answers);
            // A tick that may be left out is an answer too.
            let wanted = |item: &Item| item.required || item.kind == ItemKind::Boolean;
            let open = walk.questions().find(|asked| wanted(asked.item) && walk.answers.get(&asked.place).is_empty());
            let Some(asked) = open else { return answers };
            let (place, answer) = (asked.place.clone(), self.answer(form, asked.item, content, &mut chance));
            drop(walk);
            match answer {
                Some(answer) => answers.set(&place, [answer]),
                None => return answers,
            }
        }
    }

    fn answer(&self, form: &Form, item: &Item, content: &str, chance: &mut Chance) -> Option<String> {
        let noise = chance.below(17).cast_signed() - 8;
        // Who is not well yet may well like the clinic.
        let felt = if content == RECOMMENDATION && !self.gets_worse { self.severity / 3 } else { self.severity };
        let bad = (felt + noise).clamp(0, 100);
        Some(match item.kind {
            ItemKind::Boolean => chance.percent(self.likely(item, content, bad)).to_string(),
            ItemKind::Integer | ItemKind::Decimal => {
                let share = if is_better_high(content) { 100 - bad } else { bad };
                let (least, most) = (whole(item.min?), whole(item.max?));
                (least + (share * (most - least) + 50) / 100).to_string()
            }
            ItemKind::Choice | ItemKind::OpenChoice if item.id == "region" => self.region.code().to_owned(),
            ItemKind::Choice | ItemKind::OpenChoice => {
                let options = form.choices(item);
                let last = i64::try_from(options.len()).ok()? - 1;
                let nth =
                    if item.id == "payer" { chance.below(6).cast_signed().min(last) } else { (bad * last + 50) / 100 };
                options.get(usize::try_from(nth).ok()?)?.code.clone()
            }
            ItemKind::Date => {
                let days = SignedDuration::from_hours(24 * (20 + chance.below(60).cast_signed()));
                self.now.checked_sub(days).ok()?.strftime("%Y-%m-%d").to_string()
            }
            ItemKind::String | ItemKind::Text => self.words(item),
            ItemKind::Group | ItemKind::Display | ItemKind::DateTime | ItemKind::Time => return None,
        })
    }

    /// In percent, how likely a "yes" is.
    fn likely(&self, item: &Item, content: &str, bad: i64) -> u64 {
        match (content, item.id.as_str()) {
            ("questionnaire/rmdq", _) => bad.cast_unsigned(),
            (_, "worse") if self.gets_worse => 60,
            (_, "worse") => 5,
            _ => 20,
        }
    }

    /// The same at every follow-up.
    fn words(&self, item: &Item) -> String {
        let nth: u64 = item.id.strip_prefix("activity-").and_then(|nth| nth.parse().ok()).unwrap_or(0);
        let some = usize::try_from((self.seed % 6 + nth) % 6).unwrap_or(0);
        match item.id.as_str() {
            "worse-what" => "More pain at night.".to_owned(),
            "elsewhere-where" => "A little in the other side.".to_owned(),
            _ => ACTIVITIES.get(some).copied().unwrap_or_default().to_owned(),
        }
    }
}

/// A seed of its own for one name (FNV-1a).
fn mixed(seed: u64, name: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    name.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, step)
}

fn whole(number: f64) -> i64 {
    number as i64
}

/// Of the forms that ship: a higher number means that it goes well. Choices stand with the best first.
fn is_better_high(content: &str) -> bool {
    ["patient-specific", "sane", "recommendation"]
        .iter()
        .any(|name| content.strip_prefix("questionnaire/") == Some(name))
}

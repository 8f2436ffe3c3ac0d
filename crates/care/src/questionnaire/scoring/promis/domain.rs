//! What a PROMIS form measures.
//!
//! Bands (HealthMeasures): of what is bad to have, from 55 mild, from 60 moderate, from 70 severe; of what is good to
//! have, below 45 mild, below 40 moderate, below 30 severe limitation.

use super::super::{Bands, Direction};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Domain {
    Anger,
    Anxiety,
    Depression,
    Fatigue,
    Mobility,
    PainBehavior,
    PainInterference,
    PhysicalFunction,
    SleepDisturbance,
    SleepImpairment,
    SocialRoles,
    UpperExtremity,
}

const SYMPTOM: Bands =
    Bands::From(&[(f64::NEG_INFINITY, "within normal limits"), (55.0, "mild"), (60.0, "moderate"), (70.0, "severe")]);
const FUNCTION: Bands =
    Bands::From(&[(f64::NEG_INFINITY, "severe"), (30.0, "moderate"), (40.0, "mild"), (45.0, "within normal limits")]);

impl Domain {
    pub const ALL: [Self; 12] = [
        Self::Anger,
        Self::Anxiety,
        Self::Depression,
        Self::Fatigue,
        Self::Mobility,
        Self::PainBehavior,
        Self::PainInterference,
        Self::PhysicalFunction,
        Self::SleepDisturbance,
        Self::SleepImpairment,
        Self::SocialRoles,
        Self::UpperExtremity,
    ];

    /// As it stands in an instrument's id.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.facts().0
    }

    #[must_use]
    pub fn title(self) -> &'static str {
        self.facts().1
    }

    #[must_use]
    pub fn higher_is(self) -> Direction {
        self.facts().2
    }

    #[must_use]
    pub fn bands(self) -> Bands {
        match self.higher_is() {
            Direction::Better => FUNCTION,
            Direction::Worse => SYMPTOM,
        }
    }

    fn facts(self) -> (&'static str, &'static str, Direction) {
        match self {
            Self::Anger => ("anger", "PROMIS Anger", Direction::Worse),
            Self::Anxiety => ("anx", "PROMIS Anxiety", Direction::Worse),
            Self::Depression => ("dep", "PROMIS Depression", Direction::Worse),
            Self::Fatigue => ("fatigue", "PROMIS Fatigue", Direction::Worse),
            Self::Mobility => ("mobility", "PROMIS Mobility", Direction::Better),
            Self::PainBehavior => ("pb", "PROMIS Pain Behavior", Direction::Worse),
            Self::PainInterference => ("pi", "PROMIS Pain Interference", Direction::Worse),
            Self::PhysicalFunction => ("pf", "PROMIS Physical Function", Direction::Better),
            Self::SleepDisturbance => ("sd", "PROMIS Sleep Disturbance", Direction::Worse),
            Self::SleepImpairment => ("sri", "PROMIS Sleep-Related Impairment", Direction::Worse),
            Self::SocialRoles => ("social", "PROMIS Ability to Participate in Social Roles", Direction::Better),
            Self::UpperExtremity => ("ue", "PROMIS Upper Extremity", Direction::Better),
        }
    }
}

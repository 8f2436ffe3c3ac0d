//! The instruments there are: the one list to add another to.

use std::borrow::Cow;

use super::promis::{self, Bank, Form, global_10};
use super::{
    Answers, Definition, Refused, Scored, dash, dash_sport, dash_work, fabq, gad_7, groc, hoos, hoos_jr, koos, koos_jr,
    kos_adls, lefs, modified_oswestry, ndi, near, nprs, oswestry, pgic, phq_2, phq_9, psfs, quickdash, recommendation,
    rmdq, sane, start_back, tsk_11,
};

macro_rules! instruments {
    ($($name:ident = $id:literal in $file:ident,)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Instrument {
            $($name,)*
            /// A short form of one PROMIS domain.
            Promis(Form),
        }

        impl Instrument {
            /// All but the PROMIS domain forms, of which there are as many as there are item banks.
            pub const NAMED: &[Self] = &[$(Self::$name),*];

            #[must_use]
            pub fn id(self) -> Cow<'static, str> {
                match self {
                    $(Self::$name => Cow::Borrowed($id),)*
                    Self::Promis(form) => Cow::Owned(form.to_string()),
                }
            }

            #[must_use]
            pub fn definition(self) -> Definition {
                match self {
                    $(Self::$name => $file::DEFINITION,)*
                    Self::Promis(form) => form.definition(),
                }
            }

            pub(super) fn apply(self, given: &[Option<f64>], bank: Option<&Bank>) -> Result<Scored, Refused> {
                match self {
                    $(Self::$name => Answers::check(&$file::DEFINITION.items, given).map($file::rule),)*
                    Self::Promis(form) => promis::score(form, given, bank.and_then(|bank| bank.form(form))),
                }
            }
        }
    };
}

instruments! {
    Dash = "dash" in dash,
    DashSport = "dash-sport" in dash_sport,
    DashWork = "dash-work" in dash_work,
    Fabq = "fabq" in fabq,
    Gad7 = "gad-7" in gad_7,
    Groc = "groc" in groc,
    Hoos = "hoos" in hoos,
    HoosJr = "hoos-jr" in hoos_jr,
    Koos = "koos" in koos,
    KoosJr = "koos-jr" in koos_jr,
    KosAdls = "kos-adls" in kos_adls,
    Lefs = "lefs" in lefs,
    ModifiedOswestry = "modified-oswestry" in modified_oswestry,
    Ndi = "ndi" in ndi,
    Nprs = "nprs" in nprs,
    Oswestry = "oswestry" in oswestry,
    Pgic = "pgic" in pgic,
    Phq2 = "phq-2" in phq_2,
    Phq9 = "phq-9" in phq_9,
    PromisGlobal10 = "promis-global-10" in global_10,
    Psfs = "psfs" in psfs,
    QuickDash = "quickdash" in quickdash,
    Recommendation = "recommendation" in recommendation,
    Rmdq = "rmdq" in rmdq,
    Sane = "sane" in sane,
    StartBack = "start-back" in start_back,
    Tsk11 = "tsk-11" in tsk_11,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no instrument `{given}`; {}", meant(.near))]
pub struct UnknownInstrument {
    given: String,
    pub near: Vec<String>,
}

fn meant(near: &[String]) -> String {
    match near {
        [] => "docs/SCORING.md lists them".to_owned(),
        near => format!("near to it: {}", near.join(", ")),
    }
}

impl Instrument {
    /// Whether it measures what somebody can do, and not how strong one sign of it is, how the mind is, or what is thought
    /// of a clinic.
    pub fn is_of_function(self) -> bool {
        match self {
            Self::Dash
            | Self::DashSport
            | Self::DashWork
            | Self::Hoos
            | Self::HoosJr
            | Self::Koos
            | Self::KoosJr
            | Self::KosAdls
            | Self::Lefs
            | Self::ModifiedOswestry
            | Self::Ndi
            | Self::Oswestry
            | Self::PromisGlobal10
            | Self::Psfs
            | Self::QuickDash
            | Self::Rmdq
            | Self::Sane
            | Self::Promis(_) => true,
            Self::Fabq
            | Self::Gad7
            | Self::Groc
            | Self::Nprs
            | Self::Pgic
            | Self::Phq2
            | Self::Phq9
            | Self::Recommendation
            | Self::StartBack
            | Self::Tsk11 => false,
        }
    }

    pub fn parse(id: &str) -> Result<Self, UnknownInstrument> {
        let named = Self::NAMED.iter().copied().find(|instrument| instrument.id() == id);
        named.or_else(|| id.parse().ok().map(Self::Promis)).ok_or_else(|| {
            let known = Self::NAMED.iter().copied().chain(Form::published().map(Self::Promis));
            let near = near::near(id, known.map(|instrument| instrument.id().into_owned()));
            // What is not an id is cut short: a pasted page should not come back whole.
            UnknownInstrument { given: id.chars().take(40).collect(), near }
        })
    }
}

impl Instrument {
    /// From whom a clinic needs a licence for the words. `None`: everybody may use them, or they are our own.
    /// Source: the rights pages of the instruments' owners, as in docs/SCORING.md.
    #[must_use]
    pub fn licensed_by(self) -> Option<&'static str> {
        match self {
            Self::Dash | Self::DashSport | Self::DashWork | Self::QuickDash => {
                Some("the Institute for Work & Health, Toronto")
            }
            Self::Fabq => Some("its authors and publisher"),
            Self::KosAdls => Some("its author, J. J. Irrgang"),
            Self::Lefs => Some("its authors, or the American Physical Therapy Association"),
            Self::ModifiedOswestry | Self::Ndi | Self::Oswestry => Some("Mapi Research Trust, for its author"),
            Self::PromisGlobal10 | Self::Promis(_) => Some("HealthMeasures, for the PROMIS Health Organization"),
            Self::StartBack => Some("Keele University"),
            Self::Tsk11 => Some("its authors"),
            Self::Gad7
            | Self::Groc
            | Self::Hoos
            | Self::HoosJr
            | Self::Koos
            | Self::KoosJr
            | Self::Nprs
            | Self::Pgic
            | Self::Phq2
            | Self::Phq9
            | Self::Psfs
            | Self::Recommendation
            | Self::Rmdq
            | Self::Sane => None,
        }
    }

    /// What a licence is recorded for: all of PROMIS is one.
    #[must_use]
    pub fn licence_id(self) -> Cow<'static, str> {
        match self {
            Self::PromisGlobal10 | Self::Promis(_) => Cow::Borrowed("promis"),
            other => other.id(),
        }
    }

    /// The item, counted from 1, whose answer above 0 says that somebody may come to harm.
    #[must_use]
    pub fn harm_item(self) -> Option<usize> {
        (self == Self::Phq9).then_some(phq_9::HARM)
    }
}

impl std::fmt::Display for Instrument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.id())
    }
}

impl std::str::FromStr for Instrument {
    type Err = UnknownInstrument;
    fn from_str(id: &str) -> Result<Self, UnknownInstrument> {
        Self::parse(id)
    }
}

use super::workflow_list::{EmrFilter, Status};
use crate::Frame;
use crate::charts::{ContentKind, MarkedStep, Svg, TriggerLabels, lane};
use askama::Template;

/// One workflow of the schematic.
#[derive(Debug, Clone)]
pub struct Lane {
    pub href: String,
    pub title: String,
    pub patient_group: String,
    pub trigger: TriggerLabels,
    pub steps: Vec<MarkedStep>,
    pub status: Status,
}

impl Lane {
    pub fn drawing(&self) -> Svg {
        lane(&self.steps, &self.trigger, &self.title)
    }
}

#[derive(Debug, Clone)]
pub struct Panel {
    /// "Engagement", "Outcomes"; the page adds "with an EMR".
    pub title: String,
    pub lanes: Vec<Lane>,
}

/// `GET /workflows/schematic?for=…`: all workflows on one sheet, A4 or Letter, landscape.
#[derive(Template)]
#[template(path = "staff/schematic.html")]
pub struct Schematic {
    pub frame: Frame,
    pub filter: EmrFilter,
    /// "4 March 2025", for the printed sheet.
    pub printed_on: String,
    pub with_emr: Vec<Panel>,
    pub without_emr: Vec<Panel>,
}

impl Schematic {
    /// The legend: what each sign on a lane means.
    pub fn legend(&self) -> [ContentKind; 9] {
        ContentKind::ALL
    }

    fn columns(&self) -> Vec<(&'static str, &[Panel])> {
        let with = ("with an EMR", self.with_emr.as_slice());
        let without = ("without an EMR", self.without_emr.as_slice());
        match self.filter {
            EmrFilter::All => vec![with, without],
            EmrFilter::With => vec![with],
            EmrFilter::Without => vec![without],
        }
    }
}

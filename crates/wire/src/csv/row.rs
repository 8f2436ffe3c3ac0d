//! A row to what it says about a chart, in the shape of an HL7 reading.

use care::chart::{Act, PatientChange, Sex, Write};
use care::id::LocationId;
use care::zone::{self, CivilMoment};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use sha2::{Digest, Sha256};

use super::feed::Context;
use super::mapping::{Column, Kind, Mapping, Status};
use super::read::Fields;
use super::refusal::{Cause, Refusal};
use super::when::{self, When};
use crate::hl7v2::{
    Content, EpisodeAct, EpisodeReading, Header, PatientKey, Reading, Update, VisitReading, language_tag,
};

pub(super) fn reading(fields: &Fields, mapping: &Mapping, context: &Context) -> Result<Reading, Refusal> {
    let row = Row { fields, mapping, context };
    let location = row.location()?;
    let stamp_at = row.stamp(location)?;
    let what = row.content(location, stamp_at)?;
    let digest = Sha256::digest(fields.raw());
    let body_hash = digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    let mut header = Header::of(b"");
    header.sending_facility = context.facility();
    Ok(Reading { header, stamp_at, body_hash, what, remarks: vec![] })
}

struct Row<'r> {
    fields: &'r Fields<'r>,
    mapping: &'r Mapping,
    context: &'r Context<'r>,
}

impl Row<'_> {
    fn text(&self, column: Column) -> Option<String> {
        self.fields.get(column).map(str::to_string)
    }

    fn needed(&self, column: Column, cause: Cause) -> Result<String, Refusal> {
        self.text(column).ok_or_else(|| self.fields.refuse(cause, column, "fill the field and replay the row"))
    }

    fn content(&self, location: Option<LocationId>, stamp_at: Timestamp) -> Result<Content, Refusal> {
        let value = self.needed(Column::PatientNumber, Cause::NoPatientNumber)?;
        let authority = self.context.interface.authority.clone().unwrap_or_default();
        let update = Update {
            patient: PatientKey { authority, value },
            other_ids: vec![],
            demographics: self.demographics(location)?,
            visit: None,
            episode: None,
        };
        match self.mapping.kind {
            Kind::Patients => Ok(Content::Updates(vec![update])),
            Kind::Episodes => self.episode(update),
            Kind::Visits => {
                let Some(visit) = self.visit(location)? else {
                    return Ok(Content::Ignored("a type of appointment that is no visit"));
                };
                let zone = self.context.zone(location);
                let episode = self.text(Column::EpisodeNumber).map(|number| EpisodeReading {
                    number: Some(self.context.scoped(&number)),
                    title: None,
                    act: EpisodeAct::Seen,
                    on: zone::date_in(stamp_at, zone),
                });
                Ok(Content::Updates(vec![Update { visit: Some(visit), episode, ..update }]))
            }
        }
    }

    /// What is left empty says nothing.
    fn demographics(&self, location: Option<LocationId>) -> Result<PatientChange, Refusal> {
        let home = match self.mapping.kind {
            // Of a visit's place the runner makes a home only for a patient who has none.
            Kind::Patients | Kind::Visits => location.or(self.context.interface.default_location),
            Kind::Episodes => None,
        };
        let text = |column| Write::some(self.text(column));
        Ok(PatientChange {
            given: text(Column::Given),
            family: text(Column::Family),
            birth_date: Write::some(self.date(Column::BirthDate)?),
            sex: Write::some(self.fields.get(Column::Sex).and_then(sex)),
            language: Write::some(self.fields.get(Column::Language).and_then(language_tag)),
            email: text(Column::Email),
            mobile: text(Column::Mobile),
            home_location: Write::some(home),
            ..PatientChange::default()
        })
    }

    /// Two readings where the row says both how the episode began and how it ended.
    fn episode(&self, update: Update) -> Result<Content, Refusal> {
        let number = self.needed(Column::EpisodeNumber, Cause::NoEpisodeNumber)?;
        let number = Some(self.context.scoped(&number));
        let (opened, discharged) = (self.date(Column::OpenedOn)?, self.date(Column::DischargedOn)?);
        if opened.is_none() && discharged.is_none() {
            let cure = "fill the day on which the episode was opened, and replay the row";
            return Err(self.fields.refuse(Cause::NoDate, Column::OpenedOn, cure));
        }
        let title = self.text(Column::Title);
        let said = |act, on| EpisodeReading { number: number.clone(), title: title.clone(), act, on };
        let ended = discharged.map(|on| said(EpisodeAct::Discharged, on));
        let begun = opened.map(|on| said(EpisodeAct::Opened, on));
        let updates = [begun, ended].into_iter().flatten();
        Ok(Content::Updates(updates.map(|episode| Update { episode: Some(episode), ..update.clone() }).collect()))
    }

    fn visit(&self, location: Option<LocationId>) -> Result<Option<VisitReading>, Refusal> {
        let number = self.needed(Column::VisitNumber, Cause::NoVisitNumber)?;
        let act = self.status()?.act();
        let mut visit = VisitReading::new(Some(self.context.scoped(&number)), None, act);
        if let Some(kind) = self.text(Column::VisitType) {
            // As the clinic wrote it, whatever case the file has it in.
            let listed = self.context.interface.appointment_types.keys().find(|code| code.eq_ignore_ascii_case(&kind));
            visit.type_seen = Some(listed.cloned().unwrap_or(kind));
        }
        visit.start = Write::some(self.start(act, location)?);
        visit.minutes = Write::some(self.minutes()?);
        visit.practitioner = Write::some(self.text(Column::Practitioner));
        visit.practitioner_code = visit.practitioner.clone();
        visit.location = Write::some(location.or(self.context.interface.default_location));
        Ok(Some(visit))
    }

    fn status(&self) -> Result<Status, Refusal> {
        let Some(word) = self.fields.get(Column::Status) else { return Ok(Status::Booked) };
        self.mapping.status(word).ok_or_else(|| {
            let cure = "say in the column map what this word means, and replay the row";
            self.fields.refuse(Cause::UnknownStatus, Column::Status, cure)
        })
    }

    fn location(&self) -> Result<Option<LocationId>, Refusal> {
        let Some(word) = self.fields.get(Column::Location) else { return Ok(None) };
        self.context.location(&self.mapping.locations, word).map(Some).ok_or_else(|| {
            let cure = "say in the column map which location this name means, and replay the row";
            self.fields.refuse(Cause::UnknownLocation, Column::Location, cure)
        })
    }

    fn start(&self, act: Act, location: Option<LocationId>) -> Result<Option<CivilMoment>, Refusal> {
        // What goes away, or was missed, does so whatever its time says.
        let gone = matches!(act, Act::Cancel | Act::NoShow);
        match self.moment(Column::Start, Some(Column::StartTime), location) {
            Ok(None) if !gone => {
                Err(self.fields.refuse(Cause::NoStart, Column::Start, "fill the start and replay the row"))
            }
            Err(_) if gone => Ok(None),
            read => read,
        }
    }

    fn stamp(&self, location: Option<LocationId>) -> Result<Timestamp, Refusal> {
        let said = self.moment(Column::ChangedAt, None, location)?;
        Ok(said.map_or(self.context.stamp_at, |moment| moment.instant()))
    }

    /// A wall time where the visit is; a stated offset counts only where offsets are trusted.
    fn moment(
        &self,
        column: Column,
        own_time: Option<Column>,
        location: Option<LocationId>,
    ) -> Result<Option<CivilMoment>, Refusal> {
        let Some(mut when) = self.when(column)? else { return Ok(None) };
        if let Some((column, text)) = own_time.and_then(|column| Some((column, self.fields.get(column)?))) {
            let time =
                when::time(text).ok_or_else(|| self.bad(Cause::BadTime, column, text, "as in 14:30 or 2:30 PM"))?;
            when.time = Some(time);
        }
        let Some(civil) = when.civil() else {
            let cure = "this is a date without a time of day: add the time and replay the row";
            return Err(self.fields.refuse(Cause::BadTime, column, cure));
        };
        let Some(minutes) = when.offset else {
            let location = location.or(self.context.interface.default_location);
            return Ok(Some(CivilMoment { civil, zone: self.context.zone(location).to_string() }));
        };
        let instant = Offset::from_seconds(minutes * 60).ok().and_then(|offset| offset.to_timestamp(civil).ok());
        match instant.filter(|_| self.context.interface.trust_offset) {
            Some(instant) => Ok(Some(CivilMoment::utc(instant))),
            None => {
                let cure = "the time states an offset from UTC: have the interface trust offsets, or have the file write the location's own time";
                Err(self.fields.refuse(Cause::BadTime, column, cure))
            }
        }
    }

    fn date(&self, column: Column) -> Result<Option<Date>, Refusal> {
        Ok(self.when(column)?.map(|when| when.date))
    }

    fn when(&self, column: Column) -> Result<Option<When>, Refusal> {
        let Some(text) = self.fields.get(column).filter(|text| !when::is_nothing(text)) else { return Ok(None) };
        let dates = self.mapping.dates;
        let example = format!("as in {}, or choose in the column map how the file writes dates", dates.label());
        when::read(text, dates).map(Some).ok_or_else(|| self.bad(Cause::BadDate, column, text, &example))
    }

    fn minutes(&self) -> Result<Option<u32>, Refusal> {
        let Some(text) = self.fields.get(Column::Minutes) else { return Ok(None) };
        let number = text.trim_end_matches(|c: char| c.is_alphabetic() || c == ' ' || c == '.').parse::<f64>().ok();
        // Longer than a day is a mistake, not a visit.
        let minutes = number.filter(|minutes| (1.0..=1440.0).contains(minutes)).map(|minutes| minutes.round() as u32);
        minutes.map(Some).ok_or_else(|| self.bad(Cause::BadNumber, Column::Minutes, text, "as a number from 1 to 1440"))
    }

    fn bad(&self, cause: Cause, column: Column, text: &str, wanted: &str) -> Refusal {
        let cure = format!("`{}` cannot be read: write it {wanted}; then replay the row", when::shape(text));
        self.fields.refuse(cause, column, cure)
    }
}

fn sex(text: &str) -> Option<Sex> {
    match text.to_ascii_uppercase().as_str() {
        "F" | "FEMALE" | "W" | "WOMAN" => Some(Sex::Female),
        "M" | "MALE" | "MAN" => Some(Sex::Male),
        "O" | "X" | "OTHER" | "NONBINARY" | "NON-BINARY" => Some(Sex::Other),
        _ => None,
    }
}

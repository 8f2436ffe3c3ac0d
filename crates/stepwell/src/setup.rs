//! A clinic in one file: organization, locations, staff and interfaces. `stepwell setup FILE` reads it, and so does the
//! demo; the format is docs/OPERATIONS.md.
//!
//! `workflows = ["welcome", "visit-reminder"]` at the top switches these on from the start; without it all are off.

mod csv;

use std::collections::BTreeMap;

use care::chart::{Budget, VisitType};
use care::feed::{Guard, OpenHours};
use care::id::{InterfaceId, LocationId, OrganizationId, StaffId};
use care::workflow::Activation;
use care::workflow::schedule::{OpenHours as TextHours, OpenHoursError};
use care::zone;
use jiff::Timestamp;
use serde::Deserialize;
use store::{
    ClaimRow, InterfaceRow, InterfaceState, LocationRow, LocationRules, NewOrganization, NewStaff, OrgTx, ReviewLink,
    SaidBy, StaffRole, Store,
};
use wire::csv::Feed;
use wire::hl7v2::{AppointmentNumber, DischargeMeans, Interface, MappedType, Path, StampFrom};

use crate::{content, ids, library, password};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    name: String,
    zone: String,
    #[serde(default)]
    phone: String,
    mail_from: String,
    /// Keys of the global workflows to switch on.
    #[serde(default)]
    workflows: Vec<String>,
    /// How much one patient, and one address, may be asked to read.
    #[serde(default)]
    attention: Budget,
    /// When texts may go out, on the patient's clock; without it from 08:00 to 21:00.
    text_hours: Option<String>,
    #[serde(default)]
    locations: Vec<LocationSetup>,
    #[serde(default)]
    staff: Vec<StaffSetup>,
    #[serde(default)]
    interfaces: Vec<InterfaceSetup>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LocationSetup {
    name: String,
    zone: Option<String>,
    emr: bool,
    #[serde(default)]
    address: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    map_url: String,
    #[serde(default)]
    booking_url: String,
    #[serde(default)]
    first_visit_info: String,
    /// Where patients may leave a review: name and https address.
    #[serde(default)]
    review_links: Vec<ReviewLink>,
    /// What says that a patient came: "message" (without it), "charge", or "4 hours" after the start.
    arrived: Option<String>,
    /// What ends an episode: "message" (without it), or nothing planned and none for "45 days".
    ended: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffSetup {
    name: String,
    email: String,
    role: String,
    password: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InterfaceSetup {
    name: String,
    listen: Option<String>,
    zone: Option<String>,
    #[serde(default)]
    live: bool,
    authority: Option<String>,
    #[serde(default)]
    trust_offset: bool,
    #[serde(default)]
    appointment_types: BTreeMap<String, String>,
    #[serde(default)]
    providers: BTreeMap<String, String>,
    /// EMR code to location name.
    #[serde(default)]
    locations: BTreeMap<String, String>,
    default_location: Option<String>,
    #[serde(default)]
    discharge_means: DischargeMeans,
    episode_from: Option<Path>,
    default_charset: Option<String>,
    #[serde(default)]
    stamp_from: StampFrom,
    #[serde(default)]
    appointment_number: AppointmentNumber,
    /// Takes test messages too.
    #[serde(default)]
    test_messages: bool,
    #[serde(default)]
    accept_versions: Vec<String>,
    /// Fed by files, not by messages.
    csv: Option<csv::CsvSetup>,
    /// Minutes of open hours without a message after which the feed counts as silent.
    silent_after: Option<u32>,
    /// Weekday to hours, as in mon = "08:00-18:00".
    #[serde(default)]
    open_hours: OpenHours,
}

/// What was made.
pub struct Made {
    pub organization: OrganizationId,
    pub locations: BTreeMap<String, LocationId>,
    pub interfaces: BTreeMap<String, InterfaceId>,
}

impl Setup {
    /// Reads and checks the file: the error names line and key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let setup: Setup =
            toml::from_str(text).map_err(|e| care::workflow::FileError::of_toml(text, &e).to_string())?;
        for named in std::iter::once(&setup.zone).chain(setup.locations.iter().filter_map(|l| l.zone.as_ref())) {
            if zone::named(named).is_none() {
                return Err(format!("`{named}` is not a time zone: write it as in America/New_York"));
            }
        }
        setup.text_hours()?;
        setup.locations.iter().try_for_each(|l| l.rules().map(|_| ()))?;
        let known: Vec<_> = content::workflows().into_iter().map(|(key, _)| key).collect();
        if let Some(wanted) = setup.workflows.iter().find(|key| !known.contains(key)) {
            return Err(format!("there is no workflow `{wanted}`: choose from {}", known.join(", ")));
        }
        for person in &setup.staff {
            role(&person.role)?;
            if person.password.chars().count() < 10 {
                return Err(format!("the password of {} is shorter than 10 characters", person.name));
            }
        }
        Ok(setup)
    }

    fn text_hours(&self) -> Result<TextHours, String> {
        let read = self.text_hours.as_deref().map(str::parse).transpose();
        Ok(read.map_err(|e: OpenHoursError| format!("text_hours: {e}"))?.unwrap_or_default())
    }

    /// The workflows that are switched on from the start.
    pub fn active(&self) -> &[String] {
        &self.workflows
    }

    /// Makes the organization with everything in the file, and publishes the global workflows: those the file names
    /// active, all others inactive.
    pub async fn make(&self, store: &Store, now: Timestamp) -> Result<Made, String> {
        let said = |e: store::Error| e.to_string();
        let organization = OrganizationId(ids::new_id(now));
        let mut tx = store.begin(organization).await.map_err(said)?;
        tx.create_organization(&NewOrganization {
            id: organization,
            name: self.name.clone(),
            zone: self.zone.clone(),
            phone: self.phone.clone(),
            mail_from: self.mail_from.clone(),
            created_at: now,
            budget: self.attention.clone(),
            text_hours: self.text_hours()?,
        })
        .await
        .map_err(said)?;
        let mut made = Made { organization, locations: BTreeMap::new(), interfaces: BTreeMap::new() };
        for location in &self.locations {
            let row = location.row(LocationId(ids::new_id(now)), &self.zone);
            made.locations.insert(row.name.clone(), row.id);
            tx.put_location(&row).await.map_err(said)?;
        }
        for person in &self.staff {
            if store.find_staff(&person.email.trim().to_lowercase()).await.map_err(said)?.is_some() {
                return Err(format!(
                    "{} can sign in already: a clinic is made once, so give {} another address",
                    person.email, person.name
                ));
            }
            let password_hash = password::hash(&person.password).ok_or("the password could not be hashed")?;
            let (id, email) = (StaffId(ids::new_id(now)), person.email.trim().to_lowercase());
            let new = NewStaff { id, email, name: person.name.clone(), role: role(&person.role)?, password_hash };
            tx.create_staff(&new).await.map_err(said)?;
        }
        for interface in &self.interfaces {
            let row = interface.row(InterfaceId(ids::new_id(now)), &self.zone, &made.locations)?;
            made.interfaces.insert(row.name.clone(), row.id);
            tx.put_interface(&row).await.map_err(said)?;
            let of = |e| format!("interface {}: {e}", interface.name);
            for map in interface.csv.iter().map(|csv| csv.maps(row.id, &made.locations).map_err(of)) {
                for map in map? {
                    tx.put_column_map(&map, now, None).await.map_err(said)?;
                }
            }
            interface.map(&mut tx, row.id).await.map_err(said)?;
        }
        for (key, body) in content::workflows() {
            tx.publish_workflow(&key, &body, now).await.map_err(said)?;
        }
        library::publish_shipped(&mut tx, now).await.map_err(said)?;
        for key in &self.workflows {
            tx.activate(key, ids::new_id(now), None, &Activation::open(now)).await.map_err(said)?;
        }
        tx.commit().await.map_err(said)?;
        Ok(made)
    }
}

fn role(word: &str) -> Result<StaffRole, String> {
    word.parse().map_err(|()| format!("`{word}` is not a role: admin, practitioner, front_desk"))
}

/// "4 hours".
fn counted(text: &str, unit: &str) -> Option<i32> {
    let (count, word) = text.split_once(' ')?;
    let count: i32 = count.parse().ok().filter(|count| *count > 0)?;
    (word.trim_end_matches('s') == unit).then_some(count)
}

impl LocationSetup {
    fn row(&self, id: LocationId, zone: &str) -> LocationRow {
        LocationRow {
            id,
            name: self.name.clone(),
            zone: self.zone.clone().unwrap_or_else(|| zone.to_owned()),
            has_emr: self.emr,
            address: self.address.clone(),
            phone: self.phone.clone(),
            map_url: self.map_url.clone(),
            booking_url: self.booking_url.clone(),
            first_visit_info: self.first_visit_info.clone(),
            review_links: self.review_links.clone(),
            rules: self.rules().unwrap_or_default(),
        }
    }

    fn rules(&self) -> Result<LocationRules, String> {
        let wrong = |key: &str, word: &str, allowed: &str| {
            format!("location {}: `{word}` is not what `{key}` may be: {allowed}", self.name)
        };
        let mut rules = LocationRules::default();
        match self.arrived.as_deref() {
            None | Some("message") => {}
            Some("charge") => rules.charge_is_arrival = true,
            Some(word) => {
                let hours = counted(word, "hour").filter(|hours| *hours <= 72);
                let hours =
                    hours.ok_or_else(|| wrong("arrived", word, "message, charge, or a time as in `4 hours`"))?;
                rules.arrived_after_hours = Some(hours);
            }
        }
        match self.ended.as_deref() {
            None | Some("message") => {}
            Some(word) => {
                let days = counted(word, "day").filter(|days| *days <= 730);
                rules.ended_after_days =
                    Some(days.ok_or_else(|| wrong("ended", word, "message, or a time as in `45 days`"))?);
            }
        }
        Ok(rules)
    }
}

impl InterfaceSetup {
    fn feed(&self) -> Result<Option<Feed>, String> {
        match &self.csv {
            Some(_) if self.listen.is_some() => {
                Err(format!("interface {}: it is fed by files or listens, not both", self.name))
            }
            Some(csv) => csv.feed().map(Some).map_err(|e| format!("interface {}: {e}", self.name)),
            None => Ok(None),
        }
    }

    /// What the EMR's words mean from the start. They were read before.
    async fn map(&self, tx: &mut OrgTx, id: InterfaceId) -> Result<(), store::Error> {
        for (code, word) in &self.appointment_types {
            tx.put_visit_type(id, code, word.parse().ok(), SaidBy::default()).await?;
        }
        for (code, name) in &self.providers {
            let claim = ClaimRow { code: code.clone(), name: name.clone(), staff: None };
            tx.put_claim(id, &claim, SaidBy::default()).await?;
        }
        Ok(())
    }

    fn row(
        &self,
        id: InterfaceId,
        zone: &str,
        locations: &BTreeMap<String, LocationId>,
    ) -> Result<InterfaceRow, String> {
        let place = |name: &String| {
            locations
                .get(name)
                .copied()
                .ok_or_else(|| format!("interface {}: there is no location `{name}`", self.name))
        };
        let mut types = BTreeMap::new();
        for (code, word) in &self.appointment_types {
            let mapped = match word.as_str() {
                "ignore" => MappedType::Ignore,
                word => MappedType::Type(
                    word.parse::<VisitType>().map_err(|e| format!("interface {}: {e}, ignore", self.name))?,
                ),
            };
            types.insert(code.clone(), mapped);
        }
        let settings = Interface {
            trust_offset: self.trust_offset,
            authority: self.authority.clone(),
            appointment_types: types,
            providers: self.providers.clone(),
            locations: self
                .locations
                .iter()
                .map(|(code, name)| Ok((code.clone(), place(name)?)))
                .collect::<Result<_, String>>()?,
            default_location: self.default_location.as_ref().map(place).transpose()?,
            discharge_means: self.discharge_means,
            episode_from: self.episode_from.clone(),
            default_charset: self.default_charset.clone(),
            stamp_from: self.stamp_from,
            appointment_number: self.appointment_number,
            production: !self.test_messages,
            accept_versions: self.accept_versions.clone(),
            csv: self.feed()?,
            guard: self.silent_after.map(|silent_after| Guard { silent_after, open: self.open_hours.clone() }),
            ..Interface::new(id, self.zone.as_deref().unwrap_or(zone))
        };
        settings.check().map_err(|e| format!("interface {}: {e}", self.name))?;
        let settings = serde_json::to_value(&settings).map_err(|e| e.to_string())?;
        let state = if self.live { InterfaceState::Live } else { InterfaceState::Loading };
        Ok(InterfaceRow { id, name: self.name.clone(), listen: self.listen.clone(), state, settings, live_since: None })
    }
}

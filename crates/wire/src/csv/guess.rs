//! Which column probably holds what, from the names systems give them. A person looks at it before it is used.

use super::mapping::{Column, Dates, Kind, Mapping};

/// Names without spaces, signs and case; the best first.
const NAMES: &[(Column, &[&str])] = &[
    (
        Column::PatientNumber,
        &[
            "patientnumber",
            "patientid",
            "mrn",
            "medicalrecordnumber",
            "patientno",
            "chartnumber",
            "accountnumber",
            "clientid",
            "patient",
        ],
    ),
    (Column::Given, &["given", "givenname", "firstname", "first", "patientfirstname", "forename"]),
    (Column::Family, &["family", "familyname", "lastname", "last", "patientlastname", "surname"]),
    (Column::BirthDate, &["birthdate", "dateofbirth", "dob", "birthday", "patientdob"]),
    (Column::Sex, &["sex", "gender"]),
    (Column::Language, &["language", "preferredlanguage", "lang"]),
    (Column::Email, &["email", "emailaddress", "patientemail", "mail"]),
    (Column::Mobile, &["mobile", "mobilephone", "cell", "cellphone", "mobilenumber", "phone", "phonenumber"]),
    (Column::Location, &["location", "clinic", "site", "facility", "locationname", "office", "branch"]),
    (
        Column::VisitNumber,
        &[
            "visitnumber",
            "visitid",
            "appointmentid",
            "appointmentnumber",
            "appointmentno",
            "apptid",
            "visitno",
            "bookingid",
            "id",
        ],
    ),
    (
        Column::Start,
        &[
            "start",
            "startdatetime",
            "appointmentdatetime",
            "appointmentstart",
            "startsat",
            "datetime",
            "startdate",
            "appointmentdate",
            "visitdate",
            "apptdate",
            "date",
        ],
    ),
    (Column::StartTime, &["starttime", "appointmenttime", "visittime", "appttime", "time"]),
    (Column::Minutes, &["minutes", "duration", "length", "durationminutes", "lengthminutes"]),
    (Column::VisitType, &["visittype", "appointmenttype", "type", "appttype", "service"]),
    (Column::Practitioner, &["practitioner", "provider", "therapist", "providername", "clinician", "resource"]),
    (Column::Status, &["status", "appointmentstatus", "visitstatus", "apptstatus", "state"]),
    (Column::EpisodeNumber, &["episodenumber", "episodeid", "caseid", "casenumber", "case", "episode"]),
    (Column::Title, &["title", "episodetitle", "casename", "casetitle", "bodypart"]),
    (Column::OpenedOn, &["openedon", "opened", "opendate", "episodestart", "casestart", "startofcare", "startdate"]),
    (Column::DischargedOn, &["dischargedon", "discharged", "dischargedate", "closedon", "enddate", "closed"]),
    (Column::ChangedAt, &["changedat", "lastmodified", "modified", "updatedat", "lastupdated", "lastchanged"]),
];

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// A map for a file of this kind, as far as the names of its columns say.
pub fn guess(kind: Kind, headers: &[String]) -> Mapping {
    let mut mapping = Mapping::new(kind);
    let usable = Mapping::usable(kind);
    let mut taken: Vec<&String> = vec![];
    for (column, names) in NAMES.iter().filter(|(column, _)| usable.contains(column)) {
        let found = names.iter().find_map(|name| headers.iter().find(|h| plain(h) == *name && !taken.contains(h)));
        if let Some(header) = found {
            taken.push(header);
            mapping.columns.insert(*column, header.clone());
        }
    }
    mapping
}

/// What a file with these columns is about.
pub fn guess_kind(headers: &[String]) -> Kind {
    let has = |column| guess(Kind::Visits, headers).columns.contains_key(&column);
    let of_episode = guess(Kind::Episodes, headers).columns;
    match () {
        () if has(Column::VisitNumber) && has(Column::Start) => Kind::Visits,
        () if of_episode.contains_key(&Column::EpisodeNumber) => Kind::Episodes,
        () => Kind::Patients,
    }
}

/// How dates are written, from a few of them; where they do not say, as in America.
pub fn guess_dates<'s>(samples: impl Iterator<Item = &'s str>) -> Dates {
    let mut guessed = None;
    for sample in samples {
        let day = sample.trim().split([' ', 'T']).next().unwrap_or_default();
        let parts: Vec<u16> = day.split(['-', '/', '.']).filter_map(|part| part.parse().ok()).collect();
        match parts[..] {
            [first, _, _] if first > 31 => return Dates::Iso,
            [first, _, _] if first > 12 => return Dates::DayFirst,
            [_, second, _] if second > 12 => return Dates::MonthFirst,
            [_, _, _] if day.contains('.') => guessed = Some(Dates::DayFirst),
            [_, _, _] => guessed = guessed.or(Some(Dates::MonthFirst)),
            _ => {}
        }
    }
    guessed.unwrap_or(Dates::Iso)
}

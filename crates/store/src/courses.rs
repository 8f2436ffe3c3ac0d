//! How episodes go by their forms: rows that are written with the chart, and the lists of the outcomes page.

use care::id::{LocationId, PatientId};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx};

/// One episode by one form.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseRow {
    /// Tells the episodes of a patient apart.
    pub episode: String,
    pub content: String,
    pub instrument: String,
    pub is_open: bool,
    pub location: Option<LocationId>,
    pub practitioner: Option<String>,
    pub region: Option<String>,
    pub baseline: Option<(f64, Date)>,
    pub latest: Option<(f64, Date)>,
    pub asked: i32,
    pub answered: i32,
    pub gained: Option<bool>,
    pub stuck_on: Option<Date>,
}

/// What is looked at; `None`: all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CourseFilter {
    pub location: Option<LocationId>,
    pub practitioner: Option<String>,
    pub region: Option<String>,
    pub content: Option<String>,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseLine {
    pub patient: PatientId,
    pub given: String,
    pub family: String,
    pub course: CourseRow,
}

/// How the open episodes stand by one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseCounts {
    pub content: String,
    pub instrument: String,
    pub fails: i64,
    pub not_asked_again: i64,
    pub on_the_way: i64,
    pub gained: i64,
    pub no_baseline: i64,
    pub asked: i64,
    pub answered: i64,
}

impl OrgTx {
    /// Puts a patient's courses in the place of those there were.
    pub async fn write_courses(&mut self, patient: PatientId, rows: &[CourseRow]) -> Result<(), Error> {
        let text = |of: fn(&CourseRow) -> String| rows.iter().map(of).collect::<Vec<_>>();
        let maybe = |of: fn(&CourseRow) -> Option<String>| rows.iter().map(of).collect::<Vec<_>>();
        let number = |of: fn(&CourseRow) -> Option<f64>| rows.iter().map(of).collect::<Vec<_>>();
        let day =
            |of: fn(&CourseRow) -> Option<Date>| rows.iter().map(|r| of(r).map(|d| d.to_sqlx())).collect::<Vec<_>>();
        sqlx::query!("delete from courses where organization = $1 and patient = $2", self.org(), patient.0)
            .execute(&mut *self.tx)
            .await?;
        if rows.is_empty() {
            return Ok(());
        }
        let (first, last) = (day(|r| r.baseline.map(|b| b.1)), day(|r| r.latest.map(|b| b.1)));
        let stuck = day(|r| r.stuck_on);
        let places: Vec<Option<Uuid>> = rows.iter().map(|r| r.location.map(|l| l.0)).collect();
        let (asked, answered): (Vec<i32>, Vec<i32>) = rows.iter().map(|r| (r.asked, r.answered)).unzip();
        let open: Vec<bool> = rows.iter().map(|r| r.is_open).collect();
        let gained: Vec<Option<bool>> = rows.iter().map(|r| r.gained).collect();
        sqlx::query!(
            "insert into courses (organization, patient, episode, content, instrument, is_open, location, practitioner,
                 region, baseline, baseline_on, latest, latest_on, asked, answered, gained, stuck_on)
             select $1, $2, * from unnest($3::text[], $4::text[], $5::text[], $6::bool[], $7::uuid[], $8::text[],
                 $9::text[], $10::float8[], $11::date[], $12::float8[], $13::date[], $14::int[], $15::int[], $16::bool[],
                 $17::date[])",
            self.org(),
            patient.0,
            &text(|r| r.episode.clone()),
            &text(|r| r.content.clone()),
            &text(|r| r.instrument.clone()),
            &open,
            &places as &[Option<Uuid>],
            &maybe(|r| r.practitioner.clone()) as &[Option<String>],
            &maybe(|r| r.region.clone()) as &[Option<String>],
            &number(|r| r.baseline.map(|b| b.0)) as &[Option<f64>],
            first.as_slice() as _,
            &number(|r| r.latest.map(|b| b.0)) as &[Option<f64>],
            last.as_slice() as _,
            &asked,
            &answered,
            &gained as &[Option<bool>],
            stuck.as_slice() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Courses of open episodes: those that fail to progress first, then those nobody asked again about.
    pub async fn courses(
        &mut self,
        filter: &CourseFilter,
        today: Date,
        (skip, most): (i64, i64),
    ) -> Result<Vec<CourseLine>, Error> {
        let rows = sqlx::query!(
            r#"select c.patient, p.given, p.family, c.episode, c.content, c.instrument, c.location, c.practitioner, c.region,
                 c.baseline, c.baseline_on as "baseline_on: jiff_sqlx::Date", c.latest,
                 c.latest_on as "latest_on: jiff_sqlx::Date", c.asked, c.answered, c.gained,
                 c.stuck_on as "stuck_on: jiff_sqlx::Date"
             from courses c join patients p on p.organization = c.organization and p.id = c.patient
             where c.organization = $1 and c.is_open and p.merged_into is null
               and ($2::uuid is null or c.location = $2) and ($3::text is null or c.practitioner = $3)
               and ($4::text is null or c.region = $4) and ($5::text is null or c.content = $5)
               and exists (select from assignments a where a.organization = c.organization and a.patient = c.patient
                   and a.content = c.content and a.withdrawn_at is null)
             order by case when c.stuck_on <= $6 and c.latest is not null then 0 when c.stuck_on <= $6 then 1
                   when c.baseline is not null and c.gained is not true then 2 when c.gained then 3 else 4 end,
                 c.stuck_on nulls last, p.search_name, p.id, c.content
             limit $7 offset $8"#,
            self.org(),
            filter.location.map(|l| l.0),
            filter.practitioner,
            filter.region,
            filter.content,
            today.to_sqlx() as _,
            most,
            skip
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let line = rows.into_iter().map(|r| CourseLine {
            patient: PatientId(r.patient),
            given: r.given,
            family: r.family,
            course: CourseRow {
                episode: r.episode,
                content: r.content,
                instrument: r.instrument,
                is_open: true,
                location: r.location.map(LocationId),
                practitioner: r.practitioner,
                region: r.region,
                baseline: r.baseline.zip(r.baseline_on.map(|d| d.to_jiff())),
                latest: r.latest.zip(r.latest_on.map(|d| d.to_jiff())),
                asked: r.asked,
                answered: r.answered,
                gained: r.gained,
                stuck_on: r.stuck_on.map(|d| d.to_jiff()),
            },
        });
        Ok(line.collect())
    }

    /// How many of them stand where, by form.
    pub async fn course_counts(&mut self, filter: &CourseFilter, today: Date) -> Result<Vec<CourseCounts>, Error> {
        let rows = sqlx::query!(
            r#"select c.content, min(c.instrument) as "instrument!",
                 count(*) filter (where c.stuck_on <= $6 and c.latest is not null) as "fails!",
                 count(*) filter (where c.stuck_on <= $6 and c.latest is null) as "not_asked_again!",
                 count(*) filter (where c.stuck_on > $6) as "on_the_way!",
                 count(*) filter (where c.baseline is not null and c.stuck_on is null) as "gained!",
                 count(*) filter (where c.baseline is null) as "no_baseline!",
                 sum(c.asked) as "asked!", sum(c.answered) as "answered!"
             from courses c join patients p on p.organization = c.organization and p.id = c.patient
             where c.organization = $1 and c.is_open and p.merged_into is null
               and ($2::uuid is null or c.location = $2) and ($3::text is null or c.practitioner = $3)
               and ($4::text is null or c.region = $4) and ($5::text is null or c.content = $5)
               and exists (select from assignments a where a.organization = c.organization and a.patient = c.patient
                   and a.content = c.content and a.withdrawn_at is null)
             group by c.content order by c.content"#,
            self.org(),
            filter.location.map(|l| l.0),
            filter.practitioner,
            filter.region,
            filter.content,
            today.to_sqlx() as _
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let counts = rows.into_iter().map(|r| CourseCounts {
            content: r.content,
            instrument: r.instrument,
            fails: r.fails,
            not_asked_again: r.not_asked_again,
            on_the_way: r.on_the_way,
            gained: r.gained,
            no_baseline: r.no_baseline,
            asked: r.asked,
            answered: r.answered,
        });
        Ok(counts.collect())
    }

    /// What there is to filter by: practitioners, regions, forms.
    pub async fn course_choices(&mut self) -> Result<(Vec<String>, Vec<String>, Vec<String>), Error> {
        let row = sqlx::query!(
            r#"select coalesce(array_agg(distinct practitioner) filter (where practitioner is not null), '{}') as "practitioners!",
                 coalesce(array_agg(distinct region) filter (where region is not null), '{}') as "regions!",
                 coalesce(array_agg(distinct content), '{}') as "contents!"
             from courses where organization = $1 and is_open"#,
            self.org()
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok((row.practitioners, row.regions, row.contents))
    }
}

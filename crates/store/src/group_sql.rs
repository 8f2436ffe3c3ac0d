//! A patient group as SQL, for counts and lists over all patients. It says for each patient what `Group::holds_for_patient`
//! says, and the server's tests hold the two against each other.
//!
//! Every value goes in as a parameter. Every clause gives true or false, never null: a value that is not known fails each
//! but `!=`.

use std::collections::BTreeSet;

use care::id::PatientId;
use care::workflow::group::{Clause, Field, Group, Op, Shape, Value};
use care::zone;
use jiff::Timestamp;
use jiff_sqlx::{Date, ToSqlx};
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, Postgres, QueryBuilder};

use crate::{Error, OrgTx};

/// $1 organization, $2 now, $3 zones, $4 the date in each. The dates come from the zone table in the program, not from the
/// database's own.
const PATIENTS: &str = "
    from patients p
    join organizations o on o.id = p.organization
    left join locations l on l.organization = p.organization and l.id = p.home_location
    left join unnest($3::text[], $4::date[]) as d(zone, today) on d.zone = coalesce(p.zone, l.zone, o.zone)
    left join (
        select e.patient, count(*) as booked,
            (trunc(extract(epoch from min(e.starts_at))) - trunc(extract(epoch from $2::timestamptz)))::float8 / 3600
                as hours
        from encounters e where e.organization = $1 and e.state = 'planned' and e.starts_at > $2
        group by e.patient
    ) v on v.patient = p.id
    where p.organization = $1 and p.merged_into is null and ";

const OPEN_FORMS: &str = "(
    select count(*) from assignments a where a.organization = $1 and a.patient = p.id
        and a.content like 'questionnaire/%' and a.completed_at is null and a.withdrawn_at is null
        and (a.expires_at is null or a.expires_at > $2))::float8";

/// What a field is in SQL, over the rows of [`PATIENTS`]; of the type that [`Field::shape`] says, null when it is not known.
fn seen(field: Field) -> &'static str {
    match field {
        // A zone that was written since the zones were read: its date in UTC, until the next count.
        Field::Age => "age_on(p.birth_date, coalesce(d.today, ($2 at time zone 'UTC')::date))::float8",
        Field::Sex => "p.sex",
        Field::Language => "coalesce(p.language, 'en')",
        Field::Registered => "p.registered",
        Field::Tags => "p.tags",
        Field::Location => "l.name",
        Field::EpisodeOpen => "p.any_episode_open",
        Field::VisitsBooked => "coalesce(v.booked, 0)::float8",
        Field::VisitsArrived => "p.visits_arrived::float8",
        Field::HoursToVisit => "v.hours",
        // Of the anchor's visit, and there is no anchor.
        Field::Practitioner => "null::text",
        Field::HasEmail => "p.has_email",
        Field::HasMobile => "p.has_mobile",
        Field::OpenForms => OPEN_FORMS,
        Field::Consents => "p.consents",
    }
}

fn comparison(op: Op) -> Option<&'static str> {
    match op {
        Op::Eq => Some("="),
        Op::Ne => Some("<>"),
        Op::Gt => Some(">"),
        Op::Ge => Some(">="),
        Op::Lt => Some("<"),
        Op::Le => Some("<="),
        Op::In | Op::Has => None,
    }
}

/// Appends the condition that a patient belongs to the group.
fn push_group(sql: &mut QueryBuilder<Postgres>, group: &Group) {
    match group {
        Group::All(parts) | Group::Any(parts) if parts.is_empty() => {
            sql.push("true");
        }
        Group::All(parts) => push_parts(sql, parts, " and "),
        Group::Any(parts) => push_parts(sql, parts, " or "),
        Group::Not(part) => {
            sql.push("not ");
            push_parts(sql, std::slice::from_ref(part), "");
        }
        Group::Clause(clause) => push_clause(sql, clause),
    }
}

fn push_parts(sql: &mut QueryBuilder<Postgres>, parts: &[Group], between: &str) {
    for (i, part) in parts.iter().enumerate() {
        sql.push(if i == 0 { "(" } else { between });
        push_group(sql, part);
    }
    sql.push(")");
}

fn push_clause(sql: &mut QueryBuilder<Postgres>, clause: &Clause) {
    let (seen, op) = (seen(clause.field), clause.op);
    let unless_known = op == Op::Ne;
    sql.push("coalesce(");
    match (clause.field.shape(), &clause.value, comparison(op)) {
        (Shape::YesNo, Value::Bool(value), Some(sign)) if matches!(op, Op::Eq | Op::Ne) => {
            sql.push(format_args!("{seen} {sign} ")).push_bind(*value);
        }
        // Not a number is unequal to every number; the database holds it for the greatest.
        (Shape::Number, Value::Number(value), Some(_)) if value.is_nan() => {
            sql.push(unless_known);
        }
        (Shape::Number, Value::Number(value), Some(sign)) => {
            sql.push(format_args!("{seen} {sign} ")).push_bind(*value);
        }
        (Shape::Text, Value::Text(value), Some(sign)) => {
            sql.push(format_args!("({seen}) collate \"C\" {sign} ")).push_bind(value.clone());
        }
        (Shape::Text, Value::List(values), None) if op == Op::In => {
            sql.push(format_args!("({seen}) collate \"C\" = any(")).push_bind(values.clone()).push(")");
        }
        (Shape::List, Value::Text(value), None) if op == Op::Has => {
            sql.push_bind(value.clone()).push(format_args!(" = any({seen})"));
        }
        // What the value is not: no patient is that, as far as it is known.
        (Shape::YesNo | Shape::Number | Shape::Text | Shape::List, _, _) => {
            sql.push(format_args!("case when ({seen}) is not null then false end"));
        }
    }
    sql.push(format_args!(", {unless_known})"));
}

impl OrgTx {
    /// How many patients belong to the group, asked without an event. Whom messages may reach is another question.
    pub async fn count_group(&mut self, group: &Group, now: Timestamp) -> Result<i64, Error> {
        let mut sql = self.select("select count(*)", group, now).await?;
        Ok(sql.build_query_scalar().persistent(false).fetch_one(&mut *self.tx).await?)
    }

    /// The patients of the group by name.
    pub async fn list_group(
        &mut self,
        group: &Group,
        now: Timestamp,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<PatientId>, Error> {
        let mut sql = self.select("select p.id", group, now).await?;
        sql.push(" order by p.search_name, p.id limit ").push_bind(limit).push(" offset ").push_bind(offset);
        let ids = sql.build_query_scalar().persistent(false).fetch_all(&mut *self.tx).await?;
        Ok(ids.into_iter().map(PatientId).collect())
    }

    async fn select(&mut self, what: &str, group: &Group, now: Timestamp) -> Result<QueryBuilder<Postgres>, Error> {
        let (zones, dates): (Vec<String>, Vec<Date>) = self
            .zones(group)
            .await?
            .into_iter()
            .map(|zone| (zone.clone(), zone::date_in(now, &zone).to_sqlx()))
            .unzip();
        let mut given = PgArguments::default();
        let all = [given.add(self.org()), given.add(now.to_sqlx()), given.add(zones), given.add(dates)];
        all.into_iter().collect::<Result<(), _>>().map_err(sqlx::Error::Encode)?;
        let mut sql = QueryBuilder::with_arguments(format!("{what}{PATIENTS}"), given);
        push_group(&mut sql, group);
        Ok(sql)
    }

    /// The zones in which patients read the clock, when the group asks for a date.
    async fn zones(&mut self, group: &Group) -> Result<BTreeSet<String>, Error> {
        if !group.leaves().iter().any(|clause| clause.field == Field::Age) {
            return Ok(BTreeSet::new());
        }
        let zones = sqlx::query_scalar!(
            r#"select distinct coalesce(p.zone, l.zone, o.zone) as "zone!"
               from patients p
               join organizations o on o.id = p.organization
               left join locations l on l.organization = p.organization and l.id = p.home_location
               where p.organization = $1 and p.merged_into is null"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(zones.into_iter().collect())
    }
}

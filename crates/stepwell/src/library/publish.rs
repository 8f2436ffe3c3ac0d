//! Items become versions of an organization's library, or are refused with the reason.

use care::id::StaffId;
use care::library::{Header, Language, Problem, Reference, Scope};
use jiff::Timestamp;
use store::{Clash, Error, LibraryRow, NewItem, OrgTx, Published};

use super::files::{self, Found};
use super::shelves::Shelves;
use super::{Content, read};
use crate::content;

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub file: String,
    pub said: Result<(Reference, u32, Published), Problem>,
}

/// Publishes what was found in files: what is new, or a new version. The rest is said of each, and stays as it is.
pub async fn publish(
    shelves: &mut impl Shelves,
    found: Vec<Found>,
    scope: Scope,
    now: Timestamp,
    by: Option<StaffId>,
) -> Result<Vec<Outcome>, Error> {
    let (mut refused, mut items) = (vec![], vec![]);
    for file in found {
        match item_of(&file, scope, now, by) {
            Ok(item) => items.push((file.file, item)),
            Err(problem) => refused.push(Outcome { file: file.file, said: Err(problem) }),
        }
    }
    let mut outcomes = put(shelves, items).await?;
    outcomes.extend(refused);
    outcomes.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(outcomes)
}

/// Publishes items, each with the name of its file, and says of each what became of it.
pub async fn put(shelves: &mut impl Shelves, items: Vec<(String, NewItem)>) -> Result<Vec<Outcome>, Error> {
    let (files, items): (Vec<String>, Vec<NewItem>) = items.into_iter().unzip();
    let published = shelves.put(&items).await?;
    let outcome = |((file, item), published): ((String, NewItem), Published)| {
        let said = match published {
            Published::Refused(clash) => Err(clashes(&file, &item.row, clash)),
            Published::New | Published::NewVersion(_) | Published::Unchanged => {
                Ok((item.row.name, item.row.version, published))
            }
        };
        Outcome { file, said }
    };
    Ok(files.into_iter().zip(items).zip(published).map(outcome).collect())
}

fn clashes(file: &str, row: &LibraryRow, clash: Clash) -> Problem {
    let LibraryRow { name, version, .. } = row;
    let (field, cure) = match clash {
        Clash::Changed => (
            "version",
            format!(
                "version {version} of {name} is published with another text, and a published version never changes: \
                 write version = {}",
                version.saturating_add(1)
            ),
        ),
        Clash::Older { newest } => (
            "version",
            format!("version {newest} of {name} is published already: write version = {}", newest.saturating_add(1)),
        ),
        Clash::Taken(by) => ("name", taken(name, row.scope, by)),
    };
    Problem { file: file.into(), field: field.into(), cure }
}

/// The name of an item of scope `of` is taken by another.
fn taken(name: &Reference, of: Scope, by: Scope) -> String {
    let whose = match (of, by) {
        (_, Scope::Global) => "global: it ships with Stepwell",
        (_, Scope::Organization) => "the organization's own",
        (Scope::Account, Scope::Account) => "of an account that the clinic was in before",
        (Scope::Global | Scope::Organization, Scope::Account) => "your account's",
    };
    let cure = match of {
        Scope::Account => "stays as it is: give the account's another name",
        Scope::Global | Scope::Organization => "is not changed here: give yours another name",
    };
    format!("{name} is {whose}, and {cure}")
}

fn item_of(found: &Found, scope: Scope, now: Timestamp, by: Option<StaffId>) -> Result<NewItem, Problem> {
    let text = found.text.clone()?;
    let wrong = |cure| Problem { file: found.file.clone(), field: "name".into(), cure };
    let name = Reference::new(found.kind, &found.id).map_err(wrong)?;
    let (header, item) = read(found.kind, &found.file, &text)?;
    Ok(new_item(name, header, &item, text, scope, now, by))
}

fn new_item(
    name: Reference,
    header: Header,
    item: &Content,
    body: String,
    scope: Scope,
    now: Timestamp,
    by: Option<StaffId>,
) -> NewItem {
    let title = match item {
        // What stands over a message has variables in it.
        Content::Message(_) => words_of(&name.id),
        other => other.title(Language::En).to_owned(),
    };
    let row = LibraryRow {
        name,
        version: header.version,
        scope,
        title,
        licence: header.licence.to_string(),
        attribution: header.attribution,
        source: header.source,
        languages: item.languages().into_iter().map(|language| language.code().to_owned()).collect(),
        instrument: item.instrument(),
        published_at: now,
    };
    NewItem { row, body, by }
}

/// "visit-reminder" as "Visit reminder".
fn words_of(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut signs = words.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}

/// What ships, and which files of it do not load.
pub fn shipped(now: Timestamp) -> (Vec<NewItem>, Vec<Problem>) {
    let (mut items, mut problems) = (vec![], vec![]);
    for found in files::found(&content::files(), "content/") {
        match item_of(&found, Scope::Global, now, None) {
            Ok(item) => items.push(item),
            Err(problem) => problems.push(problem),
        }
    }
    (items, problems)
}

/// Publishes what ships. What cannot be published is named, and the rest is.
pub async fn publish_shipped(tx: &mut OrgTx, now: Timestamp) -> Result<(), Error> {
    let outcomes = publish(tx, files::found(&content::files(), "content/"), Scope::Global, now, None).await?;
    for problem in outcomes.into_iter().filter_map(|outcome| outcome.said.err()) {
        tracing::error!("{problem}");
    }
    Ok(())
}

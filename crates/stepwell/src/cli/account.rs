//! `stepwell account`: accounts, and which clinics are in them.

use care::id::{AccountId, OrganizationId};
use clap::{Args, Subcommand};
use store::AccountTx;

use super::DatabaseArgs;
use super::clinics::{quiet_roof, say, the_clinic};
use super::content::report;
use crate::Roof;
use crate::library::account::join;

#[derive(Args)]
pub struct AccountArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make an account: clinics in it share content.
    Add(Named),
    /// Say which accounts there are, and which clinics are in each.
    List(DatabaseArgs),
    /// Put a clinic into an account, and bring it what the account has.
    Join {
        #[command(flatten)]
        account: Named,
        /// The clinic, by its name; needed only where there are several.
        #[arg(long)]
        organization: Option<String>,
    },
    /// Let an administrator of a clinic go into every clinic of its account.
    Admin {
        /// The address they sign in with.
        email: String,
        /// Take it back.
        #[arg(long)]
        remove: bool,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Take a clinic out of its account. What it has of it stays, and no newer version comes.
    Leave {
        /// The clinic, by its name; needed only where there are several.
        #[arg(long)]
        organization: Option<String>,
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

#[derive(Args)]
struct Named {
    /// The account.
    name: String,
    #[command(flatten)]
    database: DatabaseArgs,
}

impl What {
    fn database(&self) -> &DatabaseArgs {
        match self {
            What::Add(Named { database, .. })
            | What::List(database)
            | What::Join { account: Named { database, .. }, .. }
            | What::Admin { database, .. }
            | What::Leave { database, .. } => database,
        }
    }
}

pub async fn run(args: AccountArgs) -> Result<(), String> {
    let database = args.what.database().open().await.map_err(|e| e.to_string())?;
    let roof = quiet_roof(&database);
    let done = match &args.what {
        What::Add(account) => add(&roof, account.name.trim()).await,
        What::List(_) => list(&roof).await,
        What::Join { account, organization } => join_one(&roof, &account.name, organization.as_deref()).await,
        What::Admin { email, remove, .. } => admin(&roof, email, *remove).await,
        What::Leave { organization, .. } => leave(&roof, organization.as_deref()).await,
    };
    database.close().await.map_err(|e| e.to_string())?;
    say(&done?)
}

fn words(e: store::Error) -> String {
    e.to_string()
}

async fn add(roof: &Roof, name: &str) -> Result<String, String> {
    if name.is_empty() {
        return Err("an account needs a name: stepwell account add NAME".into());
    }
    if accounts(roof).await?.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)) {
        return Err(format!("there is an account {name} already: give this one another name"));
    }
    let mut tx = roof.app.begin_account(AccountId(roof.new_id())).await.map_err(words)?;
    tx.create(name, roof.now()).await.map_err(words)?;
    tx.commit().await.map_err(words)?;
    Ok(format!("made {name}; put a clinic into it with `stepwell account join`\n"))
}

async fn list(roof: &Roof) -> Result<String, String> {
    let mut lines = String::new();
    for (name, id) in accounts(roof).await? {
        let mut tx = roof.app.begin_account(id).await.map_err(words)?;
        let clinics = clinics_of(&mut tx).await.map_err(words)?;
        let clinics = if clinics.is_empty() { "no clinic".into() } else { clinics.join(", ") };
        lines.push_str(&format!("{name}: {clinics}\n"));
    }
    if lines.is_empty() {
        lines.push_str("there is no account; make one with `stepwell account add NAME`\n");
    }
    Ok(lines)
}

async fn clinics_of(tx: &mut AccountTx) -> Result<Vec<String>, store::Error> {
    let mut names = vec![];
    for organization in tx.organizations().await? {
        names.push(tx.turn_to(organization).await?.clinic().await?.clinic.name);
    }
    names.sort();
    Ok(names)
}

async fn join_one(roof: &Roof, name: &str, organization: Option<&str>) -> Result<String, String> {
    let (account, name) = the_account(roof, name).await?;
    let clinic = the_clinic(roof, organization).await?;
    let mut tx = roof.app.begin(clinic).await.map_err(words)?;
    let called = tx.clinic().await.map_err(words)?.clinic.name;
    match tx.account().await.map_err(words)? {
        Some((other, of)) if other != account => {
            return Err(format!(
                "{called} is in the account {of}: take it out first with `stepwell account leave --organization \"{called}\"`"
            ));
        }
        Some(_) | None => {}
    }
    let outcomes = join(&mut tx, account, roof.now()).await.map_err(words)?;
    tx.commit().await.map_err(words)?;
    Ok(format!("{}{called} is in {name}\n", report(&outcomes)))
}

async fn leave(roof: &Roof, organization: Option<&str>) -> Result<String, String> {
    let clinic: OrganizationId = the_clinic(roof, organization).await?;
    let mut tx = roof.app.begin(clinic).await.map_err(words)?;
    let called = tx.clinic().await.map_err(words)?.clinic.name;
    let Some((_, name)) = tx.account().await.map_err(words)? else {
        return Err(format!("{called} is in no account: there is nothing to leave"));
    };
    tx.set_account(None).await.map_err(words)?;
    tx.commit().await.map_err(words)?;
    Ok(format!("{called} has left {name}: what it has stays, in the versions it has\n"))
}

async fn admin(roof: &Roof, email: &str, remove: bool) -> Result<String, String> {
    let found = roof.app.find_staff(&email.trim().to_lowercase()).await.map_err(words)?;
    let (clinic, staff) = found.ok_or("nobody signs in with this address: look at it again")?;
    let mut tx = roof.app.begin(clinic).await.map_err(words)?;
    let called = tx.clinic().await.map_err(words)?.clinic.name;
    let account = tx.account().await.map_err(words)?;
    let said = match (&account, remove) {
        (_, true) => format!("{email} is in {called} only\n"),
        (Some((_, name)), false) => format!("{email} may go into every clinic of {name}\n"),
        (None, false) => {
            return Err(format!("{called} is in no account: put it into one with `stepwell account join`"));
        }
    };
    let account = account.map(|(id, _)| id).filter(|_| !remove);
    if !tx.set_account_admin(staff, account).await.map_err(words)? {
        return Err(format!("{email} is no administrator of {called}: name one who is"));
    }
    tx.commit().await.map_err(words)?;
    Ok(said)
}

/// All accounts, by name.
async fn accounts(roof: &Roof) -> Result<Vec<(String, AccountId)>, String> {
    let mut all = vec![];
    for id in roof.app.accounts().await.map_err(words)? {
        all.push((roof.app.begin_account(id).await.map_err(words)?.name().await.map_err(words)?, id));
    }
    all.sort();
    Ok(all)
}

/// The account of that name, as it writes itself.
pub async fn the_account(roof: &Roof, name: &str) -> Result<(AccountId, String), String> {
    let all = accounts(roof).await?;
    if let Some((own, id)) = all.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)) {
        return Ok((*id, own.clone()));
    }
    let names: Vec<&str> = all.iter().map(|(own, _)| own.as_str()).collect();
    Err(match names.is_empty() {
        true => "there is no account yet: make one with `stepwell account add NAME`".into(),
        false => format!("no such account; there are: {}", names.join(", ")),
    })
}

//! What an account shares: published once, and brought into the library of each of its clinics.

use care::id::{AccountId, StaffId};
use care::library::Scope;
use jiff::Timestamp;
use store::{AccountTx, Error, LibraryRow, NewItem, OrgTx};

use super::import::{Folder, import};
use super::publish::{Outcome, put};
use super::shelves::OfAccount;

/// What became of a folder in the account, and in each of its clinics of what the account has.
pub struct Shared {
    pub account: Vec<Outcome>,
    pub clinics: Vec<(String, Vec<Outcome>)>,
}

/// Publishes what is good of a folder for the account, and brings it to its clinics. A dry run is this, and no commit.
pub async fn share(tx: &mut AccountTx, folder: &Folder, now: Timestamp, by: Option<StaffId>) -> Result<Shared, Error> {
    tx.hold().await?;
    let account = import(&mut OfAccount::new(tx, now), folder, Scope::Account, now, by).await?;
    let mut clinics = vec![];
    for organization in tx.organizations().await? {
        let clinic = tx.turn_to(organization).await?;
        clinics.push((clinic.clinic().await?.clinic.name, bring(clinic, now).await?));
    }
    clinics.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(Shared { account, clinics })
}

/// Puts a clinic into an account, with all that the account has.
pub async fn join(tx: &mut OrgTx, account: AccountId, now: Timestamp) -> Result<Vec<Outcome>, Error> {
    tx.set_account(Some(account)).await?;
    bring(tx, now).await
}

/// What a clinic does not have yet of its account becomes its, from this moment on. Its own items stay as they are.
async fn bring(tx: &mut OrgTx, now: Timestamp) -> Result<Vec<Outcome>, Error> {
    let brought = tx.account_shelf().await?.into_iter().map(|(row, body)| {
        let row = LibraryRow { published_at: now, ..row };
        (row.name.to_string(), NewItem { row, body, by: None })
    });
    let outcomes = put(tx, brought.collect()).await?;
    tx.bring_account_videos().await?;
    Ok(outcomes)
}

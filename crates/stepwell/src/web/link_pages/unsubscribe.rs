//! Unsubscribing. The button on the page stops everything to this address, as the page says; a mail program's one click
//! (RFC 8058) stops the category of the mail it was in.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use care::chart::{Category, What};
use pages::patient::{UnsubscribeConfirm, Unsubscribed};

use super::super::error::WebError;
use super::super::{Web, render};
use super::{does_not_work, open};
use crate::runner::links::Purpose;

/// A mail program sends this as a form of either kind, so it is looked for in the body as it is.
fn is_one_click(body: &str) -> bool {
    body.contains("One-Click")
}

/// What the patient wants no more of; `None` = anything.
fn category(body: &str, of_mail: Category) -> Option<Category> {
    is_one_click(body).then_some(of_mail)
}

pub async fn show(State(web): State<Web>, Path(token): Path<String>) -> Result<Response, WebError> {
    let Some(opened) = open(&web, Purpose::Unsubscribe, &token, false).await? else { return does_not_work() };
    let page = UnsubscribeConfirm {
        frame: opened.frame(),
        address: masked(&opened.delivery.contact.value),
        action: format!("/p/unsubscribe/{token}"),
    };
    Ok(render::html(&page)?.into_response())
}

pub async fn unsubscribe(
    State(web): State<Web>,
    Path(token): Path<String>,
    body: String,
) -> Result<Response, WebError> {
    web.let_time_pass().await?;
    let Some(opened) = open(&web, Purpose::Unsubscribe, &token, true).await? else { return does_not_work() };
    let contact = opened.delivery.contact.clone();
    let page = Unsubscribed { frame: opened.frame(), address: masked(&contact.value) };
    let category = category(&body, opened.delivery.category);
    let known = &opened.known.snapshot.chart.patient.opted_out;
    // Said once is enough; mail programs press more than once.
    if !known.contains(&(contact.clone(), category)) {
        opened.record(&web, What::OptOut { contact, category }).await?;
    }
    Ok(render::html(&page)?.into_response())
}

/// Enough to know one's own address by: "a•••@example.org", "•••0123".
fn masked(address: &str) -> String {
    match address.split_once('@') {
        Some((user, host)) => format!("{}•••@{host}", user.chars().take(1).collect::<String>()),
        None => {
            let shown = address.chars().count().saturating_sub(4);
            format!("•••{}", address.chars().skip(shown).collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_masked() {
        assert_eq!(masked("alma.rivera@example.org"), "a•••@example.org");
        assert_eq!(masked("+13035550123"), "•••0123");
        assert_eq!(masked(""), "•••");
    }

    #[test]
    fn one_click_stops_the_mails_category_and_the_button_stops_all() {
        let multipart = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--";
        for one_click in ["List-Unsubscribe=One-Click", multipart] {
            assert_eq!(category(one_click, Category::Feedback), Some(Category::Feedback));
        }
        for button in ["", "csrf="] {
            assert_eq!(category(button, Category::Feedback), None);
        }
    }
}

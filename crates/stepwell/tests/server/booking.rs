//! From one message of the EMR to the mails.

use delivery::email::message_id;

use crate::app::TestApp;
use crate::messages::{ALMA, alma, elena, message, visit};

#[tokio::test]
async fn one_booking_becomes_an_invite_and_a_welcome_with_a_calendar_file() {
    let mut app = TestApp::start().await;
    let booked = visit("AP1", "IE", "202603101400");
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&booked))).await;

    let mails = app.mails_to(ALMA);
    assert_eq!(mails.len(), 2);
    assert_eq!(app.count_of_mails(), 2, "and none to anybody else");
    for mail in &mails {
        assert_eq!(mail.from, "Riverbend Physical Therapy <hello@riverbend.example>");
        let url = mail.list_unsubscribe.as_ref().unwrap();
        assert!(url.starts_with(&format!("<{}/p/unsubscribe/", app.roof.base_url)) && url.ends_with('>'), "{url}");
        assert_eq!(mail.list_unsubscribe_post.as_deref(), Some("List-Unsubscribe=One-Click"));
        assert_eq!(mail.date, Some(app.roof.now().as_second()));
        for body in [&mail.text, &mail.html] {
            assert!(body.as_ref().unwrap().contains("Alma"), "{body:?}");
        }
    }
    let welcome = mails.iter().find(|m| m.subject == "Your visit at Riverbend Physical Therapy").unwrap();
    let text = welcome.text.as_ref().unwrap();
    assert!(text.contains("Tuesday, March 10 at 2:00 PM") && text.contains("12 Water Street, Albany"), "{text}");
    let calendar = welcome.calendar.as_ref().unwrap();
    assert_eq!(calendar.method.as_deref(), Some("REQUEST"));
    assert!(calendar.body.contains("DTSTART:20260310T180000Z"), "{}", calendar.body);
    let invite = mails.iter().find(|m| m.subject != welcome.subject).unwrap();
    assert!(invite.text.as_ref().unwrap().contains(&format!("{}/p/register/", app.roof.base_url)));
    assert_eq!(invite.calendar, None);
    app.finish().await;
}

#[tokio::test]
async fn the_message_id_is_made_of_the_delivery_and_of_nothing_else() {
    let mut app = TestApp::start().await;
    let booked = visit("AP1", "IE", "202603101400");
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&booked))).await;

    let alma = app.alma().await;
    let mut tx = app.tx().await;
    let mut expected = vec![];
    for row in tx.deliveries(Some(alma)).await.unwrap() {
        assert_eq!((row.state.as_str(), row.attempts), ("sent", 1));
        let key = tx.delivery(row.id).await.unwrap().unwrap().key;
        expected.push(message_id(&key.to_string(), "riverbend.example"));
    }
    drop(tx);
    let mut seen: Vec<String> = app.mails_to(ALMA).into_iter().filter_map(|m| m.message_id).collect();
    expected.sort();
    seen.sort();
    assert_eq!(seen, expected);
    assert_ne!(seen[0], seen[1]);
    app.finish().await;
}

#[tokio::test]
async fn a_patient_who_speaks_spanish_is_written_to_in_spanish() {
    let mut app = TestApp::start().await;
    let booked = visit("AP1", "IE", "202603101400");
    app.emr_sends(&message("S12", "20260302100000", &elena(), Some(&booked))).await;

    let mails = app.mails_to("elena@mail.example");
    assert_eq!(mails.len(), 2);
    let welcome = mails.iter().find(|m| m.subject == "Su visita en Riverbend Physical Therapy").unwrap();
    let text = welcome.text.as_ref().unwrap();
    assert!(text.contains("Hola, Elena") && text.contains("martes, 10 de marzo, 2:00 p. m."), "{text}");
    app.finish().await;
}

#[tokio::test]
async fn a_type_the_clinic_has_not_mapped_is_booked_and_put_on_the_work_list() {
    let mut app = TestApp::start().await;
    let booked = visit("AP1", "NEW-KNEE", "202603101400");
    app.emr_sends(&message("S12", "20260302100000", &alma(), Some(&booked))).await;

    assert_eq!(app.mails_to(ALMA).len(), 0, "nothing that asks for a type starts");
    assert_eq!(app.ask("select kind || ' ' || about from notices").await, ["unmapped_type NEW-KNEE"]);
    assert_eq!(app.ask("select state || ' ' || visit_type from encounters").await, ["planned unmapped"]);
    let plan = app.plan_of(app.alma().await).await;
    assert!(plan.iter().any(|(workflow, ..)| workflow == "visit-reminder"), "{plan:?}");
    app.finish().await;
}

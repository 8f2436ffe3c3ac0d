use crate::Frame;
use askama::Template;

#[derive(Debug, Clone)]
pub struct MailRow {
    pub id: String,
    pub to: String,
    pub subject: String,
    pub when: String,
}

#[derive(Debug, Clone)]
pub struct OpenMail {
    pub id: String,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub when: String,
    pub text: String,
    /// Its HTML is at `/demo/mailbox/{id}/html`, served under [`crate::MAIL_BODY_CSP`].
    pub has_html: bool,
}

/// `GET /demo/mailbox` and `/demo/mailbox/{id}`, served under [`crate::MAILBOX_CSP`].
#[derive(Template)]
#[template(path = "staff/mailbox.html")]
pub struct Mailbox {
    pub frame: Frame,
    pub mails: Vec<MailRow>,
    pub reading: Option<OpenMail>,
}

impl Mailbox {
    fn is_open(&self, id: &str) -> bool {
        self.reading.as_ref().is_some_and(|mail| mail.id == id)
    }
}

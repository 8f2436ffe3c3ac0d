//! What every staff page shares: header, navigation, flash message, the demo's clock.

/// Which entry of the navigation is lit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    Today,
    Patients,
    Outcomes,
    ClosedDays,
    Workflows,
    Library,
    /// Shown to those who may import.
    Imports,
    /// Shown to those who administer an account.
    Clinics,
    Refused,
    /// The demo's mailbox.
    Mailbox,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Note,
    Problem,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Note => "note",
            Tone::Problem => "problem",
        }
    }

    /// A refusal interrupts a screen reader, news waits its turn.
    pub fn role(self) -> &'static str {
        match self {
            Tone::Good | Tone::Note => "status",
            Tone::Problem => "alert",
        }
    }
}

/// One message at the top of the page, said once.
#[derive(Debug, Clone)]
pub struct Flash {
    pub tone: Tone,
    pub text: String,
    pub undo: Option<Undo>,
}

/// A form that takes the last action back: POSTs `fields` (and the CSRF token) to `action`.
#[derive(Debug, Clone)]
pub struct Undo {
    pub action: String,
    pub label: String,
    pub fields: Vec<(String, String)>,
}

/// The demo clinic's clock and mailbox, on top of every page of `stepwell demo`.
#[derive(Debug, Clone)]
pub struct DemoBar {
    /// The demo clock in words, e.g. "Tue 4 March 2025, 10:00".
    pub time: String,
    pub mail_count: u32,
    /// The clock is being moved: the buttons wait.
    pub busy: bool,
}

#[derive(Debug, Clone)]
pub struct Frame {
    /// Of the page, without the product's name.
    pub title: String,
    pub clinic_name: String,
    /// `None` = nobody is signed in: no navigation.
    pub user_name: Option<String>,
    pub may_import: bool,
    pub may_change_clinic: bool,
    pub active_nav: Nav,
    pub flash: Option<Flash>,
    pub demo: Option<DemoBar>,
    /// Goes into every form as the hidden field `csrf`.
    pub csrf: String,
}

/// An entry of the navigation.
pub(crate) struct Entry {
    pub href: &'static str,
    pub words: &'static str,
    pub here: bool,
}

impl Frame {
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let all = [
            (Nav::Today, "/", "Today"),
            (Nav::Patients, "/patients", "Patients"),
            (Nav::Outcomes, "/outcomes", "Outcomes"),
            (Nav::ClosedDays, "/closed-days", "Closed days"),
            (Nav::Workflows, "/workflows", "Workflows"),
            (Nav::Library, "/library", "Library"),
            (Nav::Imports, "/imports", "Imports"),
            (Nav::Refused, "/refused-messages", "Refused messages"),
            (Nav::Clinics, "/clinics", "Clinics"),
        ];
        let is_shown = |nav: Nav| match nav {
            Nav::Imports => self.may_import,
            Nav::Clinics => self.may_change_clinic,
            Nav::Today | Nav::Patients | Nav::Outcomes | Nav::ClosedDays | Nav::Workflows | Nav::Library => true,
            Nav::Refused | Nav::Mailbox | Nav::None => true,
        };
        let shown = all.into_iter().filter(|(nav, ..)| is_shown(*nav));
        shown.map(|(nav, href, words)| Entry { href, words, here: nav == self.active_nav }).collect()
    }

    pub(crate) fn in_mailbox(&self) -> bool {
        self.active_nav == Nav::Mailbox
    }

    pub fn new(title: &str, clinic_name: &str, active_nav: Nav, csrf: &str) -> Frame {
        Frame {
            title: title.to_owned(),
            clinic_name: clinic_name.to_owned(),
            user_name: None,
            may_import: false,
            may_change_clinic: false,
            active_nav,
            flash: None,
            demo: None,
            csrf: csrf.to_owned(),
        }
    }

    pub fn signed_in(mut self, user_name: &str) -> Frame {
        self.user_name = Some(user_name.to_owned());
        self
    }

    pub fn may_change_clinic(mut self, may_change_clinic: bool) -> Frame {
        self.may_change_clinic = may_change_clinic;
        self
    }

    pub fn may_import(mut self, may_import: bool) -> Frame {
        self.may_import = may_import;
        self
    }

    pub fn with_flash(mut self, flash: Option<Flash>) -> Frame {
        self.flash = flash;
        self
    }

    pub fn with_demo(mut self, demo: Option<DemoBar>) -> Frame {
        self.demo = demo;
        self
    }
}

use super::svg::Svg;

/// How content reaches a patient, or the team: one sign and one colour each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentKind {
    Email,
    Text,
    Questionnaire,
    Exercise,
    Education,
    CarePlan,
    Review,
    Team,
    Webhook,
}

impl ContentKind {
    pub const ALL: [ContentKind; 9] = [
        ContentKind::Email,
        ContentKind::Text,
        ContentKind::Questionnaire,
        ContentKind::Exercise,
        ContentKind::Education,
        ContentKind::CarePlan,
        ContentKind::Review,
        ContentKind::Team,
        ContentKind::Webhook,
    ];

    pub fn label(self) -> &'static str {
        match self {
            ContentKind::Email => "Email",
            ContentKind::Text => "Text message",
            ContentKind::Questionnaire => "Questionnaire",
            ContentKind::Exercise => "Exercises",
            ContentKind::Education => "Education",
            ContentKind::CarePlan => "Care plan",
            ContentKind::Review => "Review request",
            ContentKind::Team => "Care team",
            ContentKind::Webhook => "Webhook",
        }
    }

    pub fn class(self) -> &'static str {
        match self {
            ContentKind::Email => "k-email",
            ContentKind::Text => "k-text",
            ContentKind::Questionnaire => "k-questionnaire",
            ContentKind::Exercise => "k-exercise",
            ContentKind::Education => "k-education",
            ContentKind::CarePlan => "k-care-plan",
            ContentKind::Review => "k-review",
            ContentKind::Team => "k-team",
            ContentKind::Webhook => "k-webhook",
        }
    }

    /// The sign, drawn around (0, 0) within 12 units, as path data.
    pub(super) fn path(self) -> &'static str {
        match self {
            ContentKind::Email => "M-5-3.5h10v7h-10zM-5-3.2L0 .8 5-3.2",
            ContentKind::Text => "M-5-4.2h10v6.4h-5.4L-3 5V2.2h-2z",
            ContentKind::Questionnaire => "M-4-5h8v10h-8zM-2-2.2h4M-2 0h4M-2 2.2h2.4",
            ContentKind::Exercise => "M-5-2v4M-3-3.6v7.2M3-3.6v7.2M5-2v4M-3 0h6",
            ContentKind::Education => {
                "M0-2.8c-1.4-1-3.4-1.2-5-.8v7c1.6-.4 3.6-.2 5 .8 1.4-1 3.4-1.2 5-.8v-7c-1.6-.4-3.6-.2-5 .8zM0-2.8v7"
            }
            ContentKind::CarePlan => "M-1.6-3.6H5M-1.6 0H5M-1.6 3.6H5M-5-3.6h.8M-5 0h.8M-5 3.6h.8",
            ContentKind::Review => "M0-5.2l1.6 3.3 3.6.5-2.6 2.5.6 3.6L0 3l-3.2 1.7.6-3.6-2.6-2.5 3.6-.5z",
            ContentKind::Team => "M0-5a2.2 2.2 0 1 1 0 4.4A2.2 2.2 0 1 1 0-5zM-4.6 5C-4.6 2.2-2.6.9 0 .9S4.6 2.2 4.6 5",
            ContentKind::Webhook => "M-2-3.4L-5.2 0-2 3.4M2-3.4L5.2 0 2 3.4",
        }
    }

    /// The sign in its circle for use in running text; its meaning must stand beside it.
    pub fn icon(self) -> Svg {
        Svg::new(format!(
            "<svg class=\"icon {}\" viewBox=\"-11 -11 22 22\" width=\"20\" height=\"20\" aria-hidden=\"true\" \
             focusable=\"false\"><circle class=\"disc\" r=\"10\"/><path class=\"sign\" d=\"{}\"/></svg>",
            self.class(),
            self.path()
        ))
    }
}

use super::super::PatientFrame;
use askama::Template;

pub struct FormCard {
    pub href: String,
    pub title: String,
    /// "by Friday, March 6".
    pub due: Option<String>,
    pub begun: bool,
    /// Given in already; it can still be corrected.
    pub answered: bool,
}

pub struct ExerciseCard {
    pub href: String,
    pub title: String,
    /// "2 sets of 10, hold 5 seconds".
    pub dose: String,
    pub done: bool,
}

pub struct ArticleCard {
    pub href: String,
    pub title: String,
    pub read: bool,
}

pub struct NextVisit {
    /// "Tuesday, March 4".
    pub date: String,
    pub times: Vec<String>,
    pub location: String,
}

/// One of the last seven days.
pub struct WeekDay {
    /// "Tue".
    pub name: String,
    pub done: bool,
    pub today: bool,
}

/// `GET /p/today`: the patient's list.
#[derive(Template)]
#[template(path = "patient/portal/today.html")]
pub struct Today {
    pub frame: PatientFrame,
    pub first_name: String,
    /// "Tuesday, March 4".
    pub date: String,
    pub forms: Vec<FormCard>,
    pub exercises: Vec<ExerciseCard>,
    pub articles: Vec<ArticleCard>,
    pub visit: Option<NextVisit>,
    pub week: Vec<WeekDay>,
}

impl Today {
    fn is_empty(&self) -> bool {
        self.forms.is_empty() && self.exercises.is_empty() && self.articles.iter().all(|a| a.read)
    }

    fn done(&self) -> usize {
        self.exercises.iter().filter(|e| e.done).count()
    }
}

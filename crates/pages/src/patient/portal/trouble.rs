use askama::Template;

use crate::patient::PatientFrame;

/// Something went wrong, and whose page it would be is not known: both languages are spoken.
#[derive(Template)]
#[template(path = "patient/portal/trouble.html")]
pub struct Trouble {
    pub frame: PatientFrame,
    pub what: TroubleKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleKind {
    /// Shown too long ago, or from somewhere else.
    TooOld,
    NotThere,
    /// What was sent cannot be taken.
    NotTaken,
    /// Our own fault.
    Failed,
}

impl Trouble {
    fn heading(&self) -> (&'static str, &'static str) {
        match self.what {
            TroubleKind::TooOld => ("This page was open for too long", "Esta página estuvo abierta demasiado tiempo"),
            TroubleKind::NotThere => ("There is nothing here", "Aquí no hay nada"),
            TroubleKind::NotTaken => ("That could not be saved", "No se pudo guardar"),
            TroubleKind::Failed => ("That did not work", "No funcionó"),
        }
    }

    fn line(&self) -> (&'static str, &'static str) {
        match self.what {
            TroubleKind::TooOld => (
                "What you sent last was not saved. Open your list and go on from there.",
                "Lo último que envió no se guardó. Abra su lista y siga desde allí.",
            ),
            TroubleKind::NotThere => (
                "It may have been taken back, or the link is incomplete. Your list shows what there is.",
                "Puede que se haya retirado, o el enlace está incompleto. Su lista muestra lo que hay.",
            ),
            TroubleKind::NotTaken => (
                "Go back and try once more. If it fails again, please call the clinic.",
                "Vuelva atrás e inténtelo otra vez. Si falla de nuevo, llame a la clínica.",
            ),
            TroubleKind::Failed => (
                "It is not your fault. Try again in a moment; if it fails again, please call the clinic.",
                "No es culpa suya. Inténtelo de nuevo en un momento; si falla otra vez, llame a la clínica.",
            ),
        }
    }
}

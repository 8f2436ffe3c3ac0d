//! What can go wrong on a page. Constructors read like English; what is ours to mend is logged once, here, without
//! patient data.

use axum::Extension;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use pages::staff::Problem;
use pages::{Frame, Nav};

use super::{form, render};

#[derive(Debug)]
pub enum WebError {
    /// Nobody is signed in: sign in, then go on to this path.
    SignIn {
        next: String,
    },
    NotFound {
        what: &'static str,
    },
    Forbidden {
        cause: String,
    },
    BadForm {
        cause: String,
    },
    Conflict {
        cause: String,
    },
    Internal {
        error: String,
    },
}

/// On an answer: it is a page for staff that says what went wrong.
#[derive(Debug, Clone, Copy)]
pub struct OfStaff;

impl WebError {
    pub fn sign_in(next: &str) -> Self {
        WebError::SignIn { next: next.to_owned() }
    }

    pub fn not_found(what: &'static str) -> Self {
        WebError::NotFound { what }
    }

    pub fn forbidden(cause: impl Into<String>) -> Self {
        WebError::Forbidden { cause: cause.into() }
    }

    pub fn bad_form(cause: impl Into<String>) -> Self {
        WebError::BadForm { cause: cause.into() }
    }

    pub fn conflict(cause: impl Into<String>) -> Self {
        WebError::Conflict { cause: cause.into() }
    }

    pub fn internal(error: &impl std::fmt::Display) -> Self {
        WebError::Internal { error: error.to_string() }
    }
}

impl From<store::Error> for WebError {
    fn from(error: store::Error) -> Self {
        WebError::internal(&error)
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let (status, cause) = match self {
            WebError::SignIn { next } => {
                return Redirect::to(&format!("/sign-in?next={}", form::escape(&next))).into_response();
            }
            WebError::NotFound { what } => (StatusCode::NOT_FOUND, format!("There is no such {what}.")),
            WebError::Forbidden { cause } => (StatusCode::FORBIDDEN, cause),
            WebError::BadForm { cause } => (StatusCode::BAD_REQUEST, cause),
            WebError::Conflict { cause } => (StatusCode::CONFLICT, cause),
            WebError::Internal { error } => {
                tracing::error!(%error, "a page could not be made");
                (StatusCode::INTERNAL_SERVER_ERROR, "The page could not be made.".to_owned())
            }
        };
        let frame = Frame::new("Problem", "Stepwell", Nav::None, "");
        match render::html(&Problem::new(frame, status.as_u16(), &cause)) {
            Ok(page) => (status, Extension(OfStaff), page).into_response(),
            Err(_) => status.into_response(),
        }
    }
}

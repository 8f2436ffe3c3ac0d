//! What can go wrong between us and the database. None of it holds a patient's data: the server is told not to log
//! statements, and rows that cannot be read are named by table and column.

use thiserror::Error;

#[derive(Debug, Error)]
pub enum Error {
    #[error("the database answered: {}", said(.0))]
    Database(#[from] sqlx::Error),
    #[error("the database could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("{table}.{column} holds what this version cannot read; run `stepwell doctor`")]
    Unreadable { table: &'static str, column: &'static str },
    #[error(
        "the database user `{0}` is a superuser or bypasses row-level security: use a plain user (docs/OPERATIONS.md, Roles)"
    )]
    Superuser(String),
    #[error("{0}")]
    Refused(String),
}

impl Error {
    pub fn unreadable(table: &'static str, column: &'static str) -> Self {
        Error::Unreadable { table, column }
    }

    /// The same again may do: the connection (class 08), a clash of transactions (40), want of room (53), an operator or a
    /// shutdown (57), the machine (58). PostgreSQL documentation, appendix A.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Database(sqlx::Error::Database(e)) => {
                e.code().is_some_and(|code| ["08", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class)))
            }
            Error::Database(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => true,
            _ => false,
        }
    }
}

/// The message of a database error without its detail, which may quote a row.
fn said(error: &sqlx::Error) -> String {
    match error {
        // Of class 22, data exceptions, the message itself quotes the value.
        sqlx::Error::Database(e) if e.code().is_some_and(|code| code.starts_with("22")) => {
            format!("a value it cannot hold ({})", e.code().unwrap_or_default())
        }
        sqlx::Error::Database(e) => format!("{} ({})", e.message(), e.code().unwrap_or_default()),
        sqlx::Error::RowNotFound => "no such row".into(),
        sqlx::Error::PoolTimedOut => "no connection became free in time".into(),
        sqlx::Error::Io(e) => format!("connection lost ({})", e.kind()),
        other => other.to_string().lines().next().unwrap_or("unknown").to_owned(),
    }
}

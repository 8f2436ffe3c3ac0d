//! The demo: a made-up clinic on a clock that is moved by hand. Its EMR's messages come in over real MLLP, its mails go out
//! over real SMTP to the mailbox here.

mod mailbox;

use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use tokio::sync::Mutex;

pub use mailbox::{Mailbox, StoredMail};

use crate::Roof;
use crate::runner::settle;

pub struct Demo {
    pub mailbox: Mailbox,
    moving: AtomicBool,
    one_at_a_time: Mutex<()>,
}

impl Demo {
    pub fn new(mailbox: Mailbox) -> Self {
        Self { mailbox, moving: AtomicBool::new(false), one_at_a_time: Mutex::new(()) }
    }

    /// The clock is on its way; what is seen now is not the end of it.
    pub fn is_moving(&self) -> bool {
        self.moving.load(Ordering::Relaxed)
    }

    /// Moves the clock, playing everything that happens on the way.
    pub async fn move_clock(&self, roof: &Roof, to: Timestamp) -> Result<(), store::Error> {
        let _alone = self.one_at_a_time.lock().await;
        self.moving.store(true, Ordering::Relaxed);
        let moved = settle::advance(roof, to).await;
        self.moving.store(false, Ordering::Relaxed);
        moved
    }
}

//! The demo: a made-up clinic on a clock that is moved by hand. Its EMR's messages come in over real MLLP, its mails go out
//! over real SMTP to the mailbox here, and its texts on paper.

mod answers;
mod chance;
mod emr;
mod evening;
mod hand;
mod mailbox;
mod own;
mod people;
mod start;
mod story;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use tokio::sync::{Mutex, MutexGuard};

pub use emr::Emr;
pub use mailbox::{Mailbox, StoredMail};
pub use start::{Started, Wanted, start};
pub use story::{FIRST_DAY, Scene, Told, story};

use crate::Roof;
use crate::runner::settle;

/// With what to sign in.
pub const EMAIL: &str = "admin@demo.example";
pub const PASSWORD: &str = "stepwell-demo";

pub struct Demo {
    pub mailbox: Mailbox,
    moving: AtomicBool,
    world: Mutex<World>,
}

/// What has not happened yet, and those who will tell it.
pub struct World {
    scenes: VecDeque<Scene>,
    emr: Option<Emr>,
    hand: hand::Hand,
    evening: evening::Evening,
}

impl Demo {
    /// The clock is on its way; what is seen now is not the end of it.
    pub fn is_moving(&self) -> bool {
        self.moving.load(Ordering::Relaxed)
    }

    /// Holds the clock while something is changed by hand and its effects are played.
    pub async fn hold(&self) -> MutexGuard<'_, World> {
        self.world.lock().await
    }

    /// Moves the clock, playing everything that happens on the way.
    pub async fn move_clock(&self, roof: &Roof, to: Timestamp) -> Result<(), store::Error> {
        let mut world = self.world.lock().await;
        self.moving.store(true, Ordering::Relaxed);
        let moved = world.play(roof, to).await;
        self.moving.store(false, Ordering::Relaxed);
        moved
    }
}

impl World {
    async fn play(&mut self, roof: &Roof, to: Timestamp) -> Result<(), store::Error> {
        while let Some(scene) = self.scenes.pop_front_if(|scene| scene.at <= to) {
            settle::advance(roof, scene.at).await?;
            match &scene.told {
                Told::Message(message) => self.send(message).await,
                Told::ByHand(what) => self.hand.enter(roof, what).await?,
                Told::Evening => self.evening.pass(roof).await?,
            }
        }
        settle::advance(roof, to).await
    }

    async fn send(&mut self, message: &[u8]) {
        let Some(emr) = &mut self.emr else { return };
        if let Err(e) = emr.send(message).await {
            tracing::warn!(error = %e, "the demo's EMR could not send");
        }
    }
}

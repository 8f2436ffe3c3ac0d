//! What the gateway said to a delivery, and what follows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Says;
use crate::workflow::reason::Reason;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gateway {
    Took,
    /// For good.
    Refused,
    /// Nobody knows whether it was taken.
    Unknown,
    /// Not taken this time: how often it was tried, how often it may be, and when it would be tried again.
    NotYet {
        down: bool,
        tries: u32,
        most: u32,
        again: Timestamp,
        expires: Timestamp,
    },
}

impl Gateway {
    pub fn says(&self) -> Says {
        match *self {
            Gateway::Took => Says::Yes,
            Gateway::Refused => Says::No(Reason::RefusedByGateway),
            Gateway::Unknown => Says::Hold(Reason::UncertainHeld),
            Gateway::NotYet { down, tries, most, again, expires } => {
                let reason = if down { Reason::ChannelDown } else { Reason::GaveUp };
                match () {
                    () if tries >= most => Says::No(reason),
                    () if again >= expires => Says::No(Reason::Expired),
                    () => Says::Wait(again, reason),
                }
            }
        }
    }
}

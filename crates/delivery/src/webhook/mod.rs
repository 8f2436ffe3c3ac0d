//! Webhooks: a system beside ours is told that a step was given. One POST of JSON, signed; docs/WEBHOOKS.md is for whoever
//! receives it.
//!
//! Protects: no call leads into our own network, whatever a name resolves to; what was checked is what is connected to;
//! redirects are not followed; the answer's body is not read, so it can neither fill the memory nor reach a log.

mod caller;
mod endpoint;
mod reach;
mod sign;

pub use caller::{Call, Caller};
pub use endpoint::{BadEndpoint, Endpoint};
pub use sign::signature;

//! Real clusters in temporary directories. Passes as root and as an ordinary user.

#[cfg(test)]
mod first_start;
#[cfg(test)]
mod ownership;
#[cfg(test)]
mod protection;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod support;

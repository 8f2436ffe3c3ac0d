//! The running server: pages, listeners and the runner, started together and stopped in order.

use std::net::SocketAddr;
use std::sync::Arc;

use care::id::InterfaceId;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Roof;
use crate::demo::Demo;
use crate::listen::mllp::{self, Listener};
use crate::runner::{count, watch as folders, work, zones};

pub struct Server {
    stop: watch::Sender<bool>,
    parts: JoinSet<()>,
    pub address: SocketAddr,
    /// Where each interface listens.
    pub interfaces: Vec<(InterfaceId, SocketAddr)>,
}

/// Which parts run.
pub struct Parts<'a> {
    /// The pages' address, as in "127.0.0.1:8080".
    pub listen: &'a str,
    pub demo: Option<Arc<Demo>>,
    /// The runner goes round by itself. The demo's goes round when its clock is moved.
    pub runner: bool,
}

impl Server {
    pub async fn start(roof: Arc<Roof>, parts: Parts<'_>) -> Result<Self, String> {
        let (stop, stopping) = watch::channel(false);
        let mut running = JoinSet::new();
        let (socket, address) = mllp::bind(parts.listen).await?;
        let router = crate::web::router(roof.clone(), parts.demo);
        let mut web_stop = stopping.clone();
        running.spawn(async move {
            let until = async move {
                let _ = web_stop.changed().await;
            };
            if let Err(e) = axum::serve(socket, router).with_graceful_shutdown(until).await {
                tracing::error!(error = %e, "the pages stopped");
            }
        });
        let interfaces = listen_all(&roof, &mut running, &stopping).await?;
        running.spawn(catch_up(roof.clone(), stopping.clone()));
        if parts.runner {
            running.spawn(folders::run(roof.clone(), stopping.clone()));
            running.spawn(work::run(roof, stopping));
        }
        Ok(Self { stop, parts: running, address, interfaces })
    }

    /// Stops taking work, finishes what is under way, and returns when nothing runs any more.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let all = async { while self.parts.join_next().await.is_some() {} };
        if tokio::time::timeout(std::time::Duration::from_secs(20), all).await.is_err() {
            tracing::warn!("some work did not end in time; the next start repairs it");
        }
    }
}

/// A stop in the middle leaves the rest to the next start.
async fn catch_up(roof: Arc<Roof>, mut stop: watch::Receiver<bool>) {
    tokio::select! {
        _ = stop.changed() => {}
        caught_up = async { zones::check_all(&roof).await?; count::catch_up_all(&roof).await } => {
            if let Err(e) = caught_up {
                tracing::warn!(error = %e, "patients are still to be brought up to date: the next count or start does it");
            }
        }
    }
}

async fn listen_all(
    roof: &Arc<Roof>,
    running: &mut JoinSet<()>,
    stopping: &watch::Receiver<bool>,
) -> Result<Vec<(InterfaceId, SocketAddr)>, String> {
    let mut listening = vec![];
    for organization in roof.runner.organizations().await.map_err(|e| e.to_string())? {
        let mut tx = roof.runner.begin(organization).await.map_err(|e| e.to_string())?;
        for interface in tx.interfaces().await.map_err(|e| e.to_string())? {
            let Some(address) = &interface.listen else { continue };
            let (socket, bound) =
                mllp::bind(address).await.map_err(|e| format!("interface {}: {e}", interface.name))?;
            let listener = Listener { organization, interface: interface.id, mid_frame: mllp::MID_FRAME };
            running.spawn(mllp::serve(roof.clone(), socket, listener, stopping.clone()));
            listening.push((interface.id, bound));
        }
    }
    Ok(listening)
}

/// Waits for the signal that ends a server: Ctrl-C, or SIGTERM.
pub async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

//! How a connection will be encrypted, and whom to trust when a gateway shows its certificate.

use super::{Options, Tls};
use std::sync::Arc;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, pem::PemObject};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Why encryption could not be prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRoots {
    #[error("the extra certificates are not PEM; paste them with their BEGIN and END lines")]
    NotPem,
    #[error("this machine has no certificates to trust; install ca-certificates or give the gateway's own")]
    Nobody,
    #[error("this build cannot do the TLS versions it needs")]
    Versions,
}

/// [`Tls`] with what it needs: there is no way to ask for encryption and come to have none.
#[derive(Clone)]
pub(crate) enum Encryption {
    None,
    StartTls(TlsConnector),
    Implicit(TlsConnector),
}

impl Encryption {
    pub(crate) fn prepare(options: &Options) -> Result<Self, BadRoots> {
        let extra = options.extra_roots.as_deref();
        Ok(match options.tls {
            Tls::None => Self::None,
            Tls::StartTls => Self::StartTls(trust(extra)?),
            Tls::Implicit => Self::Implicit(trust(extra)?),
        })
    }
}

/// Trusts the system's authorities and the extra ones (PEM).
pub(crate) fn trust(extra: Option<&str>) -> Result<TlsConnector, BadRoots> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(pem) = extra {
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            roots.add(certificate.map_err(|_| BadRoots::NotPem)?).map_err(|_| BadRoots::NotPem)?;
        }
        if roots.len() == before {
            return Err(BadRoots::NotPem);
        }
    }
    if roots.is_empty() {
        return Err(BadRoots::Nobody);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| BadRoots::Versions)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

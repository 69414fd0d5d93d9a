//! Connections: straight, through a proxy that is asked for a tunnel, or (plain HTTP) through a proxy
//! that forwards; TLS on top.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::uri::Scheme;
use http::{HeaderValue, Uri};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::{BoxError, Service};

use super::Error;

/// Opens connections as the environment's proxies want it.
#[derive(Debug, Clone)]
pub(super) struct Dial {
    http: HttpConnector,
    proxies: Arc<Matcher>,
}

/// A connection that knows whether a forwarding proxy is at its other end: requests to one name
/// their whole address.
pub(super) struct Line {
    stream: TokioIo<TcpStream>,
    forwarded: bool,
}

impl Dial {
    /// Takes proxies from `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case.
    pub(super) fn from_environment(connect: Duration) -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(connect.min(Duration::from_secs(10))));
        Self { http, proxies: Arc::new(Matcher::from_env()) }
    }

    /// What a forwarding proxy wants to hear with each request; a tunnel is told at its start.
    pub(super) fn password_for_plain(&self, base: &Uri) -> Option<HeaderValue> {
        let plain = base.scheme() == Some(&Scheme::HTTP);
        plain.then(|| self.proxies.intercept(base)?.basic_auth().cloned()).flatten()
    }
}

/// TLS over `dial`, with the certificates that the system trusts.
pub(super) fn tls(dial: Dial, base: &Uri) -> Result<HttpsConnector<Dial>, Error> {
    let provider = rustls::crypto::ring::default_provider();
    let builder = match HttpsConnectorBuilder::new().with_provider_and_native_roots(provider) {
        Ok(builder) => builder,
        // Without TLS nothing has to be trusted.
        Err(_) if base.scheme() == Some(&Scheme::HTTP) => {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let config = rustls::ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(|error| no_tls(&error))?
                .with_root_certificates(rustls::RootCertStore::empty())
                .with_no_client_auth();
            HttpsConnectorBuilder::new().with_tls_config(config)
        }
        Err(error) => return Err(no_tls(&error)),
    };
    Ok(builder.https_or_http().enable_http1().wrap_connector(dial))
}

fn no_tls(error: &dyn std::error::Error) -> Error {
    Error::Settings {
        message: format!("no certificates to trust: {error}"),
        hint: "install the package ca-certificates, or name a file of them in SSL_CERT_FILE"
            .to_owned(),
    }
}

impl Service<Uri> for Dial {
    type Response = Line;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Line, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.http.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let mut http = self.http.clone();
        let Some(proxy) = self.proxies.intercept(&target) else {
            let stream = http.call(target);
            return Box::pin(async move { Ok(Line { stream: stream.await?, forwarded: false }) });
        };
        if proxy.uri().scheme() != Some(&Scheme::HTTP) {
            let scheme = proxy.uri().scheme_str().unwrap_or_default();
            let message = format!("a proxy of the kind {scheme}:// is not supported, only http://");
            return Box::pin(async move { Err(io::Error::other(message).into()) });
        }
        if target.scheme() == Some(&Scheme::HTTP) {
            let stream = http.call(proxy.uri().clone());
            return Box::pin(async move { Ok(Line { stream: stream.await?, forwarded: true }) });
        }
        let mut tunnel = Tunnel::new(proxy.uri().clone(), http);
        if let Some(password) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(password.clone());
        }
        Box::pin(async move { Ok(Line { stream: tunnel.call(target).await?, forwarded: false }) })
    }
}

impl Connection for Line {
    fn connected(&self) -> Connected {
        self.stream.connected().proxy(self.forwarded)
    }
}

impl Read for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl Write for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
    }
}

//! A connection, and what its failures mean.

use std::error::Error as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Address, Error};

/// A connection in which every statement takes at most `timeout`.
pub(super) struct Link {
    client: Client,
    timeout: Duration,
}

/// How much longer than the server this side waits: for a network that swallows what was sent.
const GRACE: Duration = Duration::from_secs(2);

/// The name under which the server shows the connection.
const APPLICATION: &str = "tailguard";

impl Link {
    /// Connects. The connection ends with the link.
    pub(super) async fn open(address: &Address, timeout: Duration) -> Result<Self, Error> {
        let mut config = address.config.clone();
        config.application_name(APPLICATION).connect_timeout(timeout);
        let refused = |error: &tokio_postgres::Error| unconnected(address, error);
        let connected = async {
            if config.get_ssl_mode() == SslMode::Disable {
                let (client, connection) = config.connect(NoTls).await.map_err(|e| refused(&e))?;
                tokio::spawn(connection);
                return Ok(client);
            }
            let tls = MakeRustlsConnect::new(trust(address.roots.as_deref())?);
            let (client, connection) = config.connect(tls).await.map_err(|e| refused(&e))?;
            tokio::spawn(connection);
            Ok(client)
        };
        let client = match tokio::time::timeout(timeout + GRACE, connected).await {
            Ok(connected) => connected?,
            Err(_) => return Err(no_answer(address, timeout)),
        };
        Ok(Self { client, timeout })
    }

    /// Begins the one transaction, in which nothing can be written.
    pub(super) async fn begin(&self) -> Result<(), Error> {
        let all = self.timeout.as_millis().max(1);
        // Whoever waits for a lock makes others wait behind it.
        let lock = (all / 2).clamp(1, 1000);
        self.run(&format!(
            "begin transaction isolation level repeatable read, read only; set local timezone = 'UTC'; \
             set local statement_timeout = {all}; set local lock_timeout = {lock}; \
             set local idle_in_transaction_session_timeout = {}",
            10 * all
        ))
        .await
    }

    /// Runs statements that answer nothing.
    pub(super) async fn run(&self, sql: &str) -> Result<(), Error> {
        self.wait(sql, self.client.batch_execute(sql)).await
    }

    /// One statement that answers JSON: the first column of every row.
    pub(super) async fn json(&self, sql: &str) -> Result<Vec<Value>, Error> {
        let rows = self.wait(sql, self.client.query(sql, &[])).await?;
        rows.iter()
            .map(|row| {
                let json = row.try_get::<_, Json>(0).map_err(|error| said(&error))?;
                Ok(json.0)
            })
            .collect()
    }

    async fn wait<T>(
        &self,
        sql: &str,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Error> {
        match tokio::time::timeout(self.timeout + GRACE, answer).await {
            Ok(answer) => answer.map_err(|error| said(&error)),
            Err(_) => Err(Error::server(
                format!(
                    "the server has not answered for {} s to {}…",
                    (self.timeout + GRACE).as_secs(),
                    sql.chars().take(40).collect::<String>()
                ),
                "look at the network in between, or give more time with --timeout",
            )),
        }
    }
}

/// Text of any type, as JSON: `json` has no other form on the wire.
struct Json(Value);

impl<'a> FromSql<'a> for Json {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(serde_json::from_slice(raw)?))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::JSON | Type::TEXT)
    }
}

/// What is trusted: a file of certificates, else what the system trusts.
fn trust(file: Option<&Path>) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(file) => {
            let unread = |why: String| {
                let message = format!("cannot read certificates from {}: {why}", file.display());
                Error::usage(message, "sslrootcert names a file of PEM certificates")
            };
            let bytes = fs::read(file).map_err(|error| unread(error.to_string()))?;
            for certificate in CertificateDer::pem_slice_iter(&bytes) {
                let certificate = certificate.map_err(|error| unread(error.to_string()))?;
                roots.add(certificate).map_err(|error| unread(error.to_string()))?;
            }
        }
        None => {
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
        }
    }
    if roots.is_empty() {
        return Err(Error::usage(
            "no certificates to trust",
            "install the package ca-certificates, or add sslrootcert=FILE to the URL",
        ));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::server(format!("no TLS: {error}"), "add sslmode=disable"))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn no_answer(address: &Address, timeout: Duration) -> Error {
    Error::server(
        format!("{} has not answered within {} s", address.display(), timeout.as_secs_f64()),
        "check host and port, and whether a firewall drops what is sent",
    )
}

/// Why there is no connection.
fn unconnected(address: &Address, error: &tokio_postgres::Error) -> Error {
    let place = address.display();
    if let Some(state) = error.code() {
        let hint = match *state {
            SqlState::INVALID_PASSWORD => {
                "check the user, and the password in the URL or in PGPASSWORD"
            }
            SqlState::INVALID_CATALOG_NAME => "check the database at the end of the URL",
            SqlState::TOO_MANY_CONNECTIONS => "free a connection, or raise max_connections",
            _ => "check the URL, and who may connect (pg_hba.conf)",
        };
        return Error::server(format!("{place} refuses the connection: {}", words(error)), hint);
    }
    let words = words(error);
    let lower = words.to_lowercase();
    let hint = if lower.contains("certificate") || lower.contains("tls") {
        "name the server's authority with sslrootcert=FILE in the URL; where the network is trusted, \
         sslmode=disable does without TLS"
    } else if lower.contains("password missing") {
        "give the password in PGPASSWORD, or in the URL of TAILGUARD_POSTGRES_URL"
    } else if lower.contains("timed out") {
        "check host and port, and whether a firewall drops what is sent"
    } else {
        "check host and port, and that the server runs and listens there"
    };
    Error::server(format!("cannot connect to {place}: {words}"), hint)
}

/// What the server said of a statement.
fn said(error: &tokio_postgres::Error) -> Error {
    let hint = match error.code() {
        Some(&SqlState::QUERY_CANCELED) => {
            "give more time with --timeout, or explain a cheaper query"
        }
        Some(&SqlState::LOCK_NOT_AVAILABLE) => {
            "try again when no migration holds a lock on a table"
        }
        Some(&SqlState::INSUFFICIENT_PRIVILEGE) => {
            "let the role read statistics: grant pg_read_all_stats to ROLE; queries to explain need \
             select on their tables"
        }
        Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => "explain only queries that read",
        Some(&SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE) => {
            "add pg_stat_statements to shared_preload_libraries and start the server again"
        }
        Some(&SqlState::UNDEFINED_TABLE) => "name the schema of every table, or check the database",
        Some(state) if about_data(state) => {
            "explain a query that runs; the server's log quotes the value, which is kept out of here"
        }
        Some(_) => "see the server's log",
        // No value is ever sent.
        None if words(error).contains("parameters") => "write values in place of $1, $2",
        None => "see whether the server ended the connection",
    };
    Error::server(format!("the server says: {}", words(error)), hint)
}

/// The error's own words: without the detail, in which a server quotes rows, and of an error about data
/// its name alone, for its message quotes the value that would not do (`invalid input syntax for type`).
fn words(error: &tokio_postgres::Error) -> String {
    if let Some(server) = error.as_db_error() {
        return match about_data(server.code()) {
            true => format!("the query fails on its data (SQLSTATE {})", server.code().code()),
            false => server.message().to_owned(),
        };
    }
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Whether an error is of a class whose messages may quote what a row holds: data exceptions, broken
/// constraints, and whatever a function raises by itself.
fn about_data(state: &SqlState) -> bool {
    ["22", "23", "P0"].iter().any(|class| state.code().starts_with(class))
}

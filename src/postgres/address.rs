//! Where the server is: a URL as libpq takes it.

use std::fmt;
use std::path::PathBuf;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::Error;

/// Where the server is, and how to get there.
#[derive(Clone)]
pub struct Address {
    pub(super) config: Config,
    /// Certificates to trust in place of the system's.
    pub(super) roots: Option<PathBuf>,
}

/// A password is no thing to print.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").finish_non_exhaustive()
    }
}

const HINT: &str = "write postgresql://USER@HOST:PORT/DATABASE, with the password in PGPASSWORD";

impl Address {
    /// Reads `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…`. `password` stands in for
    /// one that the URL lacks. Of TLS, `sslmode` is `disable`, `prefer`, `require` or
    /// `verify-full`, and `sslrootcert` names a file of certificates; left out, `sslmode` is
    /// `disable` on this machine and `prefer` elsewhere. Certificates are always verified.
    ///
    /// # Errors
    /// The text is no such URL.
    pub fn parse(url: &str, password: Option<&str>) -> Result<Self, Error> {
        let (start, options) = url.split_once('?').unwrap_or((url, ""));
        let (mut roots, mut mode, mut kept) = (None, None, Vec::new());
        for option in options.split('&').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("sslrootcert", file)) => roots = Some(PathBuf::from(decoded(file)?)),
                Some(("sslmode", word)) => mode = Some(ssl_mode(word)?),
                _ => kept.push(option),
            }
        }
        let url =
            if kept.is_empty() { start.to_owned() } else { format!("{start}?{}", kept.join("&")) };
        // What the parser says may quote the URL.
        let mut config: Config = url
            .parse()
            .map_err(|_| Error::usage("--url got no address of a PostgreSQL server", HINT))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            config.host("localhost");
        }
        if config.get_user().is_none_or(str::is_empty) {
            return Err(Error::usage("--url names no user", HINT));
        }
        if let (None, Some(password)) = (config.get_password(), password) {
            config.password(password);
        }
        let here = config.get_hosts().iter().all(is_here);
        config.ssl_mode(mode.unwrap_or(if here { SslMode::Disable } else { SslMode::Prefer }));
        Ok(Self { config, roots })
    }

    /// The server for people: host and port alone.
    pub(super) fn display(&self) -> String {
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        match self.config.get_hosts().first() {
            Some(Host::Tcp(host)) => format!("{host}:{port}"),
            #[cfg(unix)]
            Some(Host::Unix(folder)) => format!("{}/.s.PGSQL.{port}", folder.display()),
            None => format!("port {port}"),
        }
    }
}

fn ssl_mode(word: &str) -> Result<SslMode, Error> {
    match word {
        "disable" => Ok(SslMode::Disable),
        "prefer" | "allow" => Ok(SslMode::Prefer),
        "require" | "verify-full" => Ok(SslMode::Require),
        _ => Err(Error::usage(
            "--url got an unknown sslmode",
            "write sslmode=disable, prefer, require or verify-full; certificates are always verified",
        )),
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(host) => {
            let address = host.trim_start_matches('[').trim_end_matches(']');
            host == "localhost"
                || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn decoded(text: &str) -> Result<String, Error> {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map(|text| text.into_owned())
        .map_err(|_| Error::usage("--url got an sslrootcert that is no UTF-8", HINT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Address, String> {
        Address::parse(url, Some("from outside")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_server_on_this_machine_needs_no_tls() {
        for (url, mode) in [
            ("postgresql://u@localhost/d", SslMode::Disable),
            ("postgres://u@127.0.0.1:1/d", SslMode::Disable),
            ("postgresql://u@%2Ftmp/d", SslMode::Disable),
            ("postgresql://u@/d", SslMode::Disable),
            ("postgresql://u@db.example/d", SslMode::Prefer),
            ("postgresql://u@db.example/d?sslmode=verify-full", SslMode::Require),
            ("postgresql://u@localhost/d?sslmode=require&connect_timeout=3", SslMode::Require),
        ] {
            assert_eq!(parse(url).unwrap().config.get_ssl_mode(), mode, "{url}");
        }
        let rooted = parse("postgresql://u@h/d?sslrootcert=%2Fa%20b.pem").unwrap();
        assert_eq!(rooted.roots, Some(PathBuf::from("/a b.pem")));
    }

    #[test]
    fn no_message_has_the_password() {
        for url in [
            "postgresql://u:hunter2@h:notaport/d",
            "hunter2",
            "postgresql://:hunter2@h/d",
            "postgresql://u:hunter2@h/d?sslmode=hunter2",
            "postgresql://u:hunter2@h/d?what=hunter2",
        ] {
            let message = parse(url).err().unwrap_or_else(|| panic!("{url} was taken"));
            assert!(!message.contains("hunter2"), "{message}");
            assert!(message.contains("\nhint: "), "{message}");
        }
        let address = parse("postgresql://u:hunter2@h:7/d").unwrap();
        assert!(!format!("{address:?}{}", address.display()).contains("hunter2"));
        assert_eq!(address.config.get_password(), Some(&b"hunter2"[..]));
        let outside = parse("postgresql://u@h/d").unwrap();
        assert_eq!(outside.config.get_password(), Some(&b"from outside"[..]));
    }
}

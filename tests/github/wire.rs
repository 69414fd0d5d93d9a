//! A server of raw bytes, for what no proper server does: cut and stalled answers.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::double::{Arrived, openapi};

/// What happens to a connection after its request was read.
pub(crate) enum Reply {
    /// These bytes, then the end.
    Send(String),
    /// These bytes, then nothing more, and no end.
    Stall(String),
}

/// The server, and what was asked of it.
pub(crate) struct Wire {
    pub(crate) uri: String,
    seen: Arc<Mutex<Vec<Arrived>>>,
}

impl Wire {
    /// `script` gets each request with its number, from 0.
    pub(crate) fn start(script: impl Fn(usize, &Arrived) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&seen);
        let script = Arc::new(script);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (record, script) = (Arc::clone(&record), Arc::clone(&script));
                thread::spawn(move || serve(stream.unwrap(), &record, &*script));
            }
        });
        Self { uri, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Arrived> {
        self.seen.lock().unwrap().clone()
    }

    /// Fails the test if a request departed from the description.
    pub(crate) fn assert_kept_to_the_description(&self) {
        for request in self.seen() {
            assert_eq!(openapi::violations(&request), Vec::<String>::new(), "{}", request.line());
        }
    }
}

/// A whole answer of JSON.
pub(crate) fn json(status: &str, body: &str) -> String {
    format!("{}{body}", head(status, body.len()))
}

/// The head of an answer that promises so many bytes.
pub(crate) fn head(status: &str, length: usize) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )
}

fn serve(
    mut stream: TcpStream,
    record: &Mutex<Vec<Arrived>>,
    script: &dyn Fn(usize, &Arrived) -> Reply,
) {
    let Some(request) = read(&mut stream) else { return };
    let number = {
        let mut record = record.lock().unwrap();
        record.push(request.clone());
        record.len() - 1
    };
    match script(number, &request) {
        // A client that has heard enough may be gone.
        Reply::Send(bytes) => stream.write_all(bytes.as_bytes()).unwrap_or_default(),
        Reply::Stall(bytes) => {
            stream.write_all(bytes.as_bytes()).unwrap_or_default();
            thread::sleep(Duration::from_secs(60));
        }
    }
}

/// One request, as far as its `content-length` goes.
fn read(stream: &mut TcpStream) -> Option<Arrived> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let length = stream.read(&mut piece).ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&piece[..length]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let promised = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
        });
        if body.len() < promised.unwrap_or(0) {
            continue;
        }
        let mut words = head.split_ascii_whitespace();
        let method = words.next()?.to_ascii_lowercase();
        let target = words.next()?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        return Some(Arrived {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            body: body.as_bytes().to_vec(),
        });
    }
}

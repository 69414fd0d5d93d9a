//! Proxies of the environment. The environment of a process cannot be changed safely while its
//! threads run, so each case is a child: this test binary, with one test of it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::mpsc;
use std::thread;

use serde_json::json;
use tailguard::github::identity;

use crate::double::{Double, json_answer};
use crate::{SECRET, client};

/// What the child does: asks whose token it is at the API that it is told.
#[test]
#[ignore = "run by the tests below, in a child"]
fn child() {
    let Ok(api) = std::env::var("TAILGUARD_TEST_API") else { return };
    match identity::login(&client(&api)) {
        Ok(login) => println!("login {login:?}"),
        Err(error) => println!("error {error}"),
    }
}

fn ask(api: &str, environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "proxy::child", "--ignored", "--nocapture"]);
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_ascii_lowercase());
    }
    command.env("TAILGUARD_TEST_API", api).envs(environment.iter().copied()).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A proxy that hands out what it was asked, and, after a CONNECT, the first bytes in the tunnel.
fn proxy() -> (String, mpsc::Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let head = head(&mut stream);
            let mut tunnelled = vec![0; 64];
            let answer = if head.starts_with("CONNECT") {
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
                let length = stream.read(&mut tunnelled).unwrap();
                tunnelled.truncate(length);
                Vec::new()
            } else {
                tunnelled.clear();
                let body = json!({ "login": "through-proxy" }).to_string();
                format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                )
                .into_bytes()
            };
            // The child may be done with this before the test is.
            if sender.send((head, tunnelled)).is_err() {
                return;
            }
            stream.write_all(&answer).unwrap_or_default();
        }
    });
    (address, receiver)
}

fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|length| length > 0) {
        head.extend_from_slice(&byte);
    }
    String::from_utf8(head).unwrap()
}

#[test]
fn tls_goes_through_a_tunnel_and_the_token_inside_it() {
    for (name, address) in [("HTTPS_PROXY", ""), ("https_proxy", ""), ("ALL_PROXY", "u:p@")] {
        let (proxy, asked) = proxy();
        let proxy = format!("http://{address}{proxy}");
        let output = ask("https://api.github.example/api/v3", &[(name, &proxy)]);
        let (head, tunnelled) = asked.recv().unwrap();
        assert!(head.starts_with("CONNECT api.github.example:443 HTTP/1.1\r\n"), "{name}: {head}");
        let password = head.to_ascii_lowercase().contains("proxy-authorization: basic dtpw");
        assert_eq!(password, !address.is_empty(), "{head}");
        // 0x16 0x03: the first record of a TLS handshake.
        assert_eq!(tunnelled.get(..2), Some(&[0x16, 0x03][..]), "{name}");
        assert!(!head.contains(SECRET));
        assert!(text(&output).contains("error cannot ask whose token it is"), "{}", text(&output));
    }
}

#[test]
fn plain_http_is_forwarded_with_its_whole_address() {
    let (address, asked) = proxy();
    let proxy = format!("http://u:p@{address}");
    let output = ask("http://github.example:8080/api/v3", &[("http_proxy", &proxy)]);
    assert!(text(&output).contains("login Some(\"through-proxy\")"), "{}", text(&output));
    let (head, _) = asked.recv().unwrap();
    assert!(head.starts_with("GET http://github.example:8080/api/v3/user HTTP/1.1\r\n"), "{head}");
    assert!(head.to_ascii_lowercase().contains("proxy-authorization: basic dtpw"), "{head}");
}

#[test]
fn what_no_proxy_names_is_asked_directly() {
    let double = Double::scripted(|_| Some(json_answer(200, &json!({ "login": "direct" }))));
    for no in ["NO_PROXY", "no_proxy"] {
        let environment = [("HTTP_PROXY", "http://127.0.0.1:9"), (no, "127.0.0.1,localhost")];
        let output = ask(&double.uri(), &environment);
        assert!(text(&output).contains("login Some(\"direct\")"), "{}", text(&output));
    }
}

#[test]
fn a_proxy_of_another_kind_is_refused_by_name() {
    let output = ask("https://api.github.example", &[("HTTPS_PROXY", "socks5://127.0.0.1:9")]);
    assert!(
        text(&output).contains("a proxy of the kind socks5:// is not supported"),
        "{}",
        text(&output)
    );
}

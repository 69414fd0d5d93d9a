//! The program itself: its line, its errors, its end.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clinic::fault::Faults;
use rustix::process::{Pid, Signal, kill_process};

use crate::stage::{ask, get, on_empty, on_seeded};

fn clinic() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clinic"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CLINIC_") {
            command.env_remove(name);
        }
    }
    command
}

#[test]
fn serving_says_where_and_ends_when_asked() {
    on_seeded(|stage| async move {
        for signal in [Signal::TERM, Signal::INT] {
            let mut child = clinic()
                .args(["serve", "--listen", "127.0.0.1:0", "--database-url", &stage.url])
                .env("CLINIC_FAULT_TAIL", "1ms/20")
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut output = BufReader::new(child.stdout.take().unwrap());
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            let address = line.trim().strip_prefix("listening on ").expect(&line);
            assert!(std::net::TcpStream::connect(address).is_ok());
            let start = Instant::now();
            kill_process(Pid::from_child(&child), signal).unwrap();
            assert!(child.wait().unwrap().success());
            assert!(start.elapsed() < Duration::from_secs(5));
            let (mut rest, mut errors) = (String::new(), String::new());
            output.read_to_string(&mut rest).unwrap();
            assert_eq!(rest, "", "one line and no more");
            child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
            assert_eq!(errors, "fault: one request of 20 takes 1ms longer\n");
        }
    });
}

#[test]
fn errors_have_a_hint_and_a_code() {
    on_empty(|stage| async move {
        let fails = |command: &mut Command, text: &str| {
            let output = command.output().unwrap();
            let errors = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "{errors}");
            assert!(errors.starts_with("error: ") && errors.contains("\nhint: "), "{errors}");
            assert!(errors.contains(text), "{errors}");
            assert!(output.stdout.is_empty());
        };
        let mut command = clinic();
        command.args(["serve", "--database-url", &stage.url]).env("CLINIC_FAULT_POOL", "none");
        fails(&mut command, "CLINIC_FAULT_POOL");
        let closed = "postgres://nobody@127.0.0.1:1/nothing";
        fails(clinic().args(["migrate", "--database-url", closed]), "database");
        fails(clinic().args(["serve", "--database-url", closed]), "database");
    });
}

#[test]
fn migrating_and_seeding_can_be_done_twice() {
    on_empty(|stage| async move {
        for _ in 0..2 {
            let status = clinic().args(["migrate", "--database-url", &stage.url]).status();
            assert!(status.unwrap().success());
        }
        let seed = |more: &[&str]| {
            clinic()
                .args(["seed", "--organisations", "2", "--clients", "30", "--seed", "3"])
                .args(["--database-url", &stage.url])
                .args(more)
                .output()
                .unwrap()
        };
        let first = seed(&[]);
        let text = String::from_utf8(first.stdout).unwrap();
        assert!(text.starts_with("seed 3\n2 organisations\n"), "{text}");
        assert!(text.contains("\n36 clients\n"), "{text}");
        assert_eq!(seed(&[]).status.code(), Some(1));
        assert_eq!(String::from_utf8(seed(&["--force"]).stdout).unwrap(), text);
    });
}

#[test]
fn the_metrics_are_there() {
    on_seeded(|stage| async move {
        let router = stage.service(Faults::default()).await.router();
        get(&router, 1, "/clients").await;
        get(&router, 1, "/clients/999999").await;
        ask(&router, 1, "POST", "/appointments", "{}").await;
        let health = get(&router, 1, "/health").await;
        assert_eq!(health.json()["status"], "ok");
        let text = get(&router, 1, "/metrics").await.body;
        let text = String::from_utf8(text.to_vec()).unwrap();
        for expected in [
            "clinic_pool_connections 6",
            "clinic_pool_in_use 0",
            "clinic_pool_waiting 0",
            "clinic_pool_wait_seconds_count 4",
            "clinic_query_seconds_count{query=\"clients_search\"} 1",
            "clinic_query_hold_seconds_count 4",
            "clinic_rooms 0",
            "clinic_http_seconds_count{category=\"read\",endpoint=\"clients-search\"} 1",
        ] {
            assert!(text.contains(&format!("\n{expected}\n")), "{expected}: {text}");
        }
        for (category, endpoint, status) in [
            ("read", "clients-search", 200),
            ("read", "client", 404),
            ("write", "appointment-create", 422),
            ("other", "health", 200),
        ] {
            let line = format!(
                "clinic_http_requests_total{{category=\"{category}\",endpoint=\"{endpoint}\",\
                status=\"{status}\"}} 1\n"
            );
            assert!(text.contains(&line), "{line}: {text}");
        }
        let value = |name: &str| -> f64 {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap().trim().parse().unwrap()
        };
        assert!(value("process_cpu_seconds_total ") > 0.0);
        assert!(value("process_resident_memory_bytes ") > 1e6);
    });
}

//! Rooms import only rooms above them in the library's list.

use std::path::{Path, PathBuf};

fn sources(path: PathBuf, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            sources(entry.unwrap().path(), found);
        }
    } else {
        found.push(path);
    }
}

#[test]
fn imports_point_upwards() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let library = std::fs::read_to_string(source.join("lib.rs")).unwrap();
    let listed =
        library.lines().filter_map(|line| line.strip_prefix("//! | [`")?.split('`').next());
    let order: Vec<&str> = listed.collect();
    let declared = library.lines().filter(|line| line.starts_with("pub mod ")).count();
    assert_eq!(order.len(), declared, "the list and the modules");
    let place = |room: &str| order.iter().position(|listed| *listed == room);
    for (index, room) in order.iter().enumerate() {
        let mut files = Vec::new();
        let (file, folder) = (source.join(format!("{room}.rs")), source.join(room));
        sources(if file.exists() { file } else { folder }, &mut files);
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for part in text.split("crate::").skip(1) {
                let name = part.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap();
                let Some(other) = place(name) else { continue };
                assert!(other <= index, "{} imports {name}", file.display());
            }
        }
    }
}

#[test]
fn every_route_of_the_router_is_a_known_endpoint() {
    let router = include_str!("../../src/http/mod.rs");
    let mut known = 0;
    for line in router.split(".route(").skip(1) {
        let route = line.split('"').nth(1).unwrap();
        let methods = line.split(".route(").next().unwrap();
        for (call, method) in [("get(", "GET"), ("post(", "POST"), ("patch(", "PATCH")] {
            if methods.lines().next().unwrap().contains(call) {
                let is = |entry: &&(&str, &str, _)| entry.0 == method && entry.1 == route;
                assert!(clinic::endpoint::ROUTES.iter().any(|e| is(&e)), "{method} {route}");
                known += 1;
            }
        }
    }
    assert_eq!(known, clinic::endpoint::ROUTES.len());
}

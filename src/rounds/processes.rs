//! The processes below this one, as the system lists them.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, kill_process_group, waitpid};

/// How often it is looked whether processes are gone.
const LOOK: Duration = Duration::from_millis(20);

/// Makes this process the parent of whatever its descendants leave behind, so that it can be found
/// and ended. Where a system has no such thing, only process groups are ended.
pub(super) fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Ends a process group and every other descendant: first asked (SIGTERM), and after `grace` made
/// to (SIGKILL). `child` is the group's leader, which is waited for too.
pub(super) fn end(child: &mut std::process::Child, grace: Duration) {
    let Some(group) = pid(child.id()) else { return };
    let everyone = |signal: Signal| {
        // A process that is gone cannot be signalled, and need not be.
        let _ = kill_process_group(group, signal);
        for orphan in orphans(group) {
            let _ = kill_process(orphan, signal);
        }
    };
    everyone(Signal::TERM);
    let begun = Instant::now();
    let mut killed = false;
    loop {
        let leader_is_gone = !matches!(child.try_wait(), Ok(None));
        reap();
        if leader_is_gone && members(group).is_empty() && orphans(group).is_empty() {
            return;
        }
        if begun.elapsed() > grace {
            everyone(Signal::KILL);
            // What even SIGKILL does not end hangs in the kernel, and waiting would hang too.
            if killed && begun.elapsed() > grace * 2 {
                return;
            }
            killed = true;
        }
        std::thread::sleep(LOOK);
    }
}

/// A process as the system lists it.
pub(super) struct Listed {
    pub(super) pid: u32,
    pub(super) name: String,
    pub(super) parent: u32,
    pub(super) group: u32,
    /// A zombie is gone but for its exit code.
    pub(super) is_zombie: bool,
    /// CPU time so far, own and of ended children, in clock ticks.
    pub(super) ticks: u64,
}

/// Every process of this machine that can be seen; none where there is no `/proc`.
pub(super) fn listed() -> Vec<Listed> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| {
            let pid = entry.ok()?.file_name().to_str()?.parse().ok()?;
            parse(pid, &std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
        })
        .collect()
}

/// One line of `/proc/PID/stat`, see proc_pid_stat(5). The name may hold spaces and parentheses.
fn parse(pid: u32, stat: &str) -> Option<Listed> {
    let (head, fields) = stat.rsplit_once(") ")?;
    let (_, name) = head.split_once('(')?;
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Listed {
        pid,
        name: name.to_owned(),
        parent: u32::try_from(number(1)?).ok()?,
        group: u32::try_from(number(2)?).ok()?,
        is_zombie: matches!(fields.first(), Some(&"Z" | &"X")),
        ticks: number(11)?.saturating_add(number(12)?),
    })
}

/// The living members of a process group.
fn members(group: Pid) -> Vec<u32> {
    let group = group.as_raw_nonzero().get().unsigned_abs();
    let living = listed().into_iter().filter(|p| p.group == group && !p.is_zombie);
    living.map(|p| p.pid).collect()
}

/// Living descendants outside the group: what was left behind and adopted, and what lies below it.
fn orphans(group: Pid) -> Vec<Pid> {
    let group = group.as_raw_nonzero().get().unsigned_abs();
    let outside = descendants().into_iter().filter(|p| p.group != group && !p.is_zombie);
    outside.filter_map(|p| pid(p.pid)).collect()
}

/// Every process below this one.
pub(super) fn descendants() -> Vec<Listed> {
    let mut others = listed();
    let mut found: Vec<Listed> = Vec::new();
    let mut parents = vec![std::process::id()];
    while !parents.is_empty() {
        let (below, rest) = others.into_iter().partition(|p: &Listed| parents.contains(&p.parent));
        others = rest;
        parents = below.iter().map(|p| p.pid).collect();
        found.extend(below);
    }
    found
}

/// Takes the exit codes of adopted processes, which would else stay zombies.
fn reap() {
    let me = std::process::id();
    for zombie in listed().into_iter().filter(|p| p.parent == me && p.is_zombie) {
        if let Some(pid) = pid(zombie.pid) {
            let _ = waitpid(Some(pid), WaitOptions::NOHANG);
        }
    }
}

fn pid(raw: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(raw).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_look_like_the_fields_after_it() {
        let line = "42 (a) R 1 (b)) S 7 9 9 0 -1 4194304 1 2 3 4 50 25 0 0 20 0 1 0 100 0 0";
        let found = parse(42, line).unwrap();
        assert_eq!((found.name.as_str(), found.parent, found.group), ("a) R 1 (b)", 7, 9));
        assert_eq!((found.ticks, found.is_zombie), (75, false));
        for broken in ["", "1 (x)", "1 (x) S", "1 (x) S -1 2 3", "1 (x) S 1 2 3 4 5 6 7 8 9 10 y 1"]
        {
            assert!(parse(1, broken).is_none(), "{broken:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_listed() {
        let me = std::process::id();
        let found = listed();
        let this = found.iter().find(|p| p.pid == me).unwrap();
        assert!(!this.is_zombie && this.parent > 0);
    }
}

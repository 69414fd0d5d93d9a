//! This machine.

use std::fs;
use std::process::Command;

use crate::measure::Machine;

/// This machine, as far as the system tells.
#[must_use]
pub fn this_machine() -> Machine {
    Machine {
        name: None,
        os: std::env::consts::OS.to_owned(),
        arch: std::env::consts::ARCH.to_owned(),
        cpu: cpu_model().unwrap_or_else(|| "unknown-cpu".to_owned()),
        cores: std::thread::available_parallelism()
            .map_or(0, |n| u32::try_from(n.get()).unwrap_or(u32::MAX)),
        image: image(|name| std::env::var(name).ok()),
        kernel: first_line("/proc/sys/kernel/osrelease"),
        // The load while this runs is not the load before measuring; whoever measures knows that.
        load: None,
        memory: memory(),
        governor: first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        turbo: turbo(),
        cpu_limit: first_line("/sys/fs/cgroup/cpu.max").and_then(|line| cpu_limit(&line)),
        memory_limit: first_line("/sys/fs/cgroup/memory.max").and_then(|line| line.parse().ok()),
    }
}

/// The image of a hosted runner and its version, as its environment tells: `ubuntu24 20261116.1.0`.
fn image(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let parts: Vec<String> = ["ImageOS", "ImageVersion"]
        .into_iter()
        .filter_map(&variable)
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn cpu_model() -> Option<String> {
    if cfg!(target_os = "macos") {
        return sysctl("machdep.cpu.brand_string");
    }
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let value = |key: &str| value_of(&info, key);
    // 64-bit Arm kernels name no model; implementer and part together do.
    value("model name")
        .or_else(|| Some(format!("arm-{}-{}", value("CPU implementer")?, value("CPU part")?)))
}

fn memory() -> Option<u64> {
    if cfg!(target_os = "macos") {
        return sysctl("hw.memsize")?.parse().ok();
    }
    let total = value_of(&fs::read_to_string("/proc/meminfo").ok()?, "MemTotal")?;
    total.strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Intel's driver says whether turbo is off, the others whether boost is on.
fn turbo() -> Option<bool> {
    let off = first_line("/sys/devices/system/cpu/intel_pstate/no_turbo").map(|line| line == "0");
    off.or_else(|| first_line("/sys/devices/system/cpu/cpufreq/boost").map(|line| line == "1"))
}

/// The quota over the period of `cpu.max` (control groups, version 2); `None` for `max`.
fn cpu_limit(line: &str) -> Option<f64> {
    let (quota, period) = line.split_once(' ')?;
    let (quota, period) = (quota.parse::<f64>().ok()?, period.parse::<f64>().ok()?);
    (quota > 0.0 && period > 0.0).then(|| quota / period)
}

/// The value of a line `key: value`.
fn value_of(text: &str, key: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == key).then(|| value.trim().to_owned())
    })
}

fn sysctl(name: &str) -> Option<String> {
    let output = Command::new("sysctl").args(["-n", name]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn first_line(path: &str) -> Option<String> {
    let line = fs::read_to_string(path).ok()?.lines().next()?.trim().to_owned();
    Some(line).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_load_of_this_moment_is_no_fact_of_the_measurement() {
        assert_eq!(this_machine().load, None);
    }

    #[test]
    fn an_image_has_a_name_and_a_version() {
        let of = |known: &'static [(&str, &str)]| {
            image(|name| known.iter().find(|(key, _)| *key == name).map(|(_, v)| (*v).to_owned()))
        };
        let hosted = of(&[("ImageOS", "ubuntu24"), ("ImageVersion", "20261116.1.0")]);
        assert_eq!(hosted.as_deref(), Some("ubuntu24 20261116.1.0"));
        assert_eq!(of(&[("ImageOS", "ubuntu24")]).as_deref(), Some("ubuntu24"));
        assert_eq!(of(&[("ImageOS", "")]), None);
    }

    #[test]
    fn a_quota_is_a_number_of_cores() {
        assert_eq!(cpu_limit("max 100000"), None);
        assert_eq!(cpu_limit("150000 100000"), Some(1.5));
        for broken in ["", "1", "x y", "0 100000", "100000 0", "-1 5"] {
            assert_eq!(cpu_limit(broken), None, "{broken:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_has_memory_and_cores() {
        let machine = this_machine();
        assert!(machine.cores > 0 && machine.memory.is_some_and(|bytes| bytes > 1 << 20));
    }
}

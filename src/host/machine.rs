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
        image: std::env::var("ImageOS").ok().filter(|image| !image.is_empty()),
        kernel: first_line("/proc/sys/kernel/osrelease"),
        // The load while this runs is not the load before measuring; only a sidecar knows that.
        load: None,
    }
}

fn cpu_model() -> Option<String> {
    if cfg!(target_os = "macos") {
        let output =
            Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"]).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        return Some(text.trim().to_owned()).filter(|model| !model.is_empty());
    }
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let value = |key: &str| {
        info.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            (name.trim() == key).then(|| value.trim().to_owned())
        })
    };
    // 64-bit Arm kernels name no model; implementer and part together do.
    value("model name")
        .or_else(|| Some(format!("arm-{}-{}", value("CPU implementer")?, value("CPU part")?)))
}

fn first_line(path: &str) -> Option<String> {
    fs::read_to_string(path).ok()?.lines().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::this_machine;

    #[test]
    fn the_load_of_this_moment_is_no_fact_of_the_measurement() {
        assert_eq!(this_machine().load, None);
    }
}

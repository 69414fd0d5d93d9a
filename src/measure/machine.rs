//! The machine that measured, and the key under which its baselines are kept.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The machine that measured. The first four fields make the environment key; the rest is
/// recorded, and a difference is only noticed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Machine {
    /// A name given by the user, which then is the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Operating system: `linux`, `macos`.
    pub os: String,
    /// Architecture: `x86_64`, `aarch64`.
    pub arch: String,
    /// CPU model as the system names it.
    pub cpu: String,
    /// Logical cores.
    pub cores: u32,
    /// Runner or container image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Kernel release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// One-minute load average before measuring.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<f64>,
    /// Memory, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// How the first core's frequency is governed, such as `performance`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub governor: Option<String>,
    /// Whether cores may run above their nominal frequency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turbo: Option<bool>,
    /// Cores that a container may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_limit: Option<f64>,
    /// Memory that a container may use, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<u64>,
}

/// Under which name a machine's baselines are kept: safe as a file name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EnvironmentKey(String);

impl EnvironmentKey {
    /// The longest key, in bytes: a file name with its suffixes stays within 255.
    const LONGEST: usize = 100;

    /// A key from any text: lower case, with runs of other characters than letters, digits, `.`
    /// and `_` as one `-`. Where letters or digits beyond ASCII were left out, or the end was cut,
    /// the hash of the whole text is appended, so that different names stay different keys.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut key = String::new();
        let mut lossy = false;
        for c in text.chars().flat_map(char::to_lowercase) {
            if c.is_ascii_alphanumeric() || c == '_' || (c == '.' && !key.is_empty()) {
                key.push(c);
            } else if !key.is_empty() && !key.ends_with('-') {
                key.push('-');
            }
            lossy |= !c.is_ascii() && c.is_alphanumeric();
        }
        let whole = key.trim_end_matches(['-', '.']);
        if !lossy && whole.len() <= Self::LONGEST {
            return Self(if whole.is_empty() { "unknown".to_owned() } else { whole.to_owned() });
        }
        let hash: String =
            Sha256::digest(text).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let room = Self::LONGEST - hash.len() - 1;
        let start = whole.get(..room).unwrap_or(whole).trim_end_matches(['-', '.']);
        Self(if start.is_empty() { hash } else { format!("{start}-{hash}") })
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EnvironmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Machine {
    /// The machine's environment key: its given name, else os, architecture, CPU model and cores.
    #[must_use]
    pub fn key(&self) -> EnvironmentKey {
        match &self.name {
            Some(name) => EnvironmentKey::new(name),
            None => EnvironmentKey::new(&format!(
                "{}-{}-{}-{}c",
                self.os, self.arch, self.cpu, self.cores
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EnvironmentKey;

    fn key(text: &str) -> String {
        EnvironmentKey::new(text).as_str().to_owned()
    }

    #[test]
    fn plain_names_stay_as_they_are() {
        for (text, expected) in [
            (
                "linux-x86_64-AMD EPYC 7763 64-Core Processor-4c",
                "linux-x86_64-amd-epyc-7763-64-core-processor-4c",
            ),
            ("Intel(R) Core(TM) i7 @ 2.6GHz", "intel-r-core-tm-i7-2.6ghz"),
            ("  ..hidden/../x.. ", "hidden-..-x"),
            ("", "unknown"),
            ("—", "unknown"),
        ] {
            assert_eq!(key(text), expected);
        }
        let longest = "x".repeat(100);
        assert_eq!(key(&longest), longest);
        assert_eq!(key(&format!("{longest}--")), longest);
    }

    #[test]
    fn different_names_are_different_keys() {
        // The hashes are what `printf %s NAME | sha256sum` says.
        assert_eq!(key("сервер"), "98f5cacd");
        assert_eq!(key("büro"), "b-ro-2616f09c");
        assert_ne!(key("服务器"), key("测试机"));
        let long = "x".repeat(100);
        let keys = [key(&format!("{long}a")), key(&format!("{long}b"))];
        assert_ne!(keys[0], keys[1]);
        for key in keys {
            assert_eq!(key.len(), 100);
            assert_eq!(EnvironmentKey::new(&key).as_str(), key, "a key is its own key");
        }
    }
}

//! The machine that measured, and the key under which its baselines are kept.

use std::fmt;

use serde::{Deserialize, Serialize};

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
}

/// Under which name a machine's baselines are kept: safe as a file name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EnvironmentKey(String);

impl EnvironmentKey {
    /// The longest key, in bytes: a file name with its suffixes stays within 255.
    const LONGEST: usize = 100;

    /// A key from any text: lower case, with runs of other characters than letters, digits, `.`
    /// and `_` as one `-`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut key = String::new();
        for c in text.chars().flat_map(char::to_lowercase) {
            if c.is_ascii_alphanumeric() || c == '_' || (c == '.' && !key.is_empty()) {
                key.push(c);
            } else if !key.is_empty() && !key.ends_with('-') {
                key.push('-');
            }
            if key.len() >= Self::LONGEST {
                break;
            }
        }
        let key = key.trim_end_matches(['-', '.']);
        Self(if key.is_empty() { "unknown".to_owned() } else { key.to_owned() })
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

//! A machine in a stored form. A sidecar may say more than is known here, for people write it; a
//! stored form may not.

use serde::{Deserialize, Deserializer};

use crate::measure::Machine;

/// For `deserialize_with`.
pub(super) fn machine<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Machine>, D::Error> {
    let fields = Option::<Fields>::deserialize(from)?;
    Ok(fields.map(|Fields { name, os, arch, cpu, cores, image, kernel, load }| Machine {
        name,
        os,
        arch,
        cpu,
        cores,
        image,
        kernel,
        load,
    }))
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Fields {
    name: Option<String>,
    os: String,
    arch: String,
    cpu: String,
    cores: u32,
    image: Option<String>,
    kernel: Option<String>,
    load: Option<f64>,
}

//! A machine in a stored form. A sidecar may say more than is known here, for people write it; a
//! stored form may not.

use serde::{Deserialize, Deserializer};

use crate::measure::Machine;

/// For `deserialize_with`.
pub(super) fn machine<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Machine>, D::Error> {
    let fields = Option::<Fields>::deserialize(from)?;
    Ok(fields.map(|fields| Machine {
        name: fields.name,
        os: fields.os,
        arch: fields.arch,
        cpu: fields.cpu,
        cores: fields.cores,
        image: fields.image,
        kernel: fields.kernel,
        load: fields.load,
        memory: fields.memory,
        governor: fields.governor,
        turbo: fields.turbo,
        cpu_limit: fields.cpu_limit,
        memory_limit: fields.memory_limit,
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
    memory: Option<u64>,
    governor: Option<String>,
    turbo: Option<bool>,
    cpu_limit: Option<f64>,
    memory_limit: Option<u64>,
}

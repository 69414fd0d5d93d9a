//! Zip archives byte by byte, so that any of their fields can lie. The layout is that of section 4.3
//! of PKWARE's APPNOTE.

use std::io::Write as _;

use flate2::{Compression, Crc, write::DeflateEncoder};

pub(crate) const STORED: u16 = 0;
pub(crate) const DEFLATED: u16 = 8;

/// One entry, with every field as it is written.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    /// The name before the content, where it differs from the one in the directory.
    pub(crate) local_name: Option<Vec<u8>>,
    pub(crate) packed: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) crc: u32,
    /// Sizes as they are said.
    pub(crate) packed_size: u32,
    pub(crate) size: u32,
    /// Unix type and permissions.
    pub(crate) mode: u32,
}

impl Entry {
    pub(crate) fn deflated(name: &str, content: &[u8]) -> Self {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(content).expect("memory is writable");
        let packed = packer.finish().expect("memory is writable");
        Self { packed_size: len(&packed), packed, method: DEFLATED, ..Self::stored(name, content) }
    }

    pub(crate) fn stored(name: &str, content: &[u8]) -> Self {
        let mut crc = Crc::new();
        crc.update(content);
        Self {
            name: name.as_bytes().to_vec(),
            local_name: None,
            packed: content.to_vec(),
            method: STORED,
            flags: 0,
            crc: crc.sum(),
            packed_size: len(content),
            size: len(content),
            mode: 0o100_644,
        }
    }
}

/// The archive of some entries.
pub(crate) fn archive(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut starts = Vec::new();
    for entry in entries {
        starts.push(len(&bytes));
        bytes.extend_from_slice(b"PK\x03\x04");
        short(&mut bytes, &[20]);
        common_fields(&mut bytes, entry);
        let name = entry.local_name.as_ref().unwrap_or(&entry.name);
        short(&mut bytes, &[u16::try_from(name.len()).expect("short"), 0]);
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(&entry.packed);
        // Written by those who do not know sizes beforehand.
        if entry.flags & 8 != 0 {
            bytes.extend_from_slice(b"PK\x07\x08");
            long(&mut bytes, &[entry.crc, entry.packed_size, entry.size]);
        }
    }
    directory(bytes, entries, &starts)
}

/// The archive whose entries say that they start at these places of `bytes`.
pub(crate) fn directory(mut bytes: Vec<u8>, entries: &[Entry], starts: &[u32]) -> Vec<u8> {
    let start = len(&bytes);
    for (entry, place) in entries.iter().zip(starts) {
        bytes.extend_from_slice(b"PK\x01\x02");
        // Made on Unix, version 2.0 needed.
        short(&mut bytes, &[3 << 8 | 20, 20]);
        common_fields(&mut bytes, entry);
        short(&mut bytes, &[u16::try_from(entry.name.len()).expect("short"), 0, 0, 0, 0]);
        long(&mut bytes, &[entry.mode << 16, *place]);
        bytes.extend_from_slice(&entry.name);
    }
    let size = len(&bytes) - start;
    bytes.extend_from_slice(b"PK\x05\x06");
    // What does not fit says so by all ones.
    let count = u16::try_from(entries.len()).unwrap_or(u16::MAX);
    short(&mut bytes, &[0, 0, count, count]);
    long(&mut bytes, &[size, start]);
    short(&mut bytes, &[0]);
    bytes
}

fn common_fields(bytes: &mut Vec<u8>, entry: &Entry) {
    short(bytes, &[entry.flags, entry.method, 0, 0x21]);
    long(bytes, &[entry.crc, entry.packed_size, entry.size]);
}

fn short(bytes: &mut Vec<u8>, numbers: &[u16]) {
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn long(bytes: &mut Vec<u8>, numbers: &[u32]) {
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

fn len(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("under 4 GB")
}

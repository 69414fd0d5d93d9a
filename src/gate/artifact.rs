//! One file out of a zip archive that somebody else made. The archive stays in memory, nothing is
//! unpacked to a disk, and whatever is not exactly what was asked for is refused.

use std::io::{Cursor, Read as _};

use zip::read::{ArchiveOffset, Config};
use zip::{CompressionMethod, ZipArchive};

/// Why an archive was refused.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// Not a zip archive, or a damaged one.
    #[error("the archive cannot be read: {0}\nhint: upload it again")]
    Damaged(String),
    /// A whole archive of another kind than the one that was asked for.
    #[error(
        "the archive is not one of a single plain file {name:?}: {found}\nhint: upload that file alone, uncompressed or deflated"
    )]
    Unexpected {
        /// The file that was asked for.
        name: String,
        /// What is there instead.
        found: String,
    },
    /// The file is larger than it may be.
    #[error(
        "{name:?} in the archive holds more than {limit} bytes\nhint: measure fewer suites, rows or runs at a time"
    )]
    TooLarge {
        /// The file.
        name: String,
        /// In bytes.
        limit: u64,
    },
}

/// The content of the only file of an archive, which must have this name and at most `limit` bytes.
/// No size that the archive declares is believed.
///
/// # Errors
/// [`ArtifactError`], for any other archive.
pub fn only_file(archive: &[u8], name: &str, limit: u64) -> Result<Vec<u8>, ArtifactError> {
    let unexpected =
        |found: &str| ArtifactError::Unexpected { name: name.to_owned(), found: found.to_owned() };
    let damaged = |error: &dyn std::fmt::Display| ArtifactError::Damaged(error.to_string());
    let entries = entries(archive).map_err(|found| damaged(&found))?;
    if entries != 1 {
        return Err(unexpected(&format!("it has {entries} entries")));
    }
    let config = Config { archive_offset: ArchiveOffset::Known(0) };
    let mut zip =
        ZipArchive::with_config(config, Cursor::new(archive)).map_err(|error| damaged(&error))?;
    let directory = zip.central_directory_start();
    let entry = zip.by_index_raw(0).map_err(|error| damaged(&error))?;
    if entry.name_raw() != name.as_bytes() {
        return Err(unexpected("its entry has another name"));
    }
    // The type of a file, where the archive tells: none, or a regular one.
    let plain = entry.unix_mode().is_none_or(|mode| matches!(mode >> 12, 0 | 0o10));
    if !plain || !entry.is_file() || entry.is_symlink() {
        return Err(unexpected("its entry is a directory, a link or a device"));
    }
    if entry.encrypted() {
        return Err(unexpected("its entry is encrypted"));
    }
    if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
        return Err(unexpected("its entry is compressed by another method"));
    }
    let declared = entry.size();
    let end = entry.data_start().and_then(|start| start.checked_add(entry.compressed_size()));
    if end.is_none_or(|end| end > directory) {
        return Err(damaged(&"its entry reaches into its directory"));
    }
    drop(entry);
    let entry = zip.by_index(0).map_err(|error| damaged(&error))?;
    let mut content = Vec::new();
    // The checksum is compared at the end of the content.
    entry
        .take(limit.saturating_add(1))
        .read_to_end(&mut content)
        .map_err(|error| damaged(&error))?;
    if content.len() as u64 > limit {
        return Err(ArtifactError::TooLarge { name: name.to_owned(), limit });
    }
    if content.len() as u64 != declared {
        return Err(damaged(&"its entry has another size than it says"));
    }
    Ok(content)
}

/// The number of entries that an archive has, from the record that must be its very end. The
/// directory of entries must lie right before it and nowhere else, so that every reader sees the
/// same entries, and their number is known before they are looked at.
///
/// The layout is that of section 4.3 of PKWARE's APPNOTE, without the extensions for archives of
/// more than 4 GB.
fn entries(archive: &[u8]) -> Result<u16, &'static str> {
    const RECORD: usize = 22;
    const LOCATOR_64: usize = 20;
    let end = archive.len().checked_sub(RECORD).ok_or("it is no zip archive")?;
    let record = archive.get(end..).unwrap_or_default();
    let short = |at: usize| {
        let bytes = record.get(at..at + 2).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u16::from_le_bytes)
    };
    let long = |at: usize| {
        let bytes = record.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u32::from_le_bytes) as usize
    };
    if !record.starts_with(b"PK\x05\x06") || short(20) != 0 {
        return Err("it is no zip archive, or something follows it");
    }
    let before = end.checked_sub(LOCATOR_64).and_then(|at| archive.get(at..));
    if before.is_some_and(|bytes| bytes.starts_with(b"PK\x06\x07")) {
        return Err("it is a zip archive for more than 4 GB");
    }
    let [disk, first_disk, here, all] = [4, 6, 8, 10].map(short);
    if (disk, first_disk) != (0, 0) || here != all {
        return Err("it is part of an archive");
    }
    let (size, start) = (long(12), long(16));
    let starts = archive.get(start..).is_some_and(|bytes| bytes.starts_with(b"PK\x01\x02"));
    if start.checked_add(size) != Some(end) || (all > 0 && !starts) {
        return Err("its directory is not where it says");
    }
    Ok(all)
}

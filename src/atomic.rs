//! Replacing a file as a whole: whoever reads meanwhile sees the old file or the new one.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How the names of files begin that are still being written.
pub const UNFINISHED: &str = ".tailguard-";

/// Links that are followed one after the other; more go in a circle.
const MOST_LINKS: usize = 40;

/// Replaces a file, and makes its directory where there is none: a temporary file beside it,
/// flushed to the disk, then renamed. It is as readable as the user's mask lets any new file be.
///
/// A symbolic link stays, and the file that it names is replaced. A pipe or a device cannot be
/// replaced and is written to.
///
/// # Errors
/// What the file system says; the old file then stands as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = followed(path)?;
    if is_open_file(&target)
        || fs::metadata(&target).is_ok_and(|kind| !kind.is_file() && !kind.is_dir())
    {
        return OpenOptions::new().append(true).open(&target)?.write_all(bytes);
    }
    let dir = match target.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    fs::create_dir_all(dir)?;
    let mut file = unfinished(dir)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|e| e.error)?;
    flush(dir)
}

/// Where a path leads when the last of it is a symbolic link, also to what does not exist yet.
fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(to) if !is_open_file(&path) => {
                path = path.parent().map_or_else(|| to.clone(), |dir| dir.join(&to));
            }
            _ => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Whether a path stands for a file that a process holds open, to which others may be writing too.
fn is_open_file(path: &Path) -> bool {
    cfg!(unix) && (path.starts_with("/dev/fd") || path.starts_with("/proc"))
}

fn unfinished(dir: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(dir)
}

/// A rename is on the disk only once the directory is. Some file systems cannot be asked for that,
/// and a directory may be one that can be written to and not read.
#[cfg(unix)]
fn flush(dir: &Path) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    match fs::File::open(dir).and_then(|dir| dir.sync_all()) {
        Err(e) if matches!(e.kind(), InvalidInput | PermissionDenied | Unsupported) => Ok(()),
        other => other,
    }
}

#[cfg(not(unix))]
fn flush(_dir: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let name = |e: io::Result<fs::DirEntry>| e.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<_> = fs::read_dir(dir).unwrap().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_and_its_directory_made() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b.json");
        replace(&path, b"old").unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(&dir.path().join("a")), ["b.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_written_through() {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("there")).unwrap();
        fs::write(dir.path().join("there/old"), "old").unwrap();
        symlink("there/old", dir.path().join("one")).unwrap();
        symlink("one", dir.path().join("two")).unwrap();
        symlink("there/none-yet", dir.path().join("dangling")).unwrap();
        symlink("circle", dir.path().join("circle")).unwrap();
        for (link, file) in [("two", "there/old"), ("dangling", "there/none-yet")] {
            replace(&dir.path().join(link), link.as_bytes()).unwrap();
            assert!(fs::symlink_metadata(dir.path().join(link)).unwrap().is_symlink());
            assert_eq!(fs::read_to_string(dir.path().join(file)).unwrap(), link);
        }
        assert!(replace(&dir.path().join("circle"), b"x").is_err());
        assert_eq!(names(&dir.path().join("there")), ["none-yet", "old"]);
    }

    #[cfg(unix)]
    #[test]
    fn the_mode_is_that_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let mode = |name| fs::metadata(dir.path().join(name)).unwrap().permissions().mode();
        fs::write(dir.path().join("plain"), "").unwrap();
        replace(&dir.path().join("replaced"), b"").unwrap();
        assert_eq!(mode("plain"), mode("replaced"));
    }

    #[cfg(unix)]
    #[test]
    fn devices_stay_devices() {
        replace(Path::new("/dev/null"), b"x").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}

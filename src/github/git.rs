//! Commits, files and branches through the git data API: no checkout, no push.

mod read;
mod write;

pub use read::{blob, commit, default_branch, file_at, files_below, tip};
pub use write::{commit_files, create_branch, move_branch};

const READ: &str = "contents: read";
const WRITE: &str = "contents: write";

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub sha: String,
    /// The name of its tree.
    pub tree: String,
    /// The names of its parents.
    pub parents: Vec<String>,
    /// Its whole message.
    pub message: String,
}

/// A file of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path from the root.
    pub path: String,
    /// The name of its blob.
    pub sha: String,
    /// Its size, in bytes.
    pub size: u64,
    /// `100644`, `100755`, or `120000` for a symbolic link.
    pub mode: String,
}

/// A commit that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewCommit<'a> {
    /// The names of its parents.
    pub parents: &'a [String],
    /// The name of the tree that it changes.
    pub base_tree: &'a str,
    /// Its whole message.
    pub message: &'a str,
    /// Files that it adds or replaces: path and content.
    pub files: &'a [(String, Vec<u8>)],
    /// Files that it removes; they have to be there.
    pub removed: &'a [String],
}

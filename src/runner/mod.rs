//! The CI job around this process, as GitHub Actions tells it: the event, and the files and lines
//! through which a step answers.

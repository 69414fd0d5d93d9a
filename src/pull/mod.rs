//! The stories of a pull request: a verdict on it, and baselines by it.

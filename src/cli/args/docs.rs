//! The flags of `docs`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(
    after_help = "What stands between `<!-- tailguard:begin NAME -->` and `<!-- tailguard:end NAME -->` \
    is generated; everything else in a page is yours and stays as it is. A page that is not there is \
    written from a template."
)]
pub(in crate::cli) struct Docs {
    /// Write nothing; exit with 11 where a page or a figure is not what the data give, a figure is
    /// orphaned, or a link of a page leads nowhere
    #[arg(long)]
    pub(in crate::cli) check: bool,
    /// Where the pages lie, relative to the configuration file
    #[arg(long, value_name = "DIR", default_value = "docs/performance")]
    pub(in crate::cli) dir: PathBuf,
}

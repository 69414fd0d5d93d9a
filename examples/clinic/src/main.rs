//! The command line of the clinic.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use clinic::fault::{self, Faults};
use clinic::seed::{self, Plan};
use clinic::serve::{self, Service, Settings};
use clinic::store::{self, schema};
use tokio::signal::unix::{SignalKind, signal};

/// A small multi-tenant booking platform on PostgreSQL, made to be measured under real load.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Bring the tables to this version.
    Migrate(Database),
    /// Fill a migrated database, the same for the same seed.
    Seed(Seed),
    /// Serve until SIGTERM or SIGINT.
    Serve(Serve),
}

#[derive(Args)]
struct Database {
    /// PostgreSQL's URL, of the owner of the tables.
    #[arg(long, env = "CLINIC_DATABASE_URL", hide_env_values = true)]
    database_url: String,
}

#[derive(Args)]
struct Seed {
    #[command(flatten)]
    database: Database,
    /// How many organisations.
    #[arg(long, env = "CLINIC_ORGANISATIONS", default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    organisations: u32,
    /// Clients of the first one; the second has a fifth, the third a twenty-fifth.
    #[arg(long, env = "CLINIC_CLIENTS", default_value_t = 10_000,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    clients: u32,
    /// Of all random choices.
    #[arg(long, env = "CLINIC_SEED", default_value_t = 1)]
    seed: u64,
    /// Replace what is there.
    #[arg(long)]
    force: bool,
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    database: Database,
    /// Where to listen; port 0 is a free one.
    #[arg(long, env = "CLINIC_LISTEN", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Connections to the database, all opened at the start.
    #[arg(long, env = "CLINIC_POOL", default_value_t = 16,
        value_parser = clap::value_parser!(u32).range(1..=1000))]
    pool: u32,
    /// Threads that serve; by default one per core.
    #[arg(long, env = "CLINIC_WORKERS",
        value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: Option<u16>,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Seed(#[from] seed::Error),
    #[error(transparent)]
    Fault(#[from] fault::Error),
    #[error(transparent)]
    Serve(#[from] serve::Error),
    #[error("the runtime does not start: {0}\nhint: see the limits of threads and open files")]
    Runtime(std::io::Error),
}

#[allow(clippy::print_stderr, reason = "errors go to standard error")]
fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Command::Serve(Serve { workers: Some(workers), .. }) = &cli.command {
        runtime.worker_threads(usize::from(*workers));
    }
    let runtime = runtime.enable_all().build().map_err(Failure::Runtime)?;
    let ended = runtime.block_on(async {
        match cli.command {
            Command::Migrate(database) => migrate(&database).await,
            Command::Seed(seed) => fill(&seed).await,
            Command::Serve(serve) => run_service(serve).await,
        }
    });
    // Work nobody waits for any more must not keep the process.
    runtime.shutdown_background();
    ended
}

async fn migrate(database: &Database) -> Result<(), Failure> {
    let mut connection = schema::connect(&database.database_url).await?;
    Ok(schema::migrate(&mut connection).await?)
}

#[allow(clippy::print_stdout, reason = "the counts are the command's answer")]
async fn fill(seed: &Seed) -> Result<(), Failure> {
    let mut connection = schema::connect(&seed.database.database_url).await?;
    let Seed { organisations, clients, seed: number, force, .. } = *seed;
    let plan = Plan { organisations, clients, seed: number };
    println!("seed {number}");
    for (table, rows) in seed::fill(&mut connection, plan, force).await? {
        println!("{rows} {table}");
    }
    Ok(())
}

#[allow(clippy::print_stdout, reason = "whoever starts the service waits for this line")]
#[allow(clippy::print_stderr, reason = "a fault is never on without a word")]
async fn run_service(serve: Serve) -> Result<(), Failure> {
    let stop = stop().map_err(Failure::Runtime)?;
    let Serve { database, listen, pool, .. } = serve;
    let faults = Faults::read(std::env::vars_os())?;
    for fault in faults.describe() {
        eprintln!("fault: {fault}");
    }
    let settings = Settings { database_url: database.database_url, listen, pool, faults };
    let service = Service::start(&settings).await?;
    println!("listening on {}", service.address);
    Ok(service.run(stop).await?)
}

/// Ready at SIGTERM or SIGINT; both are heard from now on.
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

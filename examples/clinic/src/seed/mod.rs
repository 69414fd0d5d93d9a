//! Realistic rows, the same for the same seed: no clock, no float whose rounding differs.

mod forms;
mod random;
mod rows;
mod tenant;
mod words;

use sqlx::PgConnection;

use crate::store::{self, bulk};

/// What is made.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many organisations.
    pub organisations: u32,
    /// Clients of the first one.
    pub clients: u32,
    /// Of all choices.
    pub seed: u64,
}

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There are rows already.
    #[error("the database has rows already\nhint: --force replaces them")]
    Filled,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Plan {
    /// Clients of an organisation, counted from 1: all, a fifth, a twenty-fifth; then, by a law of
    /// Zipf with the exponent 1/2, from a twenty-fifth down to a hundredth.
    #[must_use]
    pub fn clients_of(&self, organisation: u32) -> u32 {
        let small = self.clients / 25;
        let clients = match organisation {
            1 => self.clients,
            2 => self.clients / 5,
            3 => small,
            later => {
                let root = (u64::from(later - 3) * 10_000).isqrt();
                let skewed = u64::from(small) * 100 / root;
                u32::try_from(skewed).unwrap_or(small).max(self.clients / 100)
            }
        };
        clients.max(1)
    }
}

/// Fills a migrated database and gives the number of rows of each table.
///
/// # Errors
///
/// [`Error::Filled`] unless `force` is set, or where the database fails.
pub async fn fill(
    connection: &mut PgConnection,
    plan: Plan,
    force: bool,
) -> Result<Vec<(&'static str, u64)>, Error> {
    let mut transaction = bulk::begin(connection).await?;
    if force {
        bulk::clear(&mut transaction).await?;
    } else if bulk::is_filled(&mut transaction).await? {
        return Err(Error::Filled);
    }
    let constraints = bulk::relax(&mut transaction).await?;
    let mut counts = bulk::TABLES.map(|table| (table.name, 0));
    let mut ids = tenant::Ids::default();
    for organisation in 1..=plan.organisations {
        let clients = plan.clients_of(organisation) as usize;
        let rows = tenant::rows(&mut ids, plan.seed, u64::from(organisation), clients);
        for ((table, rows), count) in bulk::TABLES.iter().zip(&rows).zip(&mut counts) {
            count.1 += bulk::copy(&mut transaction, *table, rows.text()).await?;
        }
    }
    bulk::restore(&mut transaction, &constraints).await?;
    bulk::continue_ids(&mut transaction).await?;
    transaction.commit().await.map_err(store::Error::from)?;
    bulk::analyze(connection).await?;
    Ok(counts.to_vec())
}

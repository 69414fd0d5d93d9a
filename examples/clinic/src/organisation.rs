//! Whose rows: what every look at a tenant's data is asked for.

/// An organisation. The service has one only from a token, so that no request can choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type)]
#[sqlx(transparent)]
pub struct Organisation(i64);

impl Organisation {
    /// The organisation of this id, for what acts on behalf of no user: seeding and tests.
    #[must_use]
    pub const fn of_id(id: i64) -> Self {
        Self(id)
    }

    /// Its id.
    #[must_use]
    pub const fn id(self) -> i64 {
        self.0
    }
}

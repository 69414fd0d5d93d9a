//! Many rows at once, and the questions around that. For the seeding command, which acts on behalf
//! of no organisation.

use sqlx::{Connection, FromRow, PgConnection, Postgres, Transaction};

use super::Error;

/// A table with the columns that are filled.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Columns, separated by commas; the first is the id.
    pub columns: &'static str,
}

/// Every table, in an order in which references find what they refer to.
pub const TABLES: [Table; 7] = [
    Table { name: "organisations", columns: "id, name" },
    Table { name: "users", columns: "id, organisation_id, number, name, practitioner, token_hash" },
    Table {
        name: "clients",
        columns: "id, organisation_id, given_name, family_name, email, city, born, joined",
    },
    Table { name: "forms", columns: "id, organisation_id, title, fields" },
    Table { name: "segments", columns: "id, organisation_id, name, rules" },
    Table {
        name: "appointments",
        columns: "id, organisation_id, client_id, practitioner_id, starts_at, ends_at, note",
    },
    Table {
        name: "submissions",
        columns: "id, organisation_id, form_id, client_id, submitted_at, answers",
    },
];

/// Begins: all rows or none.
///
/// # Errors
///
/// Where the database fails.
pub async fn begin(connection: &mut PgConnection) -> Result<Transaction<'_, Postgres>, Error> {
    Ok(connection.begin().await?)
}

/// Whether there is an organisation.
///
/// # Errors
///
/// Where the database fails.
pub async fn is_filled(connection: &mut PgConnection) -> Result<bool, Error> {
    let query = sqlx::query_scalar("select exists (select from organisations)");
    Ok(query.fetch_one(connection).await?)
}

/// Empties every table.
///
/// # Errors
///
/// Where the database fails.
pub async fn clear(connection: &mut PgConnection) -> Result<(), Error> {
    let names = TABLES.map(|table| table.name).join(", ");
    sqlx::query(&format!("truncate {names} restart identity")).execute(connection).await?;
    Ok(())
}

/// A constraint that is cheaper to check once than row by row.
#[derive(Debug, FromRow)]
pub struct Constraint {
    table_name: String,
    name: String,
    definition: String,
}

/// Takes references and exclusions off all tables, to be given to [`restore`].
///
/// # Errors
///
/// Where the database fails.
pub async fn relax(connection: &mut PgConnection) -> Result<Vec<Constraint>, Error> {
    let constraints: Vec<Constraint> = sqlx::query_as(
        "select conrelid::regclass::text as table_name, quote_ident(conname) as name,
            pg_get_constraintdef(oid) as definition
        from pg_constraint
        where contype in ('f', 'x') and connamespace = current_schema()::regnamespace
        order by conname",
    )
    .fetch_all(&mut *connection)
    .await?;
    for Constraint { table_name, name, .. } in &constraints {
        let statement = format!("alter table {table_name} drop constraint {name}");
        sqlx::query(&statement).execute(&mut *connection).await?;
    }
    Ok(constraints)
}

/// Puts constraints back, which checks every row.
///
/// # Errors
///
/// Where a row breaks one.
pub async fn restore(
    connection: &mut PgConnection,
    constraints: &[Constraint],
) -> Result<(), Error> {
    for Constraint { table_name, name, definition } in constraints {
        let statement = format!("alter table {table_name} add constraint {name} {definition}");
        sqlx::query(&statement).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Appends rows in the text format of `copy`.
///
/// # Errors
///
/// Where the database refuses a row.
pub async fn copy(connection: &mut PgConnection, table: Table, rows: &str) -> Result<u64, Error> {
    let statement = format!("copy {} ({}) from stdin", table.name, table.columns);
    let mut copy = connection.copy_in_raw(&statement).await?;
    copy.send(rows.as_bytes()).await?;
    Ok(copy.finish().await?)
}

/// Lets new ids follow those that are there.
///
/// # Errors
///
/// Where the database fails.
pub async fn continue_ids(connection: &mut PgConnection) -> Result<(), Error> {
    for Table { name, .. } in TABLES {
        let statement = format!(
            "select setval(pg_get_serial_sequence('{name}', 'id'), coalesce(max(id), 0) + 1, false)
            from {name}"
        );
        sqlx::query(&statement).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Makes the planner look at what is there now.
///
/// # Errors
///
/// Where the database fails.
pub async fn analyze(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query("analyze").execute(connection).await?;
    Ok(())
}

/// One number for all rows of a table, the same for the same rows.
///
/// # Errors
///
/// Where the database fails.
pub async fn checksum(connection: &mut PgConnection, table: Table) -> Result<String, Error> {
    let Table { name, columns } = table;
    let statement = format!(
        "select coalesce(md5(string_agg(md5(row({columns})::text), '' order by id)), '') from {name}"
    );
    Ok(sqlx::query_scalar(&statement).fetch_one(connection).await?)
}

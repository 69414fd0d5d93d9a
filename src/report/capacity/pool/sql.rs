//! Statements that give a role its timeouts.

use super::RoleReport;
use crate::capacity::timeouts::Timeout;

/// Statements that give a role its timeouts: of the role, for those of the server would cut off
/// backups and migrations too (PostgreSQL manual, "Client Connection Defaults").
#[must_use]
pub fn role_sql(role: &RoleReport) -> Vec<String> {
    let name = identifier(&role.name);
    let statement = |timeout: Timeout, setting: &str| {
        let set = role.justified.iter().find(|justified| justified.timeout == timeout)?.set;
        Some(format!("alter role {name} set {setting} = '{}ms';", (set * 1000.0).round()))
    };
    [statement(Timeout::Lock, "lock_timeout"), statement(Timeout::Statement, "statement_timeout")]
        .into_iter()
        .flatten()
        .collect()
}

/// A name as a quoted identifier of SQL: nothing in it ends the quotes.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::timeouts::{Timeouts, justify};

    #[test]
    fn a_role_cannot_end_its_quotes() {
        let timeouts =
            Timeouts { lock: 0.5, statement: 1.5, pool_wait: 0.1, http: 9.0, statements: 2 };
        let mut role = RoleReport {
            name: "app".to_owned(),
            ladder: timeouts.ladder(),
            statements: 2,
            factor: 3.0,
            justified: vec![
                justify(Timeout::Lock, 0.5, 3.0, &[]),
                justify(Timeout::Statement, 1.5, 3.0, &[]),
            ],
        };
        let expected = [
            "alter role \"app\" set lock_timeout = '500ms';",
            "alter role \"app\" set statement_timeout = '1500ms';",
        ];
        assert_eq!(role_sql(&role), expected);
        role.name = "a\"; drop table clients; --".to_owned();
        let hostile = role_sql(&role);
        assert!(hostile[0].starts_with("alter role \"a\"\"; drop table clients; --\" set lock"));
    }
}

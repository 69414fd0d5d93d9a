//! A rule as a condition on the row `c` of `clients`.

use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder};

use super::{Activity, Answer, Period, Rule, Test};
use crate::organisation::Organisation;

/// Appends the condition. Each part is true or false, never null, so that `not` means what it says.
pub fn push(sql: &mut QueryBuilder<'_, Postgres>, organisation: Organisation, rule: &Rule) {
    match rule {
        Rule::All(rules) => combine(sql, organisation, rules, "true", " and "),
        Rule::Any(rules) => combine(sql, organisation, rules, "false", " or "),
        Rule::Not(rule) => {
            sql.push("not (");
            push(sql, organisation, rule);
            sql.push(")");
        }
        Rule::City(cities) => {
            sql.push("c.city = any(").push_bind(cities.clone()).push(")");
        }
        Rule::Born(period) => within(sql, "c.born", *period),
        Rule::Joined(period) => within(sql, "c.joined", *period),
        Rule::Appointments(activity) => {
            let counted = Counted { table: "appointments", time: "starts_at", sum: "count(*)" };
            counted.push(sql, organisation, *activity);
        }
        Rule::Minutes(activity) => {
            let sum = "sum(extract(epoch from ends_at - starts_at)) / 60";
            let counted = Counted { table: "appointments", time: "starts_at", sum };
            counted.push(sql, organisation, *activity);
        }
        Rule::Submissions(activity) => {
            let counted = Counted { table: "submissions", time: "submitted_at", sum: "count(*)" };
            counted.push(sql, organisation, *activity);
        }
        Rule::Answer(answer) => answered(sql, organisation, answer),
    }
}

fn combine(
    sql: &mut QueryBuilder<'_, Postgres>,
    organisation: Organisation,
    rules: &[Rule],
    of_none: &'static str,
    word: &'static str,
) {
    let Some((first, rest)) = rules.split_first() else {
        sql.push(of_none);
        return;
    };
    sql.push("((");
    push(sql, organisation, first);
    for rule in rest {
        sql.push(")").push(word).push("(");
        push(sql, organisation, rule);
    }
    sql.push("))");
}

fn within(sql: &mut QueryBuilder<'_, Postgres>, column: &'static str, period: Period) {
    sql.push(column).push(" >= ").push_bind(period.from);
    sql.push(" and ").push(column).push(" < ").push_bind(period.to);
}

/// Something that clients do, added up.
struct Counted {
    table: &'static str,
    time: &'static str,
    sum: &'static str,
}

impl Counted {
    fn push(
        &self,
        sql: &mut QueryBuilder<'_, Postgres>,
        organisation: Organisation,
        activity: Activity,
    ) {
        let midnight = |day: chrono::NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
        sql.push("c.id in (select client_id from ").push(self.table);
        sql.push(" where organisation_id = ").push_bind(organisation);
        sql.push(" and ").push(self.time).push(" >= ").push_bind(midnight(activity.from));
        sql.push(" and ").push(self.time).push(" < ").push_bind(midnight(activity.to));
        sql.push(" group by client_id having ").push(self.sum);
        sql.push(" >= ").push_bind(i64::from(activity.at_least)).push(")");
    }
}

fn answered(sql: &mut QueryBuilder<'_, Postgres>, organisation: Organisation, answer: &Answer) {
    sql.push(
        "c.id in (select client_id from (select distinct on (client_id) client_id, answers -> ",
    );
    sql.push_bind(answer.field.clone());
    sql.push(" as answer from submissions where organisation_id = ").push_bind(organisation);
    sql.push(" and form_id = ").push_bind(answer.form);
    sql.push(" order by client_id, id desc) as last where ");
    match &answer.test {
        Test::Is(value) => {
            sql.push("answer = ").push_bind(Json(value.clone()));
        }
        Test::AtLeast(least) => {
            // The cast is tried on numbers alone: `case` is the only order that SQL promises.
            sql.push("case jsonb_typeof(answer) when 'number' then answer::float8 >= ");
            sql.push_bind(*least).push(" else false end");
        }
    }
    sql.push(")");
}

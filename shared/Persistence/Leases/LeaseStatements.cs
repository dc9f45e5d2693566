using Orchestrator.Persistence.Providers;

namespace Orchestrator.Persistence.Leases;

/// <summary>The statements of <see cref="AttemptLeases"/>, in the order of a launch's life.</summary>
internal static class LeaseStatements
{
    /// <summary>
    /// A twin that is being inserted at this moment is waited for by the key. A later token of the step, in whatever run or visit, fences.
    /// </summary>
    public static string Claim(SqlDialect sql)
    {
        var table = sql.Table(typeof(AttemptLease));
        return $"""
            insert into {table} (pipeline_id, job_id, run, step_id, visit, attempt, token, role, agent, owner, lease_until, command, state, cancel_requested, started_at, launches)
            select {"{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}"}, {sql.Clock} + {"{10}, {11}"}, 'running', false, {sql.Clock},
              (select count(*) + 1 from {table} where pipeline_id = {"{0}"} and run = {"{2}"} and step_id = {"{3}"} and visit = {"{4}"})
            where not exists (select 1 from {table} where pipeline_id = {"{0}"} and step_id = {"{3}"} and token > {"{6}"})
            on conflict do nothing returning *
            """;
    }

    /// <summary>What has run out is its owner's until somebody marks it lost: a database that was away for everybody takes nothing from anybody.</summary>
    /// <param name="sql">The dialect.</param>
    /// <param name="launches">How many launches are named, each by pipeline and token.</param>
    public static string Renew(SqlDialect sql, int launches)
    {
        var names = string.Join(", ", Enumerable.Range(1, launches).Select(launch => $"({{{2 * launch}}}, {{{(2 * launch) + 1}}})"));
        return $"""
            update {sql.Table(typeof(AttemptLease))} set lease_until = {sql.Clock} + {"{0}"}
            where owner = {"{1}"} and state = 'running' and (pipeline_id, token) in (values {names}) returning *
            """;
    }

    /// <summary>As with a renewal, the state decides and not the time.</summary>
    public static string Finish(SqlDialect sql) =>
        $"""
        update {sql.Table(typeof(AttemptLease))} set state = {"{0}"}, report = {"{1}"}, finished_at = {sql.Clock}, lease_until = null
        where pipeline_id = {"{2}"} and run = {"{3}"} and step_id = {"{4}"} and visit = {"{5}"} and attempt = {"{6}"} and token = {"{7}"} and owner = {"{8}"}
          and state = 'running'
        """;

    public static string Lost(SqlDialect sql)
    {
        var (table, key) = (sql.Table(typeof(AttemptLease)), sql.Key(typeof(AttemptLease)));
        return $"""
            with due as materialized (
              select {key} from {table} where state = 'running' and lease_until <= {sql.Clock} order by lease_until limit {"{0}"}{sql.SkipLocked})
            update {table} set state = 'lost', finished_at = {sql.Clock}, lease_until = null where ({key}) in (select {key} from due) returning *
            """;
    }
}

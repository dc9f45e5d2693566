namespace Orchestrator.ChaosTests.Oracle;

/// <summary>Identities that the database alone can tell: how many cases there are, and the sentences about those that break it.</summary>
internal static class StoredIdentities
{
    private const string Succeeded = "state = 'finished' and report::json ->> 'Outcome' in ('0', 'Succeeded', 'succeeded')";

    public static readonly (string Name, string Count, string Broken)[] All =
    [
        ("accepted = terminal + running + queued, and nothing runs or waits any more", "select count(*) from gateway.jobs where job_id = any(@accepted)",
            """
            select 'job ' || sent.job || ' was accepted and is not there' from unnest(@accepted) as sent(job) where not exists (select from gateway.jobs where job_id = sent.job)
            union all select 'job ' || job_id || ' is ' || status || ', not over' from gateway.jobs where status not in ('Completed', 'Failed', 'Cancelled')
            union all select 'job ' || job_id || ' failed: ' || coalesce(error_code, '-') || ' ' || coalesce(error_message, '') from gateway.jobs where status = 'Failed' and error_code is distinct from 'poisoned'
            union all select 'job ' || job_id || ' is given up as poisoned without three lost launches of one step' from gateway.jobs job where status = 'Failed' and error_code = 'poisoned'
              and not exists (select from runner.attempt_leases lost where lost.job_id = job.job_id and lost.state = 'lost' group by pipeline_id, run, step_id, visit having count(*) >= 3)
            """),
        ("the door's view = the saga", "select count(*) from pipeline.runs",
            """
            select 'job ' || job.job_id || ' is ' || job.status || ', its saga ' || coalesce(run.current_state, 'is not there')
            from gateway.jobs job left join pipeline.runs run on run.correlation_id = coalesce(job.retry_pipeline_id, job.pipeline_id) where run.current_state is distinct from job.status
            """),
        ("one accepted result per (job, run, step, visit)", $"select count(*) from (select distinct pipeline_id, run, step_id, visit from runner.attempt_leases where {Succeeded}) visits",
            $"""
            with good as (select * from runner.attempt_leases where {Succeeded}),
              steps as (select run.correlation_id, run.job_id, run.run, step from pipeline.runs run, json_array_elements(run.progress_json::json -> 'Steps') step where run.current_state = 'Completed')
            select 'job ' || job_id || ' step ' || step_id || ' visit ' || visit || ' has ' || count(*) || ' results' from good group by job_id, run, step_id, visit having count(*) > 1
            union all select 'job ' || steps.job_id || ' is completed without the result of step ' || (step ->> 'Id') from steps where not exists (
              select from good where good.pipeline_id = correlation_id and good.run = steps.run and good.step_id = step ->> 'Id' and good.visit = (step ->> 'Visit')::int and good.token = (step ->> 'Token')::bigint)
            union all select 'job ' || steps.job_id || ' step ' || (step ->> 'Id') || ' took the report of another launch' from steps where step -> 'Report' -> 'Key' ->> 'Token' is distinct from step ->> 'Token'
            """),
        ("no launch is left over", "select count(*) from runner.attempt_leases", "select 'job ' || job_id || ' step ' || step_id || ' still runs at ' || owner from runner.attempt_leases where state = 'running'"),
        ("reserved = settled + released + open, and nothing is open", "select count(*) from budget.reservations",
            """
            with sums as (select pipeline_id, run, step_id, visit, attempt, count(*) as entries,
                count(*) filter (where kind = 'settled') as settlements, count(*) filter (where kind = 'reserved') as reserves,
                coalesce(sum(micro_usd) filter (where kind = 'reserved'), 0) as reserved, coalesce(sum(micro_usd) filter (where kind = 'settled'), 0) as settled,
                coalesce(sum(micro_usd) filter (where kind = 'released'), 0) as released
              from budget.ledger group by 1, 2, 3, 4, 5),
              held as (select reservation.*, sums.reserved, sums.settled, sums.released, coalesce(sums.entries, 0) as found, sums.settlements, sums.reserves
              from budget.reservations reservation left join sums using (pipeline_id, run, step_id, visit, attempt))
            select 'job ' || job_id || ' step ' || step_id || ': reserved ' || reserved || ', settled ' || settled || ', released ' || released || ', state ' || state from held
              where reserved is distinct from reserved_micro_usd or (state in ('settled', 'released') and reserved <> settled + released) or (state = 'unknown' and settled + released <> 0)
            union all select 'job ' || job_id || ' step ' || step_id || ' is still open' from held where state = 'open'
            union all select 'job ' || job_id || ' step ' || step_id || ' has ' || found || ' entries instead of ' || entries from held where found <> entries
            union all select 'job ' || job_id || ' step ' || step_id || ' was settled ' || settlements || ' times, reserved ' || reserves from held where settlements > 1 or reserves > 1
            """),
        ("every launch has a charge", "select count(*) from runner.attempt_leases",
            """
            select 'job ' || lease.job_id || ' step ' || lease.step_id || ' attempt ' || lease.attempt || ' (' || lease.state || ') is ' || coalesce(reservation.state, 'not booked')
            from runner.attempt_leases lease left join budget.reservations reservation using (pipeline_id, run, step_id, visit, attempt)
            where reservation.state is null or (lease.state = 'finished' and reservation.state <> 'settled')
            """),
        ("re-launches <= lost runners x slots", "select count(*) from runner.attempt_leases",
            """
            select again || ' launches were repeated, ' || @lost || ' runners with 4 slots each were lost'
            from (select count(*) - count(distinct (pipeline_id, run, step_id, visit)) as again from runner.attempt_leases) launches where again > @lost * 4
            """),
        ("the outboxes are empty", "select (select count(*) from gateway.inbox) + (select count(*) from pipeline.inbox) + (select count(*) from budget.inbox)",
            """
            select schema || ' has not sent ' || message_id || ' to ' || destination from (
              select 'gateway' as schema, message_id, destination from gateway.outbox union all select 'pipeline', message_id, destination from pipeline.outbox
              union all select 'budget', message_id, destination from budget.outbox union all select 'runner', message_id, destination from runner.outbox) unsent
            """),
        ("a message that came twice was handled once", "select count(*) from unnest(@repeated_queues)",
            """
            select 'the inbox behind ' || repeated.queue || ' does not know ' || repeated.id from unnest(@repeated_queues, @repeated_ids) as repeated(queue, id)
            where not exists (select from (select 'pipeline' as queue, message_id from pipeline.inbox union all select 'budget', message_id from budget.inbox
              union all select 'gateway-events', message_id from gateway.inbox) known where known.queue = repeated.queue and known.message_id = repeated.id)
            """),
        ("every failed message is indexed with its reason", "select count(*) from gateway.failed_messages",
            """
            select 'failed message ' || id || ' of ' || queue || ' has no reason' from gateway.failed_messages where coalesce(reason, '') = ''
            union all select queue || ': ' || coalesce(indexed, 0) || ' indexed, ' || sent || ' were bad' from unnest(@poison_queues, @poison_counts) as poison(queue, sent)
              left join (select queue, count(*) as indexed from gateway.failed_messages group by 1) found using (queue) where coalesce(indexed, 0) <> sent
            """),
    ];
}

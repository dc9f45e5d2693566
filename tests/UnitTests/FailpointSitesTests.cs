using System.Text.RegularExpressions;
using AwesomeAssertions;

namespace Orchestrator.UnitTests;

/// <summary>Nothing commits, publishes, acknowledges, renames or starts a process without a failpoint before and after it.</summary>
public sealed partial class FailpointSitesTests
{
    /// <summary>Places that look like a site and are none, each with its reason. One that is not found any more fails the test.</summary>
    private static readonly Dictionary<string, string> NoSites = new()
    {
        ["shared/Persistence/Sagas/EfSagaContext.cs: Db.SaveChangesAsync("] = "in the transaction of the group",
        ["shared/Persistence/Outbox/HandledMessages.cs: db.Database.ExecuteSqlRawAsync("] = "in the transaction of the group",
        ["shared/Persistence/Outbox/MessageOutbox.cs: _db.SaveChangesAsync("] = "in a transaction; the one that stands alone has its failpoint",
        ["shared/Persistence/Outbox/MessageOutbox.cs: endpoint.Send("] = "into the outbox: a row",
        ["shared/Persistence/Leases/AttemptLeases.cs: db.Database.ExecuteSqlRawAsync("] = "claims and ends join the transaction of the caller",
        ["shared/Persistence/Leases/AttemptLeases.cs: .ExecuteUpdateAsync("] = "a request for a cancel joins the transaction of the caller",
        ["shared/Persistence/ExclusiveTurn.cs: db.Database.ExecuteSqlRawAsync("] = "a lock of the session",
        ["shared/Persistence/ServiceDatabase.cs: Database.ExecuteSqlRawAsync("] = "asks whether the database answers",
        ["shared/Persistence/Providers/Postgres.cs: db.Database.ExecuteSqlRawAsync("] = "moves the clock of a test",
        ["shared/Persistence/Providers/Sqlite.cs: db.Database.ExecuteSqlRawAsync("] = "a setting of a new file",
        ["shared/Messaging/BrokerProbe.cs: _channel.BasicPublishAsync("] = "a message to nobody",
        ["shared/Artifacts/Directory/DirectoryArtifactStore.cs: File.Move("] = "called through artifact.rename only",
        ["shared/Runners/Rescue/LeaseRescuer.cs: .ExecuteUpdateAsync("] = "at the start of a process that has its database to itself",
        ["shared/Execution/Processes/SpawnThread.cs: Process.Start("] = "called through agent.start only",
        ["shared/Execution/Workspaces/DirectoryHandle.cs: Rename("] = "on the way to deleting the folder",
        ["services/Pipeline/Flow/ReleaseRound.cs: .ExecuteUpdateAsync("] = "in the transaction of the round",
        ["services/Pipeline/Flow/ConcurrencyKeys.cs: db.SaveChangesAsync("] = "in the transaction of the group",
        ["services/Pipeline/Flow/ConcurrencyKeys.cs: db.Database.ExecuteSqlAsync("] = "a lock of the transaction",
        ["services/Gateway/Jobs/JobSubmission.cs: db.SaveChangesAsync("] = "in the transaction of the submission",
        ["services/Gateway/Jobs/ControlEndpoints.cs: .ExecuteUpdateAsync("] = "in the transaction of the command",
        ["services/Gateway/Jobs/JobRetry.cs: .ExecuteUpdateAsync("] = "in the transaction of the retry",
        ["services/Gateway/FailedQueues/FailedJobCopies.cs: .ExecuteUpdateAsync("] = "in the transaction of the retry",
        ["services/Gateway/FailedQueues/FailedDecisions.cs: .ExecuteUpdateAsync("] = "in the transaction of the decision",
        ["services/Gateway/FailedQueues/FailedIndex.cs: .ExecuteUpdateAsync("] = "in the transaction of the copy",
        ["services/Gateway/FailedQueues/FailedWorker.cs: .ExecuteDeleteAsync("] = "in a transaction of the outbox",
    };

    [Fact]
    public void Every_commit_publish_ack_rename_and_process_start_has_a_failpoint()
    {
        var files = Repository.Files.Where(IsProduct).ToList();
        var bare = files.SelectMany(file => Bare(Repository.Read(file)).Select(site => $"{file}: {site}")).Distinct().ToList();

        files.Should().HaveCountGreaterThan(250);
        bare.Except(NoSites.Keys).Should().BeEmpty("each stands inside Failpoint.Around, or in NoSites with its reason");
        NoSites.Keys.Except(bare).Should().BeEmpty("they are not there any more");
    }

    [Fact]
    public void The_names_of_failpoints_are_distinct_and_of_every_kind()
    {
        var names = Repository.Files.Where(IsProduct).SelectMany(file => Name().Matches(Repository.Read(file)).Select(match => match.Groups[1].Value)).ToList();

        // One line for two transports: the broker's and the one in memory.
        names.Remove("failed.again.publish").Should().BeTrue();
        names.Should().OnlyHaveUniqueItems().And.HaveCountGreaterThan(30);
        names.Should().Contain(["outbox.commit", "outbox.publish", "intake.ack", "consume.ack.before", "consume.ack.after", "artifact.rename", "agent.start"]);
    }

    [Theory]
    [InlineData("await transaction.CommitAsync(cancel);", "transaction.CommitAsync(")]
    [InlineData("await db.SaveChangesAsync(cancel);", "db.SaveChangesAsync(")]
    [InlineData("await channel.BasicPublishAsync(queue, body);", "channel.BasicPublishAsync(")]
    [InlineData("await bus.Publish(fact);", "bus.Publish(")]
    [InlineData("await endpoint.Send(order, cancel);", "endpoint.Send(")]
    [InlineData("await channel.BasicAckAsync(tag, false);", "channel.BasicAckAsync(")]
    [InlineData("File.Move(from, to);", "File.Move(")]
    [InlineData("using var process = Process.Start(info);", "Process.Start(")]
    [InlineData("await Cli.Wrap(path)\n    .ExecuteAsync();", "Cli.Wrap(")]
    [InlineData("await context.Rows\n    .Where(row => row.Old)\n    .ExecuteDeleteAsync(cancel);", ".ExecuteDeleteAsync(")]
    public void A_site_without_one_is_noticed(string source, string site)
    {
        Bare($"Before();\n{source}\nAfter();").Should().Equal(site);
        Bare($"Before();\nawait Failpoint.AroundAsync(\"a\", () => {source.Replace("await ", "", StringComparison.Ordinal).TrimEnd(';')});\nAfter();").Should().BeEmpty();
    }

    /// <summary>Sites whose statement, from the line after the one that ends the statement before it, says nothing of a failpoint.</summary>
    private static IEnumerable<string> Bare(string source)
    {
        var lines = source.Split('\n');
        for (var line = 0; line < lines.Length; line++)
        {
            if (lines[line].TrimStart().StartsWith("//", StringComparison.Ordinal) || Site().Match(lines[line]) is not { Success: true } site)
                continue;
            var first = line;
            while (first > 0 && !EndsStatement(lines[first - 1]))
                first--;
            if (!lines[first..(line + 1)].Any(part => part.Contains("Failpoint.", StringComparison.Ordinal)))
                yield return site.Value;
        }
    }

    private static bool EndsStatement(string line) => line.TrimEnd() is "" or [.., ';' or '{' or '}'];

    /// <summary>The orch tool is a client: nobody waits for what it has in hand.</summary>
    private static bool IsProduct(string file) =>
        file.EndsWith(".cs", StringComparison.Ordinal) && !file.Contains("/Migrations/", StringComparison.Ordinal)
        && (file.StartsWith("shared/", StringComparison.Ordinal) || (file.StartsWith("services/", StringComparison.Ordinal) && !file.StartsWith("services/Cli/", StringComparison.Ordinal)));

    // Sends of a context or an outbox are rows; those of a bus, an endpoint or a transport are messages.
    [GeneratedRegex(
        """
        \b(?!outbox\.|_outbox\.)\w+\.(CommitAsync|Commit|SaveChanges(Async)?|Basic(Publish|Ack|Nack|Reject)(Async)?)\(
        |(\bdb\.)?\bDatabase\.ExecuteSql\w*\(
        |\.Execute(Update|Delete)(Async)?\(
        |\b(_?bus|[eE]ndpoint|Transport>\(\))\.(Send|Publish)\(
        |\bcontext\.Send\(Queues\.Address\(Queues\.Of\(command\.Role\)\)
        |\b_http\.SendAsync\(
        |\bscheduler\.(Schedule|Unschedule|Reschedule)\w+\(|\bScheduler\.RescheduleJob\(
        |\b(File|Directory|Folder)\.(Move|Replace)\(|\b\w+\.MoveTo\(|(?<=if[ ]\()Rename\(
        |\bProcess\.Start\(|\bCli\.Wrap\(
        """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Site();

    [GeneratedRegex(@"Failpoint\.(?:Around|AroundAsync|HitAsync)\(""([a-z.]+)""")]
    private static partial Regex Name();
}

using System.Text;
using AwesomeAssertions;
using Orchestrator.Artifacts;
using Orchestrator.Artifacts.Directory;

namespace Orchestrator.UnitTests.Artifacts;

public sealed class DirectoryArtifactStoreTests : ArtifactStoreContract, IDisposable
{
    private readonly TempFolder folder = new();
    private readonly DirectoryArtifactStore store;

    public DirectoryArtifactStoreTests() => store = new DirectoryArtifactStore(folder.Join("store"));

    protected override IArtifactStore Store => store;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Readers_see_a_whole_file_while_it_is_replaced()
    {
        var versions = new[] { new string('a', 200_000), new string('b', 200_000) };
        await WriteAsync("job-0001/x", versions[0]);
        using var done = new CancellationTokenSource();

        var reading = Task.Run(async () =>
        {
            var seen = new HashSet<string>();
            while (!done.IsCancellationRequested)
                seen.Add((await ReadAsync("job-0001/x"))!);
            return seen;
        });
        for (var i = 0; i < 200; i++)
            await WriteAsync("job-0001/x", versions[i % 2]);
        await done.CancelAsync();

        (await reading).Should().BeSubsetOf(versions);
    }

    [Fact]
    public async Task No_temporary_file_stays_after_writing_copying_and_failing()
    {
        await WriteAsync("job-0001/x", "1");
        await store.CopyAsync("job-0001/x", "job-0001/y", CancellationToken.None);
        await store.CopyAsync("job-0001/x", "job-0001/y", CancellationToken.None);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var writing = () => store.WriteAsync("job-0001/z", new MemoryStream(Encoding.UTF8.GetBytes("z")), cancelled.Token);
        await writing.Should().ThrowAsync<OperationCanceledException>();

        Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Should().BeEquivalentTo(["x", "y"]);
    }

    [Fact]
    public async Task What_a_killed_writer_left_goes_when_it_is_old_and_what_is_being_written_stays()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var own = new DirectoryArtifactStore(folder.Join("own"), clock);
        await File.WriteAllTextAsync(own.Temporaries.NewName(), "left");
        clock.Advance(TimeSpan.FromHours(1));
        var young = own.Temporaries.NewName();
        await File.WriteAllTextAsync(young, "being written");

        own.Temporaries.Sweep(TimeSpan.FromMinutes(30));

        Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).Should().Equal(young);
        (await own.ListAsync("job-0001", CancellationToken.None).ToListAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task A_growing_log_is_read_while_it_is_open()
    {
        await using var log = await store.OpenAppendAsync("job-0001/logs.txt", CancellationToken.None);
        await log.WriteAsync("so far\n"u8.ToArray());
        await log.FlushAsync();

        (await ReadAsync("job-0001/logs.txt")).Should().Be("so far\n");
    }
}

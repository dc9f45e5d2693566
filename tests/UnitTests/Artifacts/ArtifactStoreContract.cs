using System.Security.Cryptography;
using System.Text;
using AwesomeAssertions;
using Orchestrator.Artifacts;

namespace Orchestrator.UnitTests.Artifacts;

/// <summary>What every artifact store promises.</summary>
public abstract class ArtifactStoreContract
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<string> UnsafePaths => new(
        "", "/etc/passwd", "../outside", "job-0001/../other/x", "job-0001/./x", "job-0001//x", "job-0001/", "job-0001\\x",
        "job-0001/a\0b", "job-0001/a\nb", "job-0001/.tmp-x", new string('a', 300), string.Join('/', Enumerable.Repeat("abcdefghi", 120)));

    protected abstract IArtifactStore Store { get; }

    [Fact]
    public async Task A_written_file_is_read_back_from_any_offset_and_its_hash_is_reported()
    {
        var reference = await WriteAsync("job-0001/steps/a/report.md", "hello world");

        reference.Path.Should().Be("job-0001/steps/a/report.md");
        reference.Sha256.Should().Be(Convert.ToHexStringLower(SHA256.HashData("hello world"u8)));
        (await ReadAsync("job-0001/steps/a/report.md")).Should().Be("hello world");
        (await ReadAsync("job-0001/steps/a/report.md", 6)).Should().Be("world");
        (await ReadAsync("job-0001/steps/a/report.md", 11)).Should().BeEmpty();
        (await Store.LengthAsync("job-0001/steps/a/report.md", None)).Should().Be(11);
    }

    [Fact]
    public async Task What_is_not_there_is_null()
    {
        await WriteAsync("job-0001/steps/a", "x");

        (await Store.OpenReadAsync("job-0001/nothing", 0, None)).Should().BeNull();
        (await Store.OpenReadAsync("job-9999/nothing", 0, None)).Should().BeNull();
        (await Store.OpenReadAsync("job-0001/steps", 0, None)).Should().BeNull();
        (await Store.LengthAsync("job-0001/nothing", None)).Should().BeNull();
        (await Store.LengthAsync("job-0001/steps", None)).Should().BeNull();
    }

    [Fact]
    public async Task Writing_again_replaces_the_file()
    {
        await WriteAsync("job-0001/x", "a long first version");

        await WriteAsync("job-0001/x", "second");

        (await ReadAsync("job-0001/x")).Should().Be("second");
    }

    [Fact]
    public async Task Large_content_survives()
    {
        var content = RandomNumberGenerator.GetBytes(3 * 1024 * 1024 + 17);

        var reference = await Store.WriteAsync("job-0001/large", new NonSeekable(content), None);

        reference.Sha256.Should().Be(Convert.ToHexStringLower(SHA256.HashData(content)));
        await using var stream = await Store.OpenReadAsync("job-0001/large", 0, None);
        using var read = new MemoryStream();
        await stream!.CopyToAsync(read, None);
        read.ToArray().AsSpan().SequenceEqual(content).Should().BeTrue();
    }

    [Fact]
    public async Task A_writer_that_fails_leaves_the_old_file_and_nothing_else()
    {
        await WriteAsync("job-0001/x", "old");

        var writing = async () => await Store.WriteAsync("job-0001/x", new Broken(), None);

        await writing.Should().ThrowAsync<IOException>();
        (await ReadAsync("job-0001/x")).Should().Be("old");
        (await ListAsync("job-0001")).Should().Equal("job-0001/x");
    }

    [Fact]
    public async Task A_copy_is_the_same_bytes_and_may_be_repeated()
    {
        await WriteAsync("job-0001/.attempts/report.md", "done");
        await WriteAsync("job-0001/steps/a/report.md", "of a late writer");

        await Store.CopyAsync("job-0001/.attempts/report.md", "job-0001/steps/a/report.md", None);
        await Store.CopyAsync("job-0001/.attempts/report.md", "job-0001/steps/a/report.md", None);

        (await ReadAsync("job-0001/steps/a/report.md")).Should().Be("done");
        (await ListAsync("job-0001")).Should().Equal("job-0001/.attempts/report.md", "job-0001/steps/a/report.md");
    }

    [Fact]
    public async Task A_copy_does_not_change_when_its_source_is_written_again()
    {
        await WriteAsync("job-0001/source", "first");
        await Store.CopyAsync("job-0001/source", "job-0001/target", None);

        await WriteAsync("job-0001/source", "second");

        (await ReadAsync("job-0001/target")).Should().Be("first");
    }

    [Fact]
    public async Task Copying_what_is_not_there_says_so()
    {
        var copying = () => Store.CopyAsync("job-0001/nothing", "job-0001/target", None);

        await copying.Should().ThrowAsync<FileNotFoundException>();
    }

    [Fact]
    public async Task Neighbours_with_a_longer_name_are_not_touched()
    {
        await WriteAsync("job-0001/x", "1");
        await WriteAsync("job-000123/x", "2");

        (await ListAsync("job-0001")).Should().Equal("job-0001/x");
        await Store.DeleteAsync("job-0001", None);
        await Store.DeleteAsync("job-0001", None);

        (await ListAsync("job-0001")).Should().BeEmpty();
        (await ReadAsync("job-000123/x")).Should().Be("2");
    }

    [Fact]
    public async Task A_listing_is_in_ordinal_order_with_lengths()
    {
        foreach (var name in new[] { "b", "B", "a/z", "a", "é", "a-1" }.Where(name => name != "a"))
            await WriteAsync($"job-0001/{name}", name);

        var entries = new List<ArtifactEntry>();
        await foreach (var entry in Store.ListAsync("job-0001", None))
            entries.Add(entry);

        entries.Select(entry => entry.Path).Should().Equal("job-0001/B", "job-0001/a-1", "job-0001/a/z", "job-0001/b", "job-0001/é");
        entries[^1].Length.Should().Be(2);
    }

    [Fact]
    public async Task An_appended_file_grows_and_goes_on_after_it_was_closed()
    {
        await using (var log = await Store.OpenAppendAsync("job-0001/logs.txt", None))
        {
            await log.WriteAsync("one\n"u8.ToArray(), None);
            await log.FlushAsync(None);
            await log.WriteAsync("two\n"u8.ToArray(), None);
        }

        await using (var log = await Store.OpenAppendAsync("job-0001/logs.txt", None))
            await log.WriteAsync("three\n"u8.ToArray(), None);

        (await ReadAsync("job-0001/logs.txt")).Should().Be("one\ntwo\nthree\n");
    }

    [Fact]
    public async Task An_empty_log_is_a_file()
    {
        await using (await Store.OpenAppendAsync("job-0001/logs.txt", None))
        {
        }

        (await Store.LengthAsync("job-0001/logs.txt", None)).Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(UnsafePaths))]
    public async Task A_path_that_could_leave_the_store_is_refused_everywhere(string path)
    {
        var calls = new Func<Task>[]
        {
            () => Store.WriteAsync(path, Stream.Null, None),
            () => Store.OpenReadAsync(path, 0, None),
            () => Store.LengthAsync(path, None),
            () => Store.CopyAsync(path, "job-0001/x", None),
            () => Store.CopyAsync("job-0001/x", path, None),
            () => ListAsync(path),
            () => Store.DeleteAsync(path, None),
            () => Store.OpenAppendAsync(path, None),
        };

        foreach (var call in calls)
            await call.Should().ThrowAsync<ArgumentException>();
    }

    // Not among the cases above: a lone surrogate does not survive in a test's name.
    [Fact]
    public async Task A_path_that_is_no_text_is_refused()
    {
        var writing = () => Store.WriteAsync("job-0001/\ud800x", Stream.Null, None);

        await writing.Should().ThrowAsync<ArgumentException>();
    }

    protected async Task<string?> ReadAsync(string path, long offset = 0)
    {
        await using var stream = await Store.OpenReadAsync(path, offset, None);
        if (stream is null)
            return null;
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(None);
    }

    protected async Task<Orchestrator.Contracts.Steps.DocumentReference> WriteAsync(string path, string content)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        return await Store.WriteAsync(path, stream, None);
    }

    private async Task<List<string>> ListAsync(string prefix)
    {
        var paths = new List<string>();
        await foreach (var entry in Store.ListAsync(prefix, None))
            paths.Add(entry.Path);
        return paths;
    }

    private sealed class NonSeekable(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();
    }

    private sealed class Broken : MemoryStream
    {
        private bool first = true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!first)
                throw new IOException("The source broke.");
            first = false;
            buffer.Span[..10].Fill((byte)'x');
            return ValueTask.FromResult(10);
        }
    }
}

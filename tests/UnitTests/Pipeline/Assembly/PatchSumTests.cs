using System.Text;
using AwesomeAssertions;
using Orchestrator.Pipeline.Assembly;
using Orchestrator.UnitTests.Execution.Workspaces;

namespace Orchestrator.UnitTests.Pipeline.Assembly;

/// <summary>Sums patches that git made, and has git apply the sum.</summary>
public sealed class PatchSumTests : IDisposable
{
    private const string Lines = "l1\nl2\nl3\nl4\nl5\nl6\nl7\nl8\nl9\nl10\nl11\nl12\n";

    private readonly TempFolder _folder = new();
    private readonly SourceRepository _source;
    private readonly string _base;

    public PatchSumTests()
    {
        _source = new SourceRepository(_folder.Join("source"));
        _base = _source.Commit("base", ("x.txt", Lines), ("other.txt", "other\n"), ("end.txt", "a\nb\nc\nd\ne\nf\ng"));
    }

    [Fact]
    public void Both_sides_of_one_file_are_merged()
    {
        var (b, c) = (Work(_base, ("x.txt", Lines.Replace("l2\n", "two\nand a half\n", StringComparison.Ordinal))), Work(_base, ("x.txt", Lines.Replace("l11\n", "eleven\n", StringComparison.Ordinal))));

        var (sum, notice) = Sum("", ("b", b), ("c", c));

        notice.Should().BeNull();
        Applied(sum, "x.txt").Should().Be(Lines.Replace("l2\n", "two\nand a half\n", StringComparison.Ordinal).Replace("l11\n", "eleven\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("l1\n", "l0\nl1\n", "l12\n", "l12\nl13\n")]
    [InlineData("l1\nl2\n", "", "l11\nl12\n", "")]
    [InlineData("l3\n", "", "l5\n", "five\n")]
    [InlineData("l6\n", "six\n6\n6\n6\n", "l9\n", "")]
    public void Insertions_and_removals_anywhere_are_merged(string old, string @new, string oldOther, string newOther)
    {
        var b = Work(_base, ("x.txt", Lines.Replace(old, @new, StringComparison.Ordinal)));
        var c = Work(_base, ("x.txt", Lines.Replace(oldOther, newOther, StringComparison.Ordinal)));

        var (sum, notice) = Sum("", ("b", b), ("c", c));

        notice.Should().BeNull();
        Applied(sum, "x.txt").Should().Be(Lines.Replace(oldOther, newOther, StringComparison.Ordinal).Replace(old, @new, StringComparison.Ordinal));
    }

    [Fact]
    public void A_last_line_without_an_end_stays_as_it_is()
    {
        var (sum, notice) = Sum("", ("b", Work(_base, ("end.txt", "A\nb\nc\nd\ne\nf\ng"))), ("c", Work(_base, ("end.txt", "a\nb\nc\nd\ne\nf\nG"))));

        notice.Should().BeNull();
        Applied(sum, "end.txt").Should().Be("A\nb\nc\nd\ne\nf\nG");
    }

    [Fact]
    public void What_a_side_only_inherited_does_not_undo_what_the_other_made_of_it()
    {
        var a = Work(_base, ("x.txt", Lines.Replace("l5\n", "five\n", StringComparison.Ordinal)), ("new.txt", "of a\n"), ("other.txt", "other of a\n"));
        var b = Work(a, ("x.txt", Lines.Replace("l5\n", "FIVE\n", StringComparison.Ordinal)), ("new.txt", null), ("other.txt", "other\n"));
        var c = Work(a, ("c.txt", "of c\n"));

        foreach (var (first, second) in (((string, string), (string, string))[])[(("b", b), ("c", c)), (("c", c), ("b", b))])
        {
            var (sum, notice) = Sum(Patch(a), first, second);

            notice.Should().BeNull();
            Applied(sum, "x.txt").Should().Be(Lines.Replace("l5\n", "FIVE\n", StringComparison.Ordinal));
            Applied(sum, "c.txt").Should().Be("of c\n");
            sum.Should().NotContain("new.txt").And.NotContain("other.txt", "b took it back");
        }
    }

    [Fact]
    public void A_line_that_both_inherited_and_one_changed_again_is_no_disagreement()
    {
        var a = Work(_base, ("x.txt", Lines.Replace("l5\n", "five\n", StringComparison.Ordinal)));
        var b = Work(a, ("x.txt", Lines.Replace("l5\n", "FIVE\n", StringComparison.Ordinal)));
        var c = Work(a, ("x.txt", Lines.Replace("l5\n", "five\n", StringComparison.Ordinal).Replace("l9\n", "nine\n", StringComparison.Ordinal)));

        var (sum, notice) = Sum(Patch(a), ("b", b), ("c", c));

        notice.Should().BeNull();
        Applied(sum, "x.txt").Should().Be(Lines.Replace("l5\n", "FIVE\n", StringComparison.Ordinal).Replace("l9\n", "nine\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Neighbouring_changes_disagree_and_the_later_one_counts()
    {
        var (b, c) = (Work(_base, ("x.txt", Lines.Replace("l5\n", "b\n", StringComparison.Ordinal))), Work(_base, ("x.txt", Lines.Replace("l6\n", "c\n", StringComparison.Ordinal))));

        var (sum, notice) = Sum("", ("b", b), ("c", c));

        notice.Should().Contain("b and c at x.txt");
        Applied(sum, "x.txt").Should().Be(Lines.Replace("l6\n", "c\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_new_files_of_one_name_and_a_rename_beside_a_change_disagree()
    {
        var b = Work(_base, ("same name.txt", "of b\n"), ("x.txt", null), ("y.txt", Lines));
        var c = Work(_base, ("same name.txt", "of c\n"), ("x.txt", Lines.Replace("l5\n", "c\n", StringComparison.Ordinal)));

        var (sum, notice) = Sum("", ("b", b), ("c", c));

        notice.Should().Contain("b and c at same name.txt").And.Contain("b and c at x.txt");
        Applied(sum, "same name.txt").Should().Be("of c\n");
        Applied(sum, "x.txt").Should().Contain("c\n");
    }

    [Fact]
    public void The_sum_applies_three_way_to_a_base_that_went_on()
    {
        var (sum, _) = Sum("", ("b", Work(_base, ("x.txt", Lines.Replace("l2\n", "two\n", StringComparison.Ordinal)))), ("c", Work(_base, ("x.txt", Lines.Replace("l9\n", "nine\n", StringComparison.Ordinal)))));
        Work(_base, ("x.txt", Lines.Replace("l4\n", "four\n", StringComparison.Ordinal)));

        Apply(sum, "--3way");

        File.ReadAllText(Path.Join(_source.Path, "x.txt")).Should().Be(Lines.Replace("l2\n", "two\n", StringComparison.Ordinal).Replace("l4\n", "four\n", StringComparison.Ordinal).Replace("l9\n", "nine\n", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A commit on top of another.</summary>
    private string Work(string start, params (string Name, string? Text)[] files)
    {
        _source.Git("checkout", "--quiet", "--force", "--detach", start);
        foreach (var (name, text) in files)
        {
            if (text is null)
                File.Delete(Path.Join(_source.Path, name));
            else
                File.WriteAllText(Path.Join(_source.Path, name), text);
        }

        _source.Git("add", "--all");
        _source.Git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", "work");
        return _source.Git("rev-parse", "HEAD").Trim();
    }

    private string Patch(string commit) => _source.Git("diff-tree", "-p", "-r", "--binary", "--full-index", "--find-renames", _base, commit) + "\n";

    private (string Sum, string? Notice) Sum(string common, params (string Step, string Commit)[] works)
    {
        var (sum, shared) = (new PatchSum(), new PatchSum());
        shared.Add("a", common, new PatchSum());
        foreach (var (step, commit) in works)
            sum.Add(step, Patch(commit), step == works[0].Step ? new PatchSum() : shared);
        using var reader = new StreamReader(sum.ToStream(), Encoding.Latin1);
        return (reader.ReadToEnd(), sum.Notice);
    }

    private string Applied(string patch, string name)
    {
        _source.Git("checkout", "--quiet", "--force", "--detach", _base);
        _source.Git("clean", "-fdq");
        Apply(patch);
        return File.ReadAllText(Path.Join(_source.Path, name));
    }

    private void Apply(string patch, params string[] how)
    {
        var file = _folder.Join("sum.diff");
        File.WriteAllText(file, patch, Encoding.Latin1);
        _source.Git(["apply", .. how, file]);
    }
}

using AwesomeAssertions;
using Orchestrator.Cli;
using Orchestrator.Cli.JobFiles;

namespace Orchestrator.UnitTests.Cli.JobFiles;

public sealed class JobFileTests
{
    [Fact]
    public void Yaml_and_json_of_the_same_job_are_the_same_document()
    {
        using var folder = new TemporaryFolder();
        var yaml = folder.File("job.yaml", """
            goal: |
              Two
              lines
            created_at: 2026-03-01T09:30:00+00:00
            tags: [docs, "yes", no]
            steps:
              - step_id: 01_plan
                timeout_sec: 120
                retry_backoff_sec: 0.5
                allowed_tools: null
                depends_on: []
            policy: { sandbox: true, network: deny }
            """);
        var json = folder.File("job.json", """
            {"goal":"Two\nlines\n","created_at":"2026-03-01T09:30:00+00:00","tags":["docs","yes","no"],
             "steps":[{"step_id":"01_plan","timeout_sec":120,"retry_backoff_sec":0.5,"allowed_tools":null,"depends_on":[]}],
             "policy":{"sandbox":true,"network":"deny"}}
            """);

        var fromYaml = JobFile.Read(yaml, TextReader.Null);

        fromYaml.ToJsonString().Should().Be(JobFile.Read(json, TextReader.Null).ToJsonString());
    }

    [Theory]
    [InlineData("goal: [", "YAML")]
    [InlineData("- a list", "not an object")]
    [InlineData("{\"goal\": }", "JSON")]
    [InlineData("{\"goal\": \"a\", \"goal\": \"b\"}", "JSON")]
    [InlineData("goal: a\ngoal: b", "YAML")]
    [InlineData("a: 1\n---\nb: 2", "one document")]
    [InlineData("? [a]\n: b", "key")]
    public void What_is_no_job_is_refused_with_the_reason(string text, string reason)
    {
        var read = () => JobFile.Read("-", new StringReader(text));

        read.Should().Throw<UsageException>().Which.Message.Should().Contain(reason);
    }

    [Fact]
    public void Aliases_that_explode_are_refused()
    {
        var yaml = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(0, 8).Select(level =>
            $"{(char)('b' + level)}: &{(char)('b' + level)} [{string.Join(',', Enumerable.Repeat($"*{(char)('a' + level)}", 10))}]\n"));

        var read = () => JobFile.Read("-", new StringReader(yaml));

        read.Should().Throw<UsageException>().Which.Message.Should().Contain("too large");
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var read = () => JobFile.Read("/no/such/job.json", TextReader.Null);

        read.Should().Throw<UsageException>().Which.Message.Should().Contain("/no/such/job.json");
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AwesomeAssertions;

namespace Orchestrator.UnitTests.Gateway.OpenApi;

public sealed partial class OpenApiTests(GatewayHost gateway) : IClassFixture<GatewayHost>
{
    private const string Write = "ORCHESTRATOR_WRITE_OPENAPI";

    private static string FilePath => Path.Combine(Repository.Root, "services", "Gateway", "openapi.json");

    [Fact]
    public async Task The_committed_description_is_what_the_routes_say()
    {
        var served = await ServedAsync();
        var text = served.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
        if (Environment.GetEnvironmentVariable(Write) == "1")
            await File.WriteAllTextAsync(FilePath, text);

        var committed = await File.ReadAllTextAsync(FilePath);

        committed.Should().Be(text, $"services/Gateway/openapi.json is written anew by this test under {Write}=1");
    }

    [Fact]
    public async Task Every_route_of_the_API_is_described_and_says_how_it_refuses()
    {
        var document = await ServedAsync();

        document["openapi"]!.GetValue<string>().Should().StartWith("3.1");
        var described = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}")).ToList();
        var routes = gateway.Routes.Where(route => route.RoutePattern.RawText!.Split('/') is ["", "v1", ..] or ["", "webhook"] or ["", "jobs", ..])
            .SelectMany(route => route.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {route.RoutePattern.RawText!.TrimEnd('/').Replace("{**", "{", StringComparison.Ordinal)}"));
        described.Should().BeEquivalentTo(routes);
        foreach (var operation in document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()))
        {
            operation.Value!["responses"]!["default"]!["content"]!.AsObject().Should().ContainKey("application/problem+json");
            operation.Value["security"]!.ToJsonString().Should().Be("""[{"bearer":[]}]""");
            operation.Value["summary"]!.GetValue<string>().Should().NotBeEmpty();
        }
    }

    [Fact]
    public async Task Numbers_are_numbers_and_names_are_those_of_the_wire()
    {
        var document = await ServedAsync();

        document.ToJsonString().Should().NotContain("\"integer\",\"string\"").And.NotContain("\"string\",\"integer\"").And.NotContain("\"number\",\"string\"").And.NotContain("\"string\",\"number\"");
        foreach (var schema in document["components"]!["schemas"]!.AsObject())
        {
            foreach (var property in schema.Value!["properties"]?.AsObject() ?? [])
                property.Key.Should().MatchRegex("^[a-z][a-z0-9_]*$", schema.Key);
        }
    }

    [Theory]
    [InlineData("/v1/jobs/{id}/events")]
    [InlineData("/v1/jobs/{id}/steps/{step}/logs")]
    public async Task Streams_are_described_as_what_they_are(string path)
    {
        var operation = (await ServedAsync())["paths"]![path]!["get"]!;

        operation["responses"]!["200"]!["content"]!.AsObject().Should().ContainKey("text/event-stream");
        operation["parameters"]!.AsArray().Select(parameter => parameter!["name"]!.GetValue<string>()).Should().Contain(["since", "Last-Event-ID"]);
    }

    [Fact]
    public async Task The_page_asks_nothing_of_other_hosts()
    {
        var page = await gateway.Admin.GetStringAsync("/docs/");

        var sources = Sources().Matches(page).Select(match => match.Groups[1].Value).ToList();
        sources.Should().NotBeEmpty().And.OnlyContain(source => !source.Contains("//", StringComparison.Ordinal));
        foreach (var source in sources)
            (await gateway.Admin.GetAsync(new Uri(new Uri(gateway.Address, "/docs/"), source))).IsSuccessStatusCode.Should().BeTrue(source);
        page.Should().Contain("\"withDefaultFonts\":false").And.Contain("\"telemetry\":false").And.Contain("\"agent\":{\"disabled\":true}");
    }

    private async Task<JsonNode> ServedAsync()
    {
        using var nobody = gateway.Client(null);
        return JsonNode.Parse(await nobody.GetStringAsync("/openapi/v1.json"))!;
    }

    [GeneratedRegex("""(?:src|href)="([^"]+)"+""")]
    private static partial Regex Sources();
}

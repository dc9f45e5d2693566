using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;

namespace Orchestrator.Cli.JobFiles;

/// <summary>Reads a job or project file, JSON or YAML, as the document that it writes down. Judging it is the server's part.</summary>
public static class JobFile
{
    // A field that is there twice would show only when it is looked for.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="UsageException">It is missing, unreadable, or no object.</exception>
    public static JsonObject Read(string path, TextReader input)
    {
        var text = ReadText(path, input);
        var name = path == "-" ? "standard input" : path;
        try
        {
            var node = IsYaml(path) || !text.AsSpan().TrimStart().StartsWith("{") ? YamlToJson.Convert(text) : JsonNode.Parse(text, documentOptions: Strict);
            return node as JsonObject ?? throw new UsageException($"{name} is not an object.", "A job file is an object with at least `goal`.");
        }
        catch (JsonException problem)
        {
            throw new UsageException($"{name} is not JSON: {problem.Message}");
        }
        catch (YamlException problem)
        {
            throw new UsageException($"{name}:{problem.Start.Line}:{problem.Start.Column} is not YAML: {problem.Message}");
        }
    }

    private static bool IsYaml(string path) => Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";

    private static string ReadText(string path, TextReader input)
    {
        if (path == "-")
            return input.ReadToEnd();
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read: {problem.Message}");
        }
    }
}

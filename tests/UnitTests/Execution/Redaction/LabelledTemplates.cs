namespace Orchestrator.UnitTests.Execution.Redaction;

/// <summary>Contexts that many kinds of secret share.</summary>
internal static class LabelledTemplates
{
    /// <summary>The value stands beside its name.</summary>
    private const string Named = """
        «ENV»=«value»
        export «ENV»="«value»"
        export «ENV»=«value» && ./«noun».sh
        «snake»: «value»
          «snake»: "«value»"
            "«camel»": "«value»",
        {"«snake»":"«value»","region":"eu-west-1"}
        private const string «Pascal» = "«value»";
        «snake» = "«value»"
        «ENV» = '«value»'
        const «camel» = '«value»';
          «camel»: "«value»",
        ENV «ENV»=«value»
              - «ENV»=«value»
        «time» DEBUG «ns».Startup loaded «ENV»=«value» from environment
        ##[debug]Evaluated: env.«ENV» = '«value»'
        -«ENV»=«value»↵
        +«ENV»=${«ENV»}
        @@ -«number:1-90»,2 +«number:1-90»,3 @@ services:↵
           environment:↵
        +    «ENV»: «value»
        $env:«ENV» = "«value»"
        """;

    /// <summary>The value is known by its own shape, wherever it stands.</summary>
    private const string Bare = """
        $ echo $«ENV»↵
        «value»
        «time» [«level»] using «value» for https://«host»/
        «clock» warn: credential «value» was rejected by «host» (401)
        + ./deploy.sh --env «staging|production» «value»
        I found this in the «file» file: `«value»`. Should I keep it?
        {"role":"tool","content":"«value»\n"}
        «path»:«number:1-400»:    client = Client("«value»")
            var client = new «Noun»Client("https://«host»", "«value»");
        error: unexpected argument '«value»' found
        """;

    /// <summary>The value goes over the wire.</summary>
    private const string Header = """
        curl -sS -H "Authorization: Bearer «value»" https://«host»/v1/«noun»s
        > Authorization: Bearer «value»
        Authorization: token «value»
        «time» DEBUG http: GET https://«host»/«noun»s headers={'Accept': '*/*', 'Authorization': 'Bearer «value»'}
        headers: { Authorization: `Bearer «value»` },
        """;

    public static IEnumerable<string> Of(string use) =>
        (use switch { "named" => Named, "bare" => Bare, "header" => Header, _ => throw new ArgumentException($"No contexts are called {use}", nameof(use)) })
            .Replace("↵\n", "\r", StringComparison.Ordinal).Split('\n').Select(line => line.Replace('\r', '\n'));
}

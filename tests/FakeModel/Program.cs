using System.Globalization;
using Orchestrator.FakeModel;
using Orchestrator.FakeModel.Script;

var words = args.Where(argument => argument != "--bodies").ToArray();
if (words.Length is 0 or > 2)
{
    await Console.Error.WriteLineAsync("usage: FakeModel SCRIPT.json [PORT] [--bodies]");
    return 2;
}

var port = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
await using var server = await FakeModelServer.StartAsync(ModelScript.Parse(await File.ReadAllTextAsync(words[0])), port: port);
Console.WriteLine(server.Url);
await server.WaitAsync(CancellationToken.None);
foreach (var request in server.Seen)
{
    Console.WriteLine(request);
    if (words.Length < args.Length)
        Console.WriteLine(request.Body);
}

return 0;

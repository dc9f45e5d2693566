using System.Diagnostics;
using k8s;
using k8s.Models;

namespace Orchestrator.IntegrationTests.Deploy;

/// <summary>The rendered manifests as objects.</summary>
internal static class Manifests
{
    public static string Root { get; } = FindRoot();

    /// <summary>Renders an overlay with kustomize, offline.</summary>
    public static async Task<string> RenderAsync(string overlay)
    {
        var kubectl = (await RunAsync(Path.Combine(Root, "tests/containers/kubectl.sh"))).Trim();
        return await RunAsync(kubectl, "kustomize", Path.Combine(Root, overlay));
    }

    /// <summary>Renders a kustomization that exists only for the test; its paths are relative to <paramref name="folder"/>.</summary>
    public static async Task<string> RenderAsync(string kustomization, string folder)
    {
        var temporary = Directory.CreateTempSubdirectory("overlay-");
        try
        {
            var up = Path.GetRelativePath(temporary.FullName, Path.Combine(Root, folder));
            await File.WriteAllTextAsync(
                Path.Combine(temporary.FullName, "kustomization.yaml"), kustomization.Replace("[", $"[{up}/", StringComparison.Ordinal));
            return await RenderAsync(temporary.FullName);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    /// <summary>Loads every document; unknown fields, wrong types and removed versions throw.</summary>
    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> LoadStrictly(string yaml) =>
        [.. KubernetesYaml.LoadAllFromString(yaml, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()];

    private static async Task<string> RunAsync(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{file} ended with {process.ExitCode}: {await error}");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orchestrator.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("Run the tests inside the checkout.");
        return folder.FullName;
    }
}

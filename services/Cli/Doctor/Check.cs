namespace Orchestrator.Cli.Doctor;

/// <summary>One line of the doctor.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Level"><c>ok</c>, <c>warn</c> (something will not be possible) or <c>fail</c> (nothing will).</param>
/// <param name="Detail">What was found.</param>
/// <param name="Remedy">What to do, or null.</param>
public sealed record Check(string Name, string Level, string Detail, string? Remedy = null)
{
    public static Check Ok(string name, string detail) => new(name, "ok", detail);

    public static Check Warn(string name, string detail, string remedy) => new(name, "warn", detail, remedy);

    public static Check Fail(string name, string detail, string remedy) => new(name, "fail", detail, remedy);
}

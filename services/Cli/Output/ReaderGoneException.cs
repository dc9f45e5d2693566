namespace Orchestrator.Cli.Output;

/// <summary>Whoever read standard output has ended, as <c>head</c> does when it has enough. Not an <see cref="IOException"/>: nothing is tried again.</summary>
public sealed class ReaderGoneException(Exception inner) : Exception("Nobody reads standard output any more.", inner);

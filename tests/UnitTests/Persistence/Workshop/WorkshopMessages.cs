namespace Orchestrator.UnitTests.Persistence.Workshop;

public sealed record CountUp(Guid Id, int Number);

public sealed record Counted(Guid Id, int Number, int Total);

/// <summary>Writes a note and says so; fails afterwards as often as asked.</summary>
public sealed record WriteNote(Guid Id, string Text, int ConflictsFirst = 0, bool Fail = false);

public sealed record NoteWritten(Guid Id, string Text);

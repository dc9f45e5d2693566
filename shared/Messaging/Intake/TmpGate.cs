namespace Orchestrator.Messaging.Intake;
/// <summary>x</summary>
public interface IIntakeGates
{
    /// <summary>x</summary>
    IIntakeGate For(string queue);
}
/// <summary>x</summary>
public interface IIntakeGate
{
    /// <summary>x</summary>
    Task PauseAsync();
    /// <summary>x</summary>
    Task ResumeAsync();
}

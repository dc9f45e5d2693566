using System.Reflection;

namespace Orchestrator.UnitTests.Scheduler.Timers;

/// <summary>An interface of which a test needs a member or two.</summary>
public class Stub : DispatchProxy
{
    private Func<string, object?> _answer = _ => null;

    /// <summary>One that answers by the name of the member.</summary>
    public static T Of<T>(Func<string, object?> answer)
        where T : class
    {
        var stub = Create<T, Stub>();
        ((Stub)(object)stub)._answer = answer;
        return stub;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _answer(targetMethod!.Name);
}

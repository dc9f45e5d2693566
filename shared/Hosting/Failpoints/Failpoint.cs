namespace Orchestrator.Hosting.Failpoints;

/// <summary>
/// A named place before and after each step that a crash can fall between: a commit, a publish, an acknowledgement, a rename, the start of a process.
/// Nothing happens there unless <c>ORCHESTRATOR_FAILPOINTS</c> says so, which only tests do. Names and orders: README.md beside this file.
/// </summary>
public static class Failpoint
{
    private static readonly FailpointPlan? Plan = FailpointPlan.FromEnvironment();

    /// <summary>Whether this process was started with failpoints.</summary>
    public static bool IsOn => Plan is not null;

    /// <summary>Does the work between <c>name.before</c> and <c>name.after</c>; work that throws does not come to the latter.</summary>
    public static Task AroundAsync(string name, Func<Task> work) => Plan is null ? work() : PlannedAsync(Plan, name, work);

    /// <summary>The same for work with a result.</summary>
    public static Task<T> AroundAsync<T>(string name, Func<Task<T>> work) => Plan is null ? work() : PlannedAsync(Plan, name, work);

    /// <summary>The same for work that blocks.</summary>
    public static void Around(string name, Action work)
    {
        if (Plan is null)
        {
            work();
            return;
        }

        Wait(Plan.Hit($"{name}.before"));
        work();
        Wait(Plan.Hit($"{name}.after"));
    }

    /// <summary>One place by its full name, for work that others do.</summary>
    public static Task HitAsync(string name) => Plan is null ? Task.CompletedTask : WaitAsync(Plan.Hit(name));

    private static async Task PlannedAsync(FailpointPlan plan, string name, Func<Task> work)
    {
        await WaitAsync(plan.Hit($"{name}.before")).ConfigureAwait(false);
        await work().ConfigureAwait(false);
        await WaitAsync(plan.Hit($"{name}.after")).ConfigureAwait(false);
    }

    private static async Task<T> PlannedAsync<T>(FailpointPlan plan, string name, Func<Task<T>> work)
    {
        await WaitAsync(plan.Hit($"{name}.before")).ConfigureAwait(false);
        var result = await work().ConfigureAwait(false);
        await WaitAsync(plan.Hit($"{name}.after")).ConfigureAwait(false);
        return result;
    }

    private static Task WaitAsync(TimeSpan delay) => delay == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(delay, TimeProvider.System);

    private static void Wait(TimeSpan delay) => WaitAsync(delay).Wait();
}

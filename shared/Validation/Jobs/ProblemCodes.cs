namespace Orchestrator.Validation.Jobs;

/// <summary>Why a document is refused, in words that doors map to status codes and clients can switch on.</summary>
public static class ProblemCodes
{
    /// <summary>Over 256 KiB; HTTP 413.</summary>
    public const string TooLarge = "too_large";

    /// <summary>Not JSON, or not the JSON that a document may be (depth, duplicate keys, no object).</summary>
    public const string InvalidJson = "invalid_json";

    /// <summary>Text with NUL or half a surrogate pair.</summary>
    public const string InvalidText = "invalid_text";

    /// <summary>A field that the format does not know.</summary>
    public const string UnknownField = "unknown_field";

    /// <summary>A field that must be there.</summary>
    public const string Required = "required";

    /// <summary>A value of the wrong type.</summary>
    public const string WrongType = "wrong_type";

    /// <summary>A value outside its limits or form.</summary>
    public const string InvalidValue = "invalid_value";

    /// <summary>A URL that carries a secret.</summary>
    public const string CredentialsInUrl = "credentials_in_url";

    /// <summary>No such project is configured.</summary>
    public const string UnknownProject = "unknown_project";

    /// <summary>The sender may not use this project, or no project at all; HTTP 403.</summary>
    public const string ProjectNotAllowed = "project_not_allowed";

    /// <summary>The operator refuses jobs without a project.</summary>
    public const string ProjectRequired = "project_required";

    /// <summary>More steps than the operator takes.</summary>
    public const string TooManySteps = "too_many_steps";

    /// <summary>Two steps of one id.</summary>
    public const string DuplicateStepId = "duplicate_step_id";

    /// <summary>A reference to a step that is not in the job.</summary>
    public const string UnknownStep = "unknown_step";

    /// <summary>Steps that wait for each other.</summary>
    public const string Cycle = "cycle";

    /// <summary>An artifact path that leaves the job's artifacts or names none of them.</summary>
    public const string InvalidPath = "invalid_path";

    /// <summary>No such agent.</summary>
    public const string UnknownAgent = "unknown_agent";

    /// <summary>An agent that the operator does not offer.</summary>
    public const string AgentNotAllowed = "agent_not_allowed";

    /// <summary>A binary outside the allow-list.</summary>
    public const string BinaryNotAllowed = "binary_not_allowed";

    /// <summary>No such tool.</summary>
    public const string UnknownTool = "unknown_tool";

    /// <summary>A tool outside the operator's list of the role.</summary>
    public const string ToolNotAllowed = "tool_not_allowed";

    /// <summary>Fields that contradict each other.</summary>
    public const string Contradiction = "contradiction";
}

using Newtonsoft.Json.Linq;
using NJsonSchema;
using NJsonSchema.Validation;
using Orchestrator.Hosting;
using Orchestrator.Validation.Jobs;

namespace Orchestrator.Validation.Schemas;

/// <summary>From the validator's errors to problems that name the field and the remedy.</summary>
internal static class SchemaProblems
{
    public static void Add(IEnumerable<ValidationError> errors, string document, ProblemList problems)
    {
        foreach (var error in errors.Where(error => error.Kind != ValidationErrorKind.PropertyRequired || error.Token is JObject))
        {
            if (problems.IsFull)
                return;
            Add(error, document, problems);
        }
    }

    private static void Add(ValidationError error, string document, ProblemList problems)
    {
        switch (error)
        {
            case MultiTypeValidationError several when OfMatchingType(several) is { } inner:
                Add(inner, document, problems);
                break;
            case ChildSchemaValidationError { Kind: ValidationErrorKind.ArrayItemNotValid or ValidationErrorKind.NotAllOf or ValidationErrorKind.AdditionalPropertiesNotValid } child:
                Add(child.Errors.Values.SelectMany(inner => inner), document, problems);
                break;
            default:
                var path = PathOf(error);
                if (problems.Has(path))
                    break;
                var (code, message, hint) = Explain(error, document);
                problems.Add(path, code, message, hint);
                break;
        }
    }

    // A nullable field is reported once per type. The report without a type error is the one about the value.
    private static IEnumerable<ValidationError>? OfMatchingType(MultiTypeValidationError error) =>
        error.Errors.Values.FirstOrDefault(errors => !errors.Any(inner => IsTypeError(inner.Kind)));

    private static bool IsTypeError(ValidationErrorKind kind) => kind is
        ValidationErrorKind.StringExpected or ValidationErrorKind.NumberExpected or ValidationErrorKind.IntegerExpected or ValidationErrorKind.BooleanExpected
        or ValidationErrorKind.ObjectExpected or ValidationErrorKind.ArrayExpected or ValidationErrorKind.NullExpected or ValidationErrorKind.NoTypeValidates;

    private static (string Code, string Message, string Hint) Explain(ValidationError error, string document)
    {
        var schema = error.Schema;
        return error.Kind switch
        {
            ValidationErrorKind.NoAdditionalPropertiesAllowed => (ProblemCodes.UnknownField, $"{JsonPath.Shown(error.Property ?? "")} is not a field here.", Meant(error)),
            ValidationErrorKind.PropertyRequired => (ProblemCodes.Required, $"{error.Property} is missing.", $"Add {error.Property}: {Described(schema, error.Property)}"),
            var kind when IsTypeError(kind) => (ProblemCodes.WrongType, $"Must be {Types(schema.Type)}, is {Kind(error.Token)}.", Remedy(schema, document)),
            ValidationErrorKind.NotInEnumeration => (ProblemCodes.InvalidValue, $"{Value(error)} is not one of {string.Join(", ", schema.Enumeration)}.",
                $"Did you mean {NearestName.Of(Text(error.Token), schema.Enumeration.Select(word => word?.ToString() ?? ""))}?"),
            ValidationErrorKind.PatternMismatch => (ProblemCodes.InvalidValue, $"{Value(error)} does not match {schema.Pattern}.", Remedy(schema, document)),
            ValidationErrorKind.StringTooShort => (ProblemCodes.InvalidValue, $"Must have at least {schema.MinLength} characters.", Remedy(schema, document)),
            ValidationErrorKind.StringTooLong => (ProblemCodes.InvalidValue, $"Must have at most {schema.MaxLength} characters, has {Text(error.Token).Length}.", "Shorten it."),
            ValidationErrorKind.NumberTooSmall => (ProblemCodes.InvalidValue, $"Must be at least {schema.Minimum}, is {Value(error)}.", Remedy(schema, document)),
            ValidationErrorKind.NumberTooBig => (ProblemCodes.InvalidValue, $"Must be at most {schema.Maximum}, is {Value(error)}.", Remedy(schema, document)),
            ValidationErrorKind.TooFewItems => (ProblemCodes.InvalidValue, $"Must have at least {schema.MinItems} items.", Remedy(schema, document)),
            ValidationErrorKind.TooManyItems => (ProblemCodes.InvalidValue, $"Must have at most {schema.MaxItems} items.", Remedy(schema, document)),
            _ => (ProblemCodes.InvalidValue, "Has none of the forms that are allowed here.", Remedy(schema, document)),
        };
    }

    private static string Meant(ValidationError error)
    {
        var names = error.Schema.Properties.Keys;
        return $"Did you mean {NearestName.Of(error.Property ?? "", names)}? Known here: {string.Join(", ", names)}.";
    }

    private static string Described(JsonSchema schema, string? property) =>
        property is not null && schema.Properties.TryGetValue(property, out var field) && field.ActualSchema.Description is { } text ? text : "it is required.";

    private static string Remedy(JsonSchema schema, string document) =>
        schema.Description is { Length: > 0 } text ? text : $"See the {document} schema at /schemas/{document}.schema.json.";

    private static string Types(JsonObjectType type) =>
        string.Join(" or ", Enum.GetValues<JsonObjectType>().Where(flag => flag != JsonObjectType.None && type.HasFlag(flag)).Select(flag => flag.ToString().ToLowerInvariant()));

    private static string Kind(JToken? token) => token?.Type switch
    {
        JTokenType.Object => "an object",
        JTokenType.Array => "an array",
        JTokenType.String => "a string",
        JTokenType.Integer or JTokenType.Float => "a number",
        JTokenType.Boolean => "a boolean",
        _ => "null",
    };

    private static string Text(JToken? token) => token is JValue value ? value.ToString(System.Globalization.CultureInfo.InvariantCulture) : "";

    private static string Value(ValidationError error) => JsonPath.Shown(Text(error.Token));

    private static string PathOf(ValidationError error)
    {
        var path = PathOf(error.Token);
        return error.Kind == ValidationErrorKind.PropertyRequired ? JsonPath.Field(path, error.Property ?? "") : path;
    }

    // Built from the token: the error's own path joins names with dots, also those that contain one.
    private static string PathOf(JToken? token) => token switch
    {
        null or { Parent: null } => JsonPath.Root,
        JProperty property => JsonPath.Field(PathOf(property.Parent), property.Name),
        { Parent: JArray array } => JsonPath.Item(PathOf(array), array.IndexOf(token)),
        _ => PathOf(token.Parent),
    };
}

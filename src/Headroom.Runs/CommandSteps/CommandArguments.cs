using System.Text.Json.Serialization;

namespace Headroom.Runs;

/// <summary>What a step of action <see cref="CommandAction.Name"/> runs: programs with their arguments.</summary>
public sealed record CommandArguments
{
    /// <summary>Brings the effect about; null for a step that only waits for a condition.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Says by its exit code whether the effect is there: 0 yes, 3 no, anything else that it cannot tell.</summary>
    public IReadOnlyList<string>? Check { get; init; }

    /// <summary>Takes the effect back; harmless when there is nothing to take back.</summary>
    public IReadOnlyList<string>? Undo { get; init; }

    /// <summary>Says by exit code 0 that the condition to wait for holds.</summary>
    public IReadOnlyList<string>? Until { get; init; }

    /// <summary>The directory in which they run.</summary>
    public required string Directory { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CommandArguments))]
internal sealed partial class CommandJson : JsonSerializerContext;

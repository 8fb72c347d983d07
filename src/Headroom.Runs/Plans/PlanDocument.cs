using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Runs;

/// <summary>A plan as it is stored beside the journal: JSON in one fixed order, so that the same plan has the same hash.</summary>
public static class PlanDocument
{
    /// <summary>The version written; older ones are read.</summary>
    public const int Version = 1;

    /// <summary>The stored form of a plan (UTF-8 JSON).</summary>
    public static byte[] Write(RunPlan plan)
    {
        var sorted = plan with
        {
            Limits = Sorted(plan.Limits),
            Steps = [.. plan.Steps.Select(step => step with { Limits = Sorted(step.Limits), CheckLimits = Sorted(step.CheckLimits) })],
        };
        return JsonSerializer.SerializeToUtf8Bytes(new StoredPlan { Version = Version, Plan = sorted }, RunJson.Default.StoredPlan);
    }

    /// <summary>Reads a stored plan.</summary>
    /// <exception cref="ProblemException">It is not one, or was written by a newer program.</exception>
    public static RunPlan Read(ReadOnlySpan<byte> json, string where)
    {
        try
        {
            var stored = JsonSerializer.Deserialize(json, RunJson.Default.StoredPlan);
            if (stored?.Version > Version)
                throw new ProblemException(new Problem("run-plan-newer", $"the plan has format version {stored.Version}; this program reads up to {Version}.", where, "Use the program that wrote it; nothing was changed.") { Kind = ProblemKind.Unprocessable });
            if (stored?.Plan is { } plan && stored.Version > 0) return plan;
        }
        catch (JsonException) { }
        throw new ProblemException(new Problem("run-plan-unreadable", "the stored plan cannot be read.", where, "Restore the file from a backup; the journal beside it is untouched.") { Kind = ProblemKind.Failed });
    }

    /// <summary>The hash by which a run knows its plan: SHA-256 of the stored form, hexadecimal.</summary>
    public static string Hash(ReadOnlySpan<byte> stored) => Convert.ToHexStringLower(SHA256.HashData(stored));

    private static SortedDictionary<string, T> Sorted<T>(IReadOnlyDictionary<string, T> map) => new(map.ToDictionary(), StringComparer.Ordinal);
}

internal sealed record StoredPlan
{
    public required int Version { get; init; }

    public required RunPlan Plan { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredPlan))]
[JsonSerializable(typeof(RunHeader))]
[JsonSerializable(typeof(RunRequest))]
internal sealed partial class RunJson : JsonSerializerContext;

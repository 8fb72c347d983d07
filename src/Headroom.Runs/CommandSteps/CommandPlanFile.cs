using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Yaml;

namespace Headroom.Runs;

/// <summary>
/// Reads a plan of commands from YAML. <c>${NAME}</c> is not replaced in it: the commands' own shell does that when they run, so
/// that no secret is written into the stored plan.
/// </summary>
public static class CommandPlanFile
{
    // A plan of 100,000 steps with all their keys.
    private const int MaximumBytes = 64 << 20;
    private const int MaximumValues = 3_000_000;

    /// <summary>Reads and checks a plan.</summary>
    /// <param name="path">The file; commands run in its directory unless it names another.</param>
    /// <exception cref="ProblemException">The file cannot be read or is not a valid plan; carries every problem with its place.</exception>
    public static RunPlan Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("run-plan-not-found", $"the plan cannot be read: {e.Message}", path, "Name a file with 'steps:' in it."), e);
        }
        return Parse(bytes, path, Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Reads and checks a plan from the content of a file.</summary>
    /// <param name="content">UTF-8.</param>
    /// <param name="file">The file's name, for messages and as the plan's name when it has none.</param>
    /// <param name="directory">The directory in which commands run unless the plan names another, itself relative to this one.</param>
    /// <exception cref="ProblemException">It is not a valid plan; carries every problem with its place.</exception>
    public static RunPlan Parse(ReadOnlySpan<byte> content, string file, string directory)
    {
        var problems = new List<Problem>();
        var root = YamlReader.Read(file, content, environment: null, problems, MaximumBytes, MaximumValues);
        if (root is not null && new CommandPlanShape(file, directory).TryRead(root, problems, out var placed))
        {
            problems.AddRange(PlanValidator.Validate(placed.Plan, (step, field) =>
                (step < 0 ? placed.Places(field) : placed.StepPlaces[step](field)).ToString()));
            if (problems.Count == 0) return placed.Plan;
        }
        throw new ProblemException(problems);
    }
}

/// <summary>A plan whose parts still know where they stand.</summary>
internal sealed record PlacedPlan(RunPlan Plan, Func<string, SourceMark> Places, IReadOnlyList<Func<string, SourceMark>> StepPlaces);

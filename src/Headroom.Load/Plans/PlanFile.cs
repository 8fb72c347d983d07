using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Yaml;
using Headroom.Load.Plans.Yaml;

namespace Headroom.Load.Plans;

/// <summary>Reads a plan from YAML and finds everything that is wrong with it at once, before anything is sent.</summary>
public static class PlanFile
{
    private const int MaximumBytes = 4 << 20;

    /// <summary>Reads and checks a plan.</summary>
    /// <param name="path">The file; feeds are relative to its directory.</param>
    /// <param name="environment">Gives an environment variable's value, or null when it is unset.</param>
    /// <param name="overrides">What the command line and the environment say instead.</param>
    /// <exception cref="ProblemException">Carries every problem with file and line.</exception>
    public static LoadPlan Read(string path, Func<string, string?> environment, PlanOverrides overrides)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("load-plan-not-found", $"The plan cannot be read: {error.Message}", path, "Give a plan's file, or a URL that starts with http:// or https://."), error);
        }
        return Parse(bytes, path, Path.GetDirectoryName(Path.GetFullPath(path))!, environment, overrides);
    }

    /// <summary>Reads and checks a plan from a file's content.</summary>
    /// <param name="content">UTF-8.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="directory">Where relative paths start.</param>
    /// <param name="environment">Gives an environment variable's value, or null when it is unset.</param>
    /// <param name="overrides">What the command line and the environment say instead.</param>
    /// <exception cref="ProblemException">Carries every problem with file and line.</exception>
    public static LoadPlan Parse(ReadOnlySpan<byte> content, string file, string directory, Func<string, string?> environment, PlanOverrides overrides)
    {
        var problems = new List<Problem>();
        var root = YamlReader.Read(file, content, environment, problems, MaximumBytes);
        LoadPlan? plan = null;
        if (root is not null && PlanShape.Shape.TryRead(root, problems, out var raw)) plan = new PlanResolver(raw, file, directory, overrides, problems).Resolve();
        if (problems.Count > 0) throw new ProblemException(problems);
        return plan!;
    }

    /// <summary>The JSON Schema (draft 2020-12) of a plan.</summary>
    public static JsonObject Schema()
    {
        var schema = PlanShape.Shape.Schema();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "Headroom load plan");
        schema["$defs"] = new JsonObject
        {
            ["environmentReference"] = new JsonObject { ["type"] = "string", ["pattern"] = @"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}" },
        };
        return schema;
    }
}

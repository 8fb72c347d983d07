using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Cli.Experiments;

/// <summary>What the commands about experiments have in common.</summary>
internal static class ExperimentArguments
{
    public static Argument<string> Name() => new("NAME") { Description = "The experiment." };

    public static string Path(string name, string? what = null) => $"/api/experiments/{Uri.EscapeDataString(name)}" + (what is null ? "" : "/" + what);

    public static HttpContent Json(JsonNode body) => new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");

    /// <summary>A number written in an option.</summary>
    /// <exception cref="ProblemException">It is none.</exception>
    public static double Number(string option, string text, string number) =>
        double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw new ProblemException(new Problem("usage", $"'{number}' is not a number.", $"{option} {text}", "Write NAME=NUMBER."));
}

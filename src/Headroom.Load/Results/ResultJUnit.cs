using System.Globalization;
using System.Xml.Linq;

namespace Headroom.Load.Results;

/// <summary>Thresholds and checks as JUnit XML, for the test pages of CI systems. A run that does not count is an error, not a failure.</summary>
public static class ResultJUnit
{
    /// <summary>Writes it.</summary>
    public static string Write(LoadResult result)
    {
        var cases = new List<XElement>
        {
            Case("run", "the generator carried the run", result.Valid ? null : new XElement("error", new XAttribute("message", Clean(string.Join("; ", result.InvalidReasons))))),
        };
        foreach (var t in result.Thresholds)
        {
            string value = t.Value?.ToString(CultureInfo.InvariantCulture) ?? "no data";
            cases.Add(Case("thresholds", $"{t.Metric}: {t.Expression}", t.Passed ? null : new XElement("failure", new XAttribute("message", Clean($"is {value}")))));
        }
        foreach (var c in result.Checks)
            cases.Add(Case("checks", $"{c.Request}: {c.Name}", c is { Failed: 0, Passed: > 0 } ? null : new XElement("failure", new XAttribute("message", c.Failed == 0 ? "never made" : $"failed {c.Failed} of {c.Failed + c.Passed} times"))));
        int failures = cases.Count(c => c.Element("failure") is not null), errors = cases.Count(c => c.Element("error") is not null);
        var suite = new XElement("testsuite", new XAttribute("name", Clean(result.Name)), new XAttribute("tests", cases.Count), new XAttribute("failures", failures), new XAttribute("errors", errors),
            new XAttribute("skipped", 0), new XAttribute("time", result.DurationSeconds.ToString(CultureInfo.InvariantCulture)), new XAttribute("timestamp", result.StartedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)), cases);
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + new XElement("testsuites", suite) + "\n";
    }

    private static XElement Case(string group, string name, XElement? outcome) => new("testcase", new XAttribute("classname", $"headroom.load.{group}"), new XAttribute("name", Clean(name)), outcome);

    // Control characters cannot be written in XML 1.0 at all.
    private static string Clean(string text) => new([.. text.Select(c => c < ' ' || char.IsSurrogate(c) || c >= '\ufffe' ? ' ' : c)]);
}

using System.Text.Json;
using Headroom.Cli.Output;

namespace Headroom.Cli.Doctor;

/// <summary>All findings of a look at a set-up, and the two forms they are told in.</summary>
internal sealed class Examination(IReadOnlyList<Finding> findings)
{
    /// <summary>0 when everything works; 1 when something does not.</summary>
    public int ExitCode => findings.Any(f => f.Health == Health.Bad) ? ExitCodes.Failed : ExitCodes.Done;

    public static async Task<Examination> RunAsync(IEnumerable<ICheck> checks, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        foreach (var check in checks)
            await foreach (var finding in check.LookAsync(cancel))
                findings.Add(finding);
        return new Examination(findings);
    }

    public void WriteTable(TextWriter output)
    {
        var table = new TextTable(("CHECK", false), ("", false), ("FOUND", false));
        foreach (var finding in findings)
        {
            table.Add(finding.Check, Word(finding.Health), finding.What);
            if (finding.Fix is not null) table.Add("", "", "→ " + finding.Fix);
        }
        table.WriteTo(output);
        int bad = findings.Count(f => f.Health == Health.Bad), warnings = findings.Count(f => f.Health == Health.Warning);
        output.WriteLine(bad > 0 ? $"{bad} of these must be mended" : warnings > 0 ? $"it works, with {warnings} warning{(warnings == 1 ? "" : "s")}" : "all is well");
    }

    public void WriteJson(TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteBoolean("healthy", ExitCode == ExitCodes.Done);
            json.WriteStartArray("findings");
            foreach (var finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("check", finding.Check);
                json.WriteString("health", Word(finding.Health));
                json.WriteString("what", finding.What);
                json.WriteString("fix", finding.Fix);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static string Word(Health health) => health switch { Health.Good => "ok", Health.Warning => "warning", Health.Bad => "failed", _ => "info" };
}

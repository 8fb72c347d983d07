using System.Globalization;
using System.Text.Json;
using Headroom.Cli.Client;
using Headroom.Cli.Output;

namespace Headroom.Cli.Slos;

/// <summary>SLOs as text: the compliance report of document 2's SLA script, for every SLO at once.</summary>
internal static class SloText
{
    /// <summary>Writes the answer of <c>GET /api/slos</c>.</summary>
    public static void Write(TextWriter output, JsonElement report)
    {
        var slos = report.GetProperty("slos").EnumerateArray().ToList();
        if (slos.Count == 0)
        {
            output.WriteLine("there are no SLOs; define them under slos in headroom.yaml");
            return;
        }
        output.WriteLine(TextTable.Printable($"SLO compliance of {report.GetProperty("project").GetString()} at {Minute(report.GetProperty("at"))}"));
        var table = new TextTable(("SLO", false), ("STATUS", false), ("SLI", true), ("OBJECTIVE", true), ("WINDOW", false), ("TOTAL", true), ("BAD", true), ("ERROR RATE", true), ("BUDGET LEFT", true), ("BURN 1h", true), ("BURN 6h", true), ("BUDGET ENDS", false));
        foreach (var slo in slos)
            table.Add(NameOf(slo), slo.GetProperty("status").GetString()!, Percent(slo, "sliPercent"), Percent(slo, "objectivePercent"), slo.GetProperty("window").GetString()!, Count(slo, "total"), Count(slo, "bad"),
                Percent(slo, "errorRatePercent"), Percent(slo, "budgetRemainingPercent", "0.##"), Burn(slo, "1h"), Burn(slo, "6h"), Ends(slo));
        table.WriteTo(output);
        foreach (var slo in slos)
            if (slo.GetProperty("status").GetString() == "missed")
                output.WriteLine(TextTable.Printable($"SLO BREACH: {NameOf(slo)}: error rate {Percent(slo, "errorRatePercent")} exceeds {Number(100 - slo.GetProperty("objectivePercent").GetDouble())}%"));
        foreach (var slo in slos)
            foreach (var burn in slo.GetProperty("burnRates").EnumerateArray().Where(b => b.GetProperty("fires").GetBoolean()).Take(1))
                output.WriteLine(TextTable.Printable($"BURNING ({burn.GetProperty("severity").GetString()}): {NameOf(slo)}: {Rate(burn, "longRate")} times over {burn.GetProperty("long").GetString()}, {Rate(burn, "shortRate")} over {burn.GetProperty("short").GetString()}; {Number(burn.GetProperty("factor").GetDouble())} is too fast"));
        foreach (var slo in slos)
            foreach (var note in slo.GetProperty("notes").EnumerateArray())
                output.WriteLine(TextTable.Printable($"note: {NameOf(slo)}: {note.GetString()}"));
        foreach (var slo in slos)
            if (slo.TryGetProperty("explain", out var explain))
                Explain(output, slo, explain);
    }

    /// <summary>Writes the answer of <c>GET /api/slos/{name}/history</c>.</summary>
    public static void WriteHistory(TextWriter output, JsonElement history)
    {
        var table = new TextTable(("PERIOD", false), ("SERIES", false), ("STATUS", false), ("SLI", true), ("OBJECTIVE", true), ("TOTAL", true), ("BAD", true), ("BUDGET LEFT", true));
        foreach (var period in history.GetProperty("periods").EnumerateArray())
            table.Add(period.GetProperty("period").GetString()! + (period.GetProperty("complete").GetBoolean() ? "" : " so far"), LabelsOf(period), period.GetProperty("status").GetString()!,
                Percent(period, "sliPercent"), Percent(period, "objectivePercent"), Count(period, "total"), Count(period, "bad"), Percent(period, "budgetRemainingPercent", "0.##"));
        output.WriteLine(TextTable.Printable(history.GetProperty("name").GetString()!));
        table.WriteTo(output);
    }

    private static void Explain(TextWriter output, JsonElement slo, JsonElement explain)
    {
        output.WriteLine();
        output.WriteLine(TextTable.Printable($"{NameOf(slo)}, {Minute(slo.GetProperty("from"))} to {Minute(slo.GetProperty("to"))}"));
        foreach (var formula in explain.GetProperty("formulas").EnumerateArray()) output.WriteLine(TextTable.Printable("  " + formula.GetString()));
        foreach (var query in explain.GetProperty("queries").EnumerateArray())
        {
            string samples = query.GetProperty("samples") is { ValueKind: JsonValueKind.Number } number ? $", {number.GetInt64()} samples" : "";
            string slices = query.TryGetProperty("slices", out var count) ? $", {count.GetInt32()} slices" : "";
            output.WriteLine(TextTable.Printable($"  {query.GetProperty("role").GetString()} from {Minute(query.GetProperty("from"))} to {Minute(query.GetProperty("to"))}{slices}{samples}: {query.GetProperty("query").GetString()}"));
            foreach (var value in query.GetProperty("values").EnumerateArray())
                output.WriteLine(TextTable.Printable($"    {LabelsOf(value)} = {(value.GetProperty("value") is { ValueKind: JsonValueKind.Number } v ? Number(v.GetDouble()) : "no number")}".Replace("     =", "    =", StringComparison.Ordinal)));
        }
    }

    private static string NameOf(JsonElement slo) => slo.GetProperty("name").GetString()! + (LabelsOf(slo) is { Length: > 0 } labels ? " " + labels : "");

    private static string LabelsOf(JsonElement json) => PrometheusData.LabelsOf(json.GetProperty("labels")) is { Count: > 0 } labels ? labels.ToString() : "";

    private static string Percent(JsonElement json, string name, string format = "0.####") => json.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble().ToString(format, CultureInfo.InvariantCulture) + "%" : "-";

    private static string Count(JsonElement json, string name) => json.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble().ToString("#,0.##", CultureInfo.InvariantCulture) : "-";

    private static string Burn(JsonElement slo, string window) =>
        slo.GetProperty("burnRates").EnumerateArray().Where(b => b.GetProperty("long").GetString() == window).Select(b => Rate(b, "longRate")).FirstOrDefault() ?? "-";

    private static string Rate(JsonElement burn, string name) => burn.GetProperty(name) is { ValueKind: JsonValueKind.Number } rate ? rate.GetDouble().ToString("0.##", CultureInfo.InvariantCulture) : "-";

    private static string Ends(JsonElement slo) => slo.GetProperty("forecast") is { ValueKind: JsonValueKind.Object } forecast
        ? forecast.GetProperty("exhaustedAt").GetString() is { } at ? (at == slo.GetProperty("to").GetString() ? "used up" : at[..16].Replace('T', ' ') + "Z") : "lasts"
        : "-";

    private static string Minute(JsonElement time) => time.GetString()![..16].Replace('T', ' ') + "Z";

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Data;
using Headroom.Cli.Output;
using Headroom.Server.Data;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom data info</c>: what the data directory holds.</summary>
internal sealed class DataInfoCommand : HeadroomSubcommand
{
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public DataInfoCommand() : base("info", "Shows what the data directory holds.") => Add(_output);

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom data info", "Series, samples and sizes, by resolution.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        string json = await api.GetStringAsync("/api/data", context.Cancel);
        if (context.Parse.GetValue(_output) == "json")
        {
            context.Output.WriteLine(json);
            return ExitCodes.Done;
        }
        var info = JsonSerializer.Deserialize(json, DataJson.Default.DataInfo)!;
        context.Output.WriteLine(TextTable.Printable($"{info.Directory}, format {info.FormatVersion}"));
        context.Output.WriteLine($"series    {DataText.Count(info.Series)}, of them {DataText.Count(info.ActiveSeries)} active (limit {DataText.Count(info.MaxSeries)})");
        context.Output.WriteLine($"samples   {DataText.Count(info.Samples)}, of them {DataText.Count(info.PendingSamples)} in memory and the log only; {DataText.Count(info.RawEntries)} values as they were posted");
        context.Output.WriteLine($"disk      {DataText.Size(info.BlockBytes)} in blocks, {DataText.Size(info.LogBytes)} in the log");
        context.Output.WriteLine($"exemplars {DataText.Count(info.Exemplars)}; {DataText.Count(info.DescribedMetrics)} metrics described");
        if (info.PendingDeletions > 0) context.Output.WriteLine($"deletions {info.PendingDeletions} wait for a compaction to give the disk back");
        if (info.Fault is not null) context.Output.WriteLine(TextTable.Printable($"READ-ONLY {info.Fault}"));
        context.Output.WriteLine();
        var table = new TextTable(("RESOLUTION", false), ("KEPT", true), ("BLOCKS", true), ("SIZE", true), ("SAMPLES", true), ("BYTES/SAMPLE", true), ("FROM", false), ("TO", false));
        foreach (var one in info.Resolutions)
            table.Add(one.Name, one.Retention, DataText.Count(one.Blocks), DataText.Size(one.Bytes), DataText.Count(one.Samples),
                one.BytesPerSample?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-", DataText.Time(one.FirstTime), DataText.Time(one.LastTime));
        table.WriteTo(context.Output);
        return ExitCodes.Done;
    }
}

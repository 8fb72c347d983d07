using System.CommandLine;
using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Data;
using Headroom.Server.Data;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom data compact</c>: rolls up, merges, and gives back what was deleted, now.</summary>
internal sealed class DataCompactCommand : HeadroomSubcommand
{
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public DataCompactCommand() : base("compact", "Rolls up what is old, merges blocks, and gives back the disk of what was deleted.") => Add(_output);

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom data compact", "Do now what the server does by itself in time.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        using var json = await api.PostJsonAsync("/api/data/compact", new StringContent(""), context.Cancel);
        var done = json.Deserialize(DataJson.Default.DataCompaction)!;
        context.Output.WriteLine(context.Parse.GetValue(_output) == "json" ? JsonSerializer.Serialize(done, DataJson.Default.DataCompaction)
            : $"{DataText.Count(done.BlocksBefore)} → {DataText.Count(done.BlocksAfter)} blocks, {DataText.Size(done.BytesBefore)} → {DataText.Size(done.BytesAfter)}, {DataText.Count(done.SamplesBefore)} → {DataText.Count(done.SamplesAfter)} samples");
        return ExitCodes.Done;
    }
}

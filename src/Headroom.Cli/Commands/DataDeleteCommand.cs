using System.CommandLine;
using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Data;
using Headroom.Server.Data;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom data delete</c>: deletes the samples of the series that match.</summary>
internal sealed class DataDeleteCommand : HeadroomSubcommand
{
    private readonly Argument<string[]> _selectors = new("SELECTOR") { Description = "Series to delete from, such as 'cpu{service=\"api\"}'.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<long?> _start = TimeExpression.Option("--start", "Earliest sample [default: the first].", TimeProvider.System);
    private readonly Option<long?> _end = TimeExpression.Option("--end", "Latest sample [default: the last].", TimeProvider.System);
    private readonly Option<bool> _yes = new("--yes") { Description = "Delete; without it the command only says how many series it would delete from." };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public DataDeleteCommand() : base("delete", "Deletes the samples of series for good. Says what it would delete, and does so with --yes.")
    {
        Add(_selectors);
        foreach (Option option in (ReadOnlySpan<Option>)[_start, _end, _yes, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom data delete 'cpu{service=\"old\"}'", "How many series that would be."),
        ("headroom data delete 'cpu{service=\"old\"}' --end now-30d --yes", "Delete what is older than 30 days of them."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        string[] selectors = context.Parse.GetValue(_selectors)!;
        bool delete = context.Parse.GetValue(_yes);
        List<KeyValuePair<string, string>> fields = [.. selectors.Select(selector => KeyValuePair.Create("match[]", selector))];
        if (CommonOptions.Seconds(context.Parse.GetValue(_start)) is { } start) fields.Add(new("start", start));
        if (CommonOptions.Seconds(context.Parse.GetValue(_end)) is { } end) fields.Add(new("end", end));
        await using var api = context.Connect();
        int series;
        using (var found = await api.PostFormAsync("/api/v1/series", fields, context.Cancel)) series = found.RootElement.GetProperty("data").GetArrayLength();
        if (delete)
            using (await api.SendAsync(HttpMethod.Post, "/api/v1/admin/tsdb/delete_series", new FormUrlEncodedContent(fields), context.Cancel)) { }
        var answer = new DataDeletion(selectors, series, delete);
        context.Output.WriteLine(context.Parse.GetValue(_output) == "json" ? JsonSerializer.Serialize(answer, DataJson.Default.DataDeletion)
            : delete ? $"deleted from {DataText.Count(series)} series; 'headroom data compact' gives the disk back at once"
            : $"would delete from {DataText.Count(series)} series; --yes does");
        return ExitCodes.Done;
    }
}

using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Experiments;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom experiment record</c>: outcomes of users.</summary>
internal sealed class ExperimentRecordCommand : HeadroomSubcommand
{
    private const int BatchSize = 5_000;

    private readonly Argument<string> _name = ExperimentArguments.Name();
    private readonly Option<string?> _user = new("--user") { Description = "Who it happened to.", HelpName = "USER" };
    private readonly Option<string[]> _values = new("--value") { Description = "A metric and its value; repeat it for several.", HelpName = "METRIC=VALUE" };
    private readonly Option<string?> _variant = new("--variant") { Description = "The variant the user really got, when not the assigned one.", HelpName = "NAME" };
    private readonly Option<string?> _id = new("--id") { Description = "Names the outcome, so that a repetition counts once.", HelpName = "ID" };
    private readonly Option<string?> _input = new("--input") { Description = "A file with a JSON object a line: {\"user\",\"metrics\":{…},\"variant\",\"timestamp\",\"id\"}; - is standard input.", HelpName = "FILE" };

    public ExperimentRecordCommand() : base("record", "Records what users met: one outcome, or a file of them.")
    {
        Add(_name);
        foreach (Option option in (ReadOnlySpan<Option>)[_user, _values, _variant, _id, _input]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom experiment record connection-pool --user user-1 --value duration=0.127 --value success=1", "One outcome of one user."),
        ("headroom experiment record connection-pool --input outcomes.jsonl", "A file, a JSON object a line."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        string path = ApiClient.PathWith(ExperimentArguments.Path(context.Parse.GetValue(_name)!, "outcomes"), CommonOptions.ConfigParameter(context.Parse, api));
        int accepted = 0, rejected = 0;
        foreach (var batch in Outcomes(context).Chunk(BatchSize))
        {
            using var answer = await api.PostJsonAsync(path, ExperimentArguments.Json(new JsonArray(batch)), context.Cancel);
            accepted += answer.RootElement.GetProperty("accepted").GetInt32();
            rejected += answer.RootElement.GetProperty("rejected").GetInt32();
            foreach (var problem in answer.RootElement.GetProperty("problems").EnumerateArray()) context.Error.WriteLine(problem.GetString());
        }
        context.Output.WriteLine($"recorded {accepted} outcomes" + (rejected > 0 ? $", refused {rejected}" : ""));
        return rejected > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }

    private IEnumerable<JsonNode> Outcomes(CommandContext context)
    {
        string? input = context.Parse.GetValue(_input);
        if (input is null)
        {
            var metrics = new JsonObject();
            foreach (string value in context.Parse.GetValue(_values) ?? [])
            {
                int at = value.IndexOf('=', StringComparison.Ordinal);
                metrics[at < 0 ? value : value[..at]] = ExperimentArguments.Number("--value", value, at < 0 ? "" : value[(at + 1)..]);
            }
            yield return new JsonObject { ["user"] = context.Parse.GetValue(_user), ["metrics"] = metrics, ["variant"] = context.Parse.GetValue(_variant), ["id"] = context.Parse.GetValue(_id) };
            yield break;
        }
        using var reader = input == "-" ? Console.In : new StreamReader(input);
        int line = 0;
        while (reader.ReadLine() is { } text)
        {
            line++;
            if (string.IsNullOrWhiteSpace(text)) continue;
            JsonNode? node = null;
            try
            {
                node = JsonNode.Parse(text);
            }
            catch (JsonException)
            {
                // Said below, with the line.
            }
            yield return node as JsonObject ?? throw new ProblemException(new Problem("outcome-line", "The line is not a JSON object.", $"{input}:{line}", "Write one object a line; lines before this one may be recorded already."));
        }
    }
}

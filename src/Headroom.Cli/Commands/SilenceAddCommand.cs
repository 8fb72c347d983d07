using System.CommandLine;
using System.Text;
using System.Text.Json;
using Headroom.Cli.CommandLine;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom silence add MATCH</c>: keeps the actions of some alarms back for a time.</summary>
internal sealed class SilenceAddCommand : HeadroomSubcommand
{
    private readonly Argument<string> _match = new("MATCH") { Description = "Which alarms: alarm=\"api-slow\", service=~\"shop-.*\"." };
    private readonly Option<long?> _from = TimeExpression.Option("--from", "When it begins [default: now].", TimeProvider.System);
    private readonly Option<long?> _until = TimeExpression.Option("--until", "When it ends.", TimeProvider.System);
    private readonly Option<string?> _for = new("--for") { Description = "How long it lasts: 2h.", HelpName = "DURATION" };
    private readonly Option<string?> _comment = new("--comment") { Description = "Why.", HelpName = "TEXT" };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public SilenceAddCommand() : base("add", "Keeps the actions of alarms back for a time; their states change and are recorded as always.")
    {
        Add(_match);
        foreach (Option option in (ReadOnlySpan<Option>)[_from, _until, _for, _comment, _output]) Add(option);
        Validators.Add(result =>
        {
            if ((result.GetResult(_until) is null) == (result.GetResult(_for) is null)) result.AddError("give either --for or --until");
        });
    }

    public override IReadOnlyList<(string Line, string What)> Examples => [("""headroom silence add 'service=~"shop-.*"' --for 2h --comment 'moving the database'""", "Two quiet hours for some services.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        await using var api = context.Connect();
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("match", parse.GetValue(_match));
            if (CommonOptions.Seconds(parse.GetValue(_from)) is { } from) json.WriteString("from", from);
            if (CommonOptions.Seconds(parse.GetValue(_until)) is { } until) json.WriteString("until", until);
            if (parse.GetValue(_for) is { } length) json.WriteString("for", length);
            if (parse.GetValue(_comment) is { } comment) json.WriteString("comment", comment);
            json.WriteString("by", Environment.UserName);
            json.WriteEndObject();
        }
        using var content = new StringContent(Encoding.UTF8.GetString(buffer.ToArray()), Encoding.UTF8, "application/json");
        using var answer = await api.PostJsonAsync("/api/silences", content, context.Cancel);
        if (parse.GetValue(_output) == "json") context.Output.WriteLine(answer.RootElement.GetRawText());
        else context.Output.WriteLine($"silence {answer.RootElement.GetProperty("id").GetString()} until {answer.RootElement.GetProperty("until").GetString()}");
        return ExitCodes.Done;
    }
}

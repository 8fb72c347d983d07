using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Experiments;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom experiment assign</c>: which variant a user gets.</summary>
internal sealed class ExperimentAssignCommand : HeadroomSubcommand
{
    private readonly Argument<string> _name = ExperimentArguments.Name();
    private readonly Argument<string[]> _users = new("USER") { Description = "Users, by the ids your service knows them by.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public ExperimentAssignCommand() : base("assign", "Says which variant a user gets; the same one always.")
    {
        Add(_name);
        Add(_users);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
        [("headroom experiment assign connection-pool user-1 user-2", "The variants of two users, a line each.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        bool asJson = context.Parse.GetValue(_output) == "json";
        foreach (string user in context.Parse.GetValue(_users)!)
        {
            string path = ApiClient.PathWith(ExperimentArguments.Path(context.Parse.GetValue(_name)!, "assignment"), ("user", user), CommonOptions.ConfigParameter(context.Parse, api));
            using var json = await api.GetJsonAsync(path, context.Cancel);
            context.Output.WriteLine(asJson ? json.RootElement.GetRawText() : $"{user}\t{json.RootElement.GetProperty("variant").GetString()}");
        }
        return ExitCodes.Done;
    }
}

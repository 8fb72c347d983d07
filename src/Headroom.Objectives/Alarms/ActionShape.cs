using System.Text.Json.Nodes;
using Headroom.Configuration.Sections;

namespace Headroom.Objectives.Alarms;

/// <summary>One entry of an alarm's <c>actions</c>.</summary>
internal static class ActionShape
{
    public static Shape<AlarmAction> Create()
    {
        var webhook = Property.Optional<Uri?>("webhook", "An http or https address that gets a POST of JSON. Write secrets as ${NAME}.", Shapes.Parsed<Uri>("an http or https address",
            (string text, out Uri uri, out string reason) =>
            {
                reason = "";
                return Uri.TryCreate(text, UriKind.Absolute, out uri!) && uri.Scheme is "http" or "https";
            }, () => [new JsonObject { ["type"] = "string", ["pattern"] = "^https?://" }])!, null);
        var headers = Property.Optional<IReadOnlyDictionary<string, string>>("headers", "Headers sent with the webhook. Write secrets as ${NAME}.", Shapes.Map(Shapes.Text(8000)), new Dictionary<string, string>());
        var command = Property.Optional<IReadOnlyList<string>?>("command", "A program and its arguments; it gets the notification as JSON on standard input.", Shapes.OneOrMore(Shapes.Text(4000))!, null);
        var on = Property.Optional<IReadOnlyList<AlarmState>>("on", "The states on whose arrival it is done. Default: alarm and ok.", Shapes.OneOrMore(Shapes.Choice(
            ("alarm", AlarmState.Alarm, "The alarm goes into ALARM."), ("ok", AlarmState.Ok, "It goes back to OK."), ("insufficientData", AlarmState.InsufficientData, "There is no more data."))),
            [AlarmState.Alarm, AlarmState.Ok]);
        var timeout = Property.Optional("timeout", "How long one attempt may take, up to 5m. Default: 10s.", Shapes.Duration().Checked(time => time <= TimeSpan.FromMinutes(5)
            ? null
            : new Configuration.Diagnostics.Problem("action-timeout", "The timeout is longer than 5m.", Fix: "Use 5m or less.")), TimeSpan.FromSeconds(10));
        return new ObjectShape<AlarmAction>("Something done when the state changes.", [webhook, headers, command, on, timeout],
            f => f.Get(webhook) is { } url
                ? new WebhookAction(url, f.Get(headers)) { On = f.Get(on), Timeout = f.Get(timeout) }
                : new CommandAction(f.Get(command)!) { On = f.Get(on), Timeout = f.Get(timeout) },
            f =>
            {
                bool posts = f.MarkOf(webhook) != f.Mark, runs = f.MarkOf(command) != f.Mark;
                if (posts == runs) f.Report(command, "action-kind", posts ? "The action is a webhook and a command at once." : "The action says nothing about what is done.", "Give either webhook or command.");
                if (runs && f.Get(command) is { Count: 0 }) f.Report(command, "action-kind", "The command is empty.", "Name a program.");
                foreach (var (name, value) in f.Get(headers))
                    if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || value.Any(char.IsControl))
                        f.Report(headers, "action-header", "This is not a header.", "Names have letters, digits and dashes; values stand on one line.");
            });
    }
}

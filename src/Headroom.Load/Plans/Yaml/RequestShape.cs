using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Yaml;
using Headroom.Load.Extraction;
using Headroom.Load.Templates;

namespace Headroom.Load.Plans.Yaml;

/// <summary>A request as it stands in the file, its URL not yet resolved.</summary>
internal sealed record RawRequest(
    string? Name, string Method, Placed<Template> Url, IReadOnlyList<(string Name, Template Value)> Headers, Placed<Template>? Body, bool BodyIsJson,
    TimeSpan? Timeout, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<Check> Checks, IReadOnlyList<Placed<(string Variable, Extractor From)>> Extracts,
    IReadOnlyList<Placed<(string Metric, string Text)>> Records);

/// <summary>What a request looks like: <c>GET /health</c>, or its parts by name.</summary>
internal static class RequestShape
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    private static readonly Property<string?> Name = Property.Optional<string?>("name", "What its results are called. By default the method and the URL as written.", Shapes.Text(200)!, null);
    private static readonly Property<string> Method = Property.Optional("method", "The HTTP method. By default GET, with a body POST.", Shapes.Text(20).Checked(CheckMethod), "");
    private static readonly Property<Placed<Template>> Url = Property.Required("url", "An absolute URL, or a path from the plan's target; may hold {{ }} after the host.", ShapeForms.TemplateText(16_000).Placed());
    private static readonly Property<IReadOnlyList<(string, Template)>> HeadersProperty = Property.Optional<IReadOnlyList<(string, Template)>>("headers", "Headers by name.", Headers(), []);
    private static readonly Property<Placed<Template>?> Body = Property.Optional("body", "The body as text.", ShapeForms.TemplateText().Placed().Maybe(), null);
    private static readonly Property<Placed<Template>?> Json = Property.Optional("json", "The body as JSON text: sets the content type, and values put into it are escaped.", ShapeForms.TemplateText().Placed().Maybe(), null);
    private static readonly Property<TimeSpan?> Timeout = Property.Optional("timeout", "How long the request may take. By default the plan's timeout.", Shapes.Duration().Maybe(), null);
    private static readonly Property<IReadOnlyDictionary<string, string>> Tags = Property.Optional<IReadOnlyDictionary<string, string>>("tags", "Tags for thresholds to choose by.", Shapes.Map(Shapes.Text(200)), new Dictionary<string, string>());
    private static readonly Property<IReadOnlyList<Check>> Checks = Property.Optional<IReadOnlyList<Check>>("checks", "Conditions the answer should meet, such as 'status == 200' or 'duration < 500ms': a list, or by name.", CheckShape(), []);
    private static readonly Property<IReadOnlyList<Placed<(string, Extractor)>>> Extract = Property.Optional<IReadOnlyList<Placed<(string, Extractor)>>>("extract", "Variables taken from the answer: $.path, header NAME, or regex PATTERN.", Keyed(ExtractorText), []);
    private static readonly Property<IReadOnlyList<Placed<(string, string)>>> Record = Property.Optional<IReadOnlyList<Placed<(string, string)>>>("record", "What goes into the plan's own metrics: a condition for a rate, a number or a value of the answer otherwise.", Keyed(Shapes.Text(2000)), []);

    private static Shape<Extractor> ExtractorText => ShapeForms.Parsed<Extractor>("an extractor such as $.id, header NAME or regex PATTERN", Extractor.TryParse);

    public static readonly Shape<RawRequest> Shape = new EitherShape<RawRequest>(new ShortRequest(),
        new ObjectShape<RawRequest>("A request.", [Name, Method, Url, HeadersProperty, Body, Json, Timeout, Tags, Checks, Extract, Record], Build, CheckTogether),
        node => node is not YamlScalar);

    public static Shape<IReadOnlyList<(string Name, Template Value)>> Headers() => new KeyedShape<(string, Template)>(
        (name, mark) => new HeaderShape(name, mark), new HeaderShape("x", default));

    private static Shape<IReadOnlyList<Placed<(string, T)>>> Keyed<T>(Shape<T> value) => new KeyedShape<Placed<(string, T)>>(
        (name, mark) => value.As(v => new Placed<(string, T)>((name, v), mark)), value.As(v => new Placed<(string, T)>(("", v), default)));

    private static Shape<IReadOnlyList<Check>> CheckShape()
    {
        var condition = ShapeForms.Parsed<Condition>("a condition such as 'status == 200'", Condition.TryParse);
        return new EitherShape<IReadOnlyList<Check>>(
            Shapes.OneOrMore(condition.As(c => new Check(c.Text, c))),
            new KeyedShape<Check>((name, _) => condition.As(c => new Check(name, c)), condition.As(c => new Check("", c))),
            node => node is YamlMapping);
    }

    private static Problem? CheckMethod(string method) => Methods.Contains(method) ? null
        : new Problem("load-plan-value", $"The method must be one of {string.Join(", ", Methods)}.");

    private static void CheckTogether(Fields fields)
    {
        if (fields.Has(Body, out _) && fields.Has(Json, out _)) fields.Report(Json, "load-plan-value", "A request has a body or json, not both.", "Remove one of them.");
    }

    private static RawRequest Build(Fields fields)
    {
        var json = fields.Get(Json);
        var body = json ?? fields.Get(Body);
        string method = fields.Get(Method) is { Length: > 0 } given ? given : body is null ? "GET" : "POST";
        return new RawRequest(fields.Get(Name), method, fields.Get(Url), fields.Get(HeadersProperty), body, json is not null, fields.Get(Timeout),
            fields.Get(Tags), fields.Get(Checks), fields.Get(Extract), fields.Get(Record));
    }

    /// <summary>One header; its name is the key.</summary>
    private sealed class HeaderShape(string name, SourceMark mark) : Shape<(string, Template)>
    {
        private static readonly string[] Ours = ["content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"];

        public override bool TryRead(YamlNode node, ICollection<Problem> problems, out (string, Template) value)
        {
            value = default;
            if (name.Any(c => !char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
            {
                problems.Add(new Problem("load-header", "This is not a header's name.", mark.ToString()));
                return false;
            }
            if (Ours.Contains(name.ToLowerInvariant()))
            {
                problems.Add(new Problem("load-header", $"The header {name} is written by Headroom itself.", mark.ToString(), "Remove it."));
                return false;
            }
            if (!ShapeForms.TemplateText(16_000).TryRead(node, problems, out var text)) return false;
            if (text.Text.AsSpan().ContainsAny('\r', '\n', '\0'))
            {
                problems.Add(new Problem("load-header", "A header's value is one line.", node.Mark.ToString()));
                return false;
            }
            value = (name, text);
            return true;
        }

        public override JsonObject Schema() => ShapeForms.TemplateText(16_000).Schema();
    }

    /// <summary><c>GET /health</c></summary>
    private sealed class ShortRequest : Shape<RawRequest>
    {
        public override bool TryRead(YamlNode node, ICollection<Problem> problems, out RawRequest value)
        {
            value = null!;
            if (!ShapeForms.TemplateText(16_000).TryRead(node, problems, out var template)) return false;
            int space = template.Text.IndexOf(' ', StringComparison.Ordinal);
            string method = space < 0 ? "" : template.Text[..space];
            if (CheckMethod(method) is not null)
            {
                problems.Add(new Problem("load-plan-value", "A request in one line is a method and a URL.", node.Mark.ToString(), "Write 'GET /path', or a mapping with url."));
                return false;
            }
            _ = Template.TryParse(template.Text[(space + 1)..].Trim(), out var url, out _);
            value = new RawRequest(null, method, new Placed<Template>(url, node.Mark, ((YamlScalar)node).Written.Split(' ', 2)[^1].Trim()), [], null, false, null, new Dictionary<string, string>(), [], [], []);
            return true;
        }

        public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = $"^({string.Join('|', Methods)}) \\S" };
    }
}

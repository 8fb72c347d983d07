using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Values;
using Headroom.Configuration.Yaml;

namespace Headroom.Load.Plans.Yaml;

/// <summary>A step as it stands in the file: requests sent together, or a pause.</summary>
internal sealed record RawStep(IReadOnlyList<RawRequest> Requests, ThinkStep? Think);

/// <summary>What a step looks like: a request, <c>think: 1s..3s</c>, or <c>batch:</c> with requests.</summary>
internal sealed class StepShape : Shape<RawStep>
{
    public const int MostInBatch = 100;

    private static readonly Property<ThinkStep> Think = Property.Required("think", "A pause: 1s, or 1s..3s to draw evenly between two bounds.", ThinkText());
    private static readonly Property<IReadOnlyList<RawRequest>> Batch = Property.Required("batch", "Requests sent together; the step is done when all are answered.",
        Shapes.List(RequestShape.Shape).Checked(list => list.Count is > 0 and <= MostInBatch ? null : new Problem("load-plan-value", $"A batch holds 1 to {MostInBatch} requests.")));

    private static readonly Shape<RawStep> ThinkShape = new ObjectShape<RawStep>("A pause.", [Think], fields => new RawStep([], fields.Get(Think)));
    private static readonly Shape<RawStep> BatchShape = new ObjectShape<RawStep>("Requests sent together.", [Batch], fields => new RawStep(fields.Get(Batch), null));
    private static readonly Shape<RawStep> SingleShape = RequestShape.Shape.As(request => new RawStep([request], null));

    public static readonly Shape<IReadOnlyList<RawStep>> List = Shapes.List<RawStep>(new StepShape())
        .Checked(steps => steps.Any(s => s.Requests.Count > 0) ? null : new Problem("load-plan-value", "There is no request among the steps.", null, "Add one, such as '- GET /health'."));

    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out RawStep value) =>
        (node is not YamlMapping mapping ? SingleShape : mapping.Find("think") is not null ? ThinkShape : mapping.Find("batch") is not null ? BatchShape : SingleShape)
        .TryRead(node, problems, out value);

    public override JsonObject Schema() => new() { ["anyOf"] = new JsonArray(ThinkShape.Schema(), BatchShape.Schema(), SingleShape.Schema()) };

    private static Shape<ThinkStep> ThinkText() => ShapeForms.Parsed<ThinkStep>("a duration such as 1s, or two of them such as 1s..3s", static (string text, out ThinkStep value, out string reason) =>
    {
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        value = null!;
        if (!DurationText.TryParse(dots < 0 ? text : text[..dots].Trim(), out var least, out reason)) return false;
        var most = least;
        if (dots >= 0 && !DurationText.TryParse(text[(dots + 2)..].Trim(), out most, out reason)) return false;
        if (most < least)
        {
            reason = "the first bound is above the second";
            return false;
        }
        value = new ThinkStep(least, most);
        return true;
    });
}


using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Objectives.Experiments;
using Headroom.Server.Hosting;

namespace Headroom.Server.Experiments;

/// <summary>The experiments of a data directory: what is compared, since when, and since when with these weights.</summary>
internal sealed class ExperimentCatalog(ControlState control, TimeProvider time)
{
    private const string Prefix = "experiments/";

    /// <summary>Defines an experiment, or changes the weights or bounds of one.</summary>
    /// <exception cref="ProblemException">Other variants or metrics are given than it has: what was measured would no longer fit.</exception>
    public async ValueTask<ExperimentDocument> DefineAsync(ExperimentDefinition definition, CancellationToken cancel)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var body = ExperimentBody.Of(definition);
        var document = new ExperimentDocument(body, now, now);
        if (TryFind(definition.Name) is { } there)
        {
            var old = there.Definition.ToDefinition(definition.Name);
            if (!old.Variants.Select(v => v.Name).SequenceEqual(definition.Variants.Select(v => v.Name)) || !old.Metrics.SequenceEqual(definition.Metrics))
                throw new ProblemException(new Problem("experiment-changed", $"The experiment '{definition.Name}' exists with other variants or metrics.", definition.Name,
                    "What it measured would no longer fit: define the new one under another name. Weights and bounds may change.") { Kind = ProblemKind.Unprocessable });
            bool reweighted = !old.Variants.SequenceEqual(definition.Variants);
            if (!reweighted && old.Significance == definition.Significance && old.MinimumEffectPercent == definition.MinimumEffectPercent) return there;
            document = new ExperimentDocument(body, there.DefinedAt, reweighted ? now : there.WeightsSince);
        }
        await control.PutAsync(Prefix + definition.Name, JsonSerializer.SerializeToUtf8Bytes(document, ExperimentJsonContext.Default.ExperimentDocument), cancel);
        return document;
    }

    /// <summary>An experiment.</summary>
    /// <exception cref="ProblemException">There is none of that name.</exception>
    public (ExperimentDefinition Definition, ExperimentDocument Document) Get(string name)
    {
        var document = TryFind(name) ?? throw new ProblemException(new Problem("experiment-unknown", $"There is no experiment '{name}'.", name,
            "Define it with headroom experiment define, or in the section experiments of headroom.yaml.") { Kind = ProblemKind.NotFound });
        return (document.Definition.ToDefinition(name), document);
    }

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<ExperimentDocument> List() =>
        [.. control.Documents.List(Prefix).Select(entry => TryFind(entry.Key[Prefix.Length..])).Where(d => d is not null).Select(d => d!)];

    private ExperimentDocument? TryFind(string name) => control.Documents.Get(Prefix + name) is { } found
        ? JsonSerializer.Deserialize(found.Content.Span, ExperimentJsonContext.Default.ExperimentDocument)
        : null;
}

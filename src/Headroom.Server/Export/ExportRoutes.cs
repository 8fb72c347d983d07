using System.IO.Pipelines;
using System.Text;
using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;
using Headroom.Server.Hosting;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Export;

/// <summary>
/// <c>GET /api/export/openmetrics</c> and <c>/csv</c>: stored samples as text, metric by metric and series by series, so
/// that memory holds one series at a time whatever the store holds.
/// </summary>
internal sealed class ExportRoutes(EmbeddedStore store)
{
    private const int FlushBytes = 1 << 16;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/export/openmetrics", context => AnswerAsync(context, "application/openmetrics-text; version=1.0.0; charset=utf-8", _ => new OpenMetricsFormat(Describe))).Reads();
        routes.MapGet("/api/export/csv", context => AnswerAsync(context, "text/csv; charset=utf-8; header=present",
            selection => new CsvFormat(store.LabelNames(selection.Selectors, selection.Start, selection.End)))).Reads();
    }

    private async Task AnswerAsync(HttpContext context, string contentType, Func<Selection, IExportFormat> formatOf)
    {
        var selection = Read(RequestParameters.OfQuery(context));
        var format = formatOf(selection);
        context.Response.ContentType = contentType;
        var output = context.Response.BodyWriter;
        var text = new StringBuilder();
        var samples = new SampleBuffer();
        format.Begin(text);
        foreach (string metric in store.LabelValues(Labels.MetricName, selection.Selectors, selection.Start, selection.End))
        {
            bool first = true;
            foreach (var series in SeriesOf(metric, selection))
            {
                samples.Clear();
                series.Read(selection.Start, selection.End, samples);
                if (samples.Count == 0) continue;
                format.Write(text, series.Labels, samples, first);
                first = false;
                if (text.Length >= FlushBytes) await FlushAsync(text, output, context.RequestAborted);
            }
        }
        format.End(text);
        await FlushAsync(text, output, context.RequestAborted);
    }

    private MetricMetadata? Describe(string metric) => store.Metadata(metric, 1) is [var known, ..] ? known : null;

    private IEnumerable<ISeries> SeriesOf(string metric, Selection selection)
    {
        var name = new LabelMatcher(MatchKind.Equal, Labels.MetricName, metric);
        if (selection.Selectors.Count <= 1) return store.Select([.. selection.Selectors.SelectMany(s => s), name], selection.Start, selection.End);
        return selection.Selectors.SelectMany(s => store.Select([.. s, name], selection.Start, selection.End)).DistinctBy(s => s.Labels).OrderBy(s => s.Labels);
    }

    private static Selection Read(RequestParameters parameters)
    {
        long start = parameters.Time("start", long.MinValue / 4);
        long end = parameters.Time("end", long.MaxValue / 4);
        if (end < start) throw RequestParameters.Invalid("end", "it lies before 'start'.");
        try
        {
            return new Selection([.. parameters.All("match[]").Select(PromqlSyntax.ParseSelector)], start, end);
        }
        catch (PromqlException error)
        {
            throw RequestParameters.Invalid("match[]", error.Message);
        }
    }

    private static async Task FlushAsync(StringBuilder text, PipeWriter output, CancellationToken cancel)
    {
        foreach (var chunk in text.GetChunks()) Encoding.UTF8.GetBytes(chunk.Span, output);
        text.Clear();
        await output.FlushAsync(cancel);
    }

    private sealed record Selection(IReadOnlyList<IReadOnlyList<LabelMatcher>> Selectors, long Start, long End);
}

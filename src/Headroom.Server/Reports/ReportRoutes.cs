using System.Text.Json;
using Headroom.Metrics;
using Headroom.Reports.Html;
using Headroom.Reports.Markdown;
using Headroom.Server.Hosting;
using Headroom.Server.Problems;
using Headroom.Server.Projects;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Reports;

/// <summary><c>GET /api/report/daily?at=&amp;format=</c>: the last 24 hours as one HTML file, as Markdown, or as JSON.</summary>
internal static class ReportRoutes
{
    public static void Map(IEndpointRouteBuilder routes, IMetricsBackend backend, ProjectOfRequest projects, TimeProvider time) =>
        routes.MapGet("/api/report/daily", async context =>
        {
            var parameters = RequestParameters.OfQuery(context);
            string format = parameters.Get("format") ?? "html";
            if (format is not ("html" or "markdown" or "json")) throw RequestParameters.Invalid("format", $"it must be html, markdown or json, not '{format}'.");
            var project = projects.Load(context);
            var at = Instants.Of(parameters.Time("at", time.GetUtcNow().ToUnixTimeMilliseconds()), "at");
            var report = await new ReportBuilder(backend, time).DailyAsync(project, at, context.RequestAborted);
            switch (format)
            {
                case "json":
                    context.Response.ContentType = "application/json";
                    await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, ApiJson.Options)) ReportJson.Write(json, report);
                    break;
                case "markdown":
                    context.Response.ContentType = "text/markdown; charset=utf-8";
                    await context.Response.WriteAsync(MarkdownReport.Render(report), context.RequestAborted);
                    break;
                default:
                    context.Response.ContentType = "text/html; charset=utf-8";
                    await context.Response.WriteAsync(await HtmlReport.RenderAsync(report, context.RequestAborted), context.RequestAborted);
                    break;
            }
        }).Reads();
}

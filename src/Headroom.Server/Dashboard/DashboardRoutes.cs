using Headroom.Configuration.Diagnostics;
using Headroom.Metrics;
using Headroom.Reports.Html;
using Headroom.Server.Hosting;
using Headroom.Server.Projects;
using Headroom.Server.Query;
using Headroom.Server.Reports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Dashboard;

/// <summary><c>GET /</c>: the KPIs as they stand, drawn on request; <c>?at=</c> shows another instant.</summary>
internal static class DashboardRoutes
{
    public static void Map(IEndpointRouteBuilder routes, IMetricsBackend backend, ProjectOfRequest projects, TimeProvider time) =>
        routes.MapGet("/", async context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers.CacheControl = "no-store";
            try
            {
                var project = projects.Load(context);
                var at = Instants.Of(RequestParameters.OfQuery(context).Time("at", time.GetUtcNow().ToUnixTimeMilliseconds()), "at");
                var report = await new ReportBuilder(backend, time).DailyAsync(project, at, context.RequestAborted);
                await context.Response.WriteAsync(await HtmlReport.RenderAsync(report, context.RequestAborted), context.RequestAborted);
            }
            catch (ProblemException problem)
            {
                context.Response.StatusCode = Problems.ProblemDocument.StatusOf(problem.Problems[0].Kind);
                await context.Response.WriteAsync(ProblemPage.Render(problem.Problems), context.RequestAborted);
            }
        }).Reads();
}

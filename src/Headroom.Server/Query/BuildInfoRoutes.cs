using Headroom.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Query;

/// <summary>What Grafana asks of a Prometheus beside its data: its version, and the rules and alerts it evaluates.</summary>
internal static class BuildInfoRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        PrometheusRoutes.Map(routes, "status/buildinfo", BuildInfoAsync);
        // Rules in Prometheus's form are not evaluated here. Grafana's alert list takes a 404 for a broken data source.
        PrometheusRoutes.Map(routes, "rules", static context => EmptyAsync(context, "groups"));
        PrometheusRoutes.Map(routes, "alerts", static context => EmptyAsync(context, "alerts"));
    }

    private static Task BuildInfoAsync(HttpContext context) => PrometheusEnvelope.SucceedAsync(context, static json =>
    {
        json.WriteStartObject();
        // Grafana reads what a data source can do from Prometheus's version; this is the one whose semantics hold here.
        json.WriteString("version", "3.0.0");
        json.WriteString("revision", "");
        json.WriteString("branch", "");
        json.WriteString("buildUser", "");
        json.WriteString("buildDate", "");
        json.WriteString("goVersion", "");
        json.WriteString("headroomVersion", ServerTelemetry.Version);
        json.WriteEndObject();
    });

    private static Task EmptyAsync(HttpContext context, string list) => PrometheusEnvelope.SucceedAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray(list);
        json.WriteEndArray();
        json.WriteEndObject();
    });
}

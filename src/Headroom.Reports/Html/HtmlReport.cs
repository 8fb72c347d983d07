using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Headroom.Reports.Html;

/// <summary>A report as one self-contained HTML file: no network, one style sheet, SVG charts, light and dark, fit to print.</summary>
public static class HtmlReport
{
    /// <summary>Renders the whole document.</summary>
    public static async Task<string> RenderAsync(ReportModel model, CancellationToken cancel)
    {
        var text = new StringWriter();
        await RenderAsync(model, text, cancel);
        return text.ToString();
    }

    /// <summary>Renders the whole document to a writer, which stays open.</summary>
    public static async Task RenderAsync(ReportModel model, TextWriter writer, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(model);
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        cancel.ThrowIfCancellationRequested();
        await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(ReportPage.Model)] = model,
                [nameof(ReportPage.Summary)] = ReportSummary.Of(model),
            });
            var page = await renderer.RenderComponentAsync<ReportPage>(parameters);
            cancel.ThrowIfCancellationRequested();
            await writer.WriteAsync("<!DOCTYPE html>\n");
            page.WriteHtmlTo(writer);
        });
    }
}

using Headroom.Load.Results;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Headroom.Reports.Load;

/// <summary>A load test's result as one self-contained HTML file: no network, one style sheet, SVG charts, light and dark, fit to print.</summary>
public static class LoadReport
{
    /// <summary>Renders the whole document.</summary>
    public static async Task<string> RenderAsync(LoadResult result, CancellationToken cancel)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        cancel.ThrowIfCancellationRequested();
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(LoadPage.Result)] = result });
            return "<!DOCTYPE html>\n" + (await renderer.RenderComponentAsync<LoadPage>(parameters)).ToHtmlString();
        });
    }
}

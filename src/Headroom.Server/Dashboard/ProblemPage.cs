using System.Text;
using System.Text.Encodings.Web;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Server.Dashboard;

/// <summary>What a browser shows when there are no KPIs to draw, or their file has errors: what to do next.</summary>
internal static class ProblemPage
{
    public static string Render(IReadOnlyList<Problem> problems)
    {
        var page = new StringBuilder("""
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Headroom</title>
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}code{font-size:.95em}</style>
            <h1>Headroom</h1>
            """);
        foreach (var problem in problems)
        {
            page.Append("<p><strong>").Append(HtmlEncoder.Default.Encode(problem.What)).Append("</strong>");
            if (problem.Where is not null) page.Append("<br>at <code>").Append(HtmlEncoder.Default.Encode(problem.Where)).Append("</code>");
            if (problem.Fix is not null) page.Append("<br>").Append(HtmlEncoder.Default.Encode(problem.Fix));
            page.Append("</p>");
        }
        return page.Append("<p>The API answers at <a href=\"/api/v1/labels\">/api/v1</a>; <a href=\"/metrics\">/metrics</a> has this server's own metrics.</p></html>").ToString();
    }
}

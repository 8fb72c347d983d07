using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.PromQL;

namespace Headroom.Server.Projects;

/// <summary>Says what is wrong with a query in a configuration file.</summary>
internal static class PromqlCheck
{
    public static Problem? WhatIsWrong(string query)
    {
        try
        {
            PromqlSyntax.Check(query);
            return null;
        }
        catch (PromqlException error)
        {
            return new Problem("promql-invalid", $"The query is not PromQL: {error.Message}");
        }
    }
}

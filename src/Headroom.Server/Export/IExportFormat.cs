using System.Globalization;
using System.Text;
using Headroom.Metrics;

namespace Headroom.Server.Export;

/// <summary>A text format that samples are exported in. Metrics come one after the other, and of each its series.</summary>
internal interface IExportFormat
{
    /// <summary>Writes what stands before all samples.</summary>
    void Begin(StringBuilder text);

    /// <summary>Writes the samples of one series; at least one. <paramref name="first"/> says that a metric begins.</summary>
    void Write(StringBuilder text, Labels labels, SampleBuffer samples, bool first);

    /// <summary>Writes what stands after all samples.</summary>
    void End(StringBuilder text);
}

/// <summary>Numbers as every export writes them.</summary>
internal static class ExportNumbers
{
    /// <summary>The shortest text that reads back as the same number.</summary>
    public static string Of(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Unix seconds with as many decimals as the milliseconds need.</summary>
    public static string Seconds(long milliseconds) => (milliseconds / 1000m).ToString(CultureInfo.InvariantCulture);
}

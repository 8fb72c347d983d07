using System.Text;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL.Output;

namespace Headroom.Metrics.PromQL.Histograms;

/// <summary>A histogram as one line of text, as <c>count_values</c> makes it a label.</summary>
internal static class HistogramText
{
    public static string Write(Histogram h)
    {
        var text = new StringBuilder("{count:").Append(GoFloat.General(h.Count)).Append(", sum:").Append(GoFloat.General(h.Sum));
        var view = new BucketView(h);
        for (int i = 0; i < view.Length; i++)
        {
            var bucket = view[i];
            if (bucket.Count == 0) continue;
            text.Append(", ").Append(bucket.LowerInclusive ? '[' : '(')
                .Append(GoFloat.General(bucket.Lower)).Append(',').Append(GoFloat.General(bucket.Upper))
                .Append(bucket.UpperInclusive ? ']' : ')').Append(':').Append(GoFloat.General(bucket.Count));
        }
        return text.Append('}').ToString();
    }
}

using System.Globalization;
using System.Text;

namespace Headroom.Shop.Metrics;

/// <summary>Requests by endpoint and status code, and their durations in classic histogram buckets.</summary>
internal sealed class RequestMetrics
{
    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Dictionary<string, Tally> _tallies = ShopEndpoint.All.ToDictionary(name => name, _ => new Tally(), StringComparer.Ordinal);

    public void Record(string endpoint, int code, double seconds)
    {
        var tally = _tallies[endpoint];
        int bucket = Array.BinarySearch(Bounds, seconds);
        lock (tally)
        {
            tally.Codes[code] = tally.Codes.GetValueOrDefault(code) + 1;
            tally.Buckets[bucket < 0 ? ~bucket : bucket]++;
            tally.Seconds += seconds;
        }
    }

    /// <summary>Prometheus text format 0.0.4.</summary>
    public string Render()
    {
        var requests = new StringBuilder("# HELP http_requests_total Requests answered.\n# TYPE http_requests_total counter\n");
        var durations = new StringBuilder("# HELP http_request_duration_seconds From the arrival of a request to its answer.\n# TYPE http_request_duration_seconds histogram\n");
        foreach (string name in ShopEndpoint.All)
        {
            var tally = _tallies[name];
            lock (tally)
            {
                foreach (var (code, count) in tally.Codes)
                    requests.Append(CultureInfo.InvariantCulture, $"http_requests_total{{endpoint=\"{name}\",code=\"{code}\"}} {count}\n");
                long below = 0;
                for (int i = 0; i <= Bounds.Length; i++)
                {
                    below += tally.Buckets[i];
                    string bound = i < Bounds.Length ? Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                    durations.Append(CultureInfo.InvariantCulture, $"http_request_duration_seconds_bucket{{endpoint=\"{name}\",le=\"{bound}\"}} {below}\n");
                }
                durations.Append(CultureInfo.InvariantCulture, $"http_request_duration_seconds_sum{{endpoint=\"{name}\"}} {tally.Seconds}\n");
                durations.Append(CultureInfo.InvariantCulture, $"http_request_duration_seconds_count{{endpoint=\"{name}\"}} {below}\n");
            }
        }
        return requests.Append(durations).ToString();
    }

    private sealed class Tally
    {
        public readonly SortedDictionary<int, long> Codes = [];
        public readonly long[] Buckets = new long[Bounds.Length + 1];
        public double Seconds;
    }
}

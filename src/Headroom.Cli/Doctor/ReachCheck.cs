using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;

namespace Headroom.Cli.Doctor;

/// <summary>
/// Whether what the configuration names can be reached, and whether its clock and this machine's agree: an HTTP answer
/// says the time to the second, so a difference counts beyond that and the time the answer took.
/// </summary>
internal sealed class ReachCheck(IReadOnlyList<(string What, Uri Address)> targets, HttpClient http, TimeProvider time) : ICheck
{
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarnAt = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BadAt = TimeSpan.FromMinutes(5);

    public async IAsyncEnumerable<Finding> LookAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        if (targets.Count == 0) yield return new Finding("sources", Health.Fact, "the configuration names nothing to reach");
        var skews = new List<(Uri From, TimeSpan Skew)>();
        foreach (var (what, address) in targets)
        {
            Finding finding;
            try
            {
                long started = time.GetTimestamp();
                var before = time.GetUtcNow();
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
                var took = time.GetElapsedTime(started);
                if (response.Headers.Date is { } date) skews.Add((address, Beyond(date - before, took)));
                finding = Judge(what, address, response.StatusCode, took);
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
            {
                finding = new Finding(what, Health.Bad, $"{Shown(address)} cannot be reached: {error.Message}", "Check that it runs, its address, and what stands between.");
            }
            yield return finding;
        }
        yield return Clock(skews);
    }

    // A collector or a probed page may well answer GET with 404 or 405: it is there.
    private static Finding Judge(string what, Uri address, HttpStatusCode status, TimeSpan took)
    {
        string said = string.Create(CultureInfo.InvariantCulture, $"{Shown(address)} answers {(int)status} in {took.TotalMilliseconds:0} ms");
        return (int)status switch
        {
            >= 500 => new Finding(what, Health.Warning, said, "It is there and not well."),
            401 or 403 => new Finding(what, Health.Warning, said, "It wants to know who asks; give its credentials in headroom.yaml."),
            _ => new Finding(what, Health.Good, said),
        };
    }

    private static Finding Clock(List<(Uri From, TimeSpan Skew)> skews)
    {
        if (skews.Count == 0) return new Finding("clock", Health.Fact, "not compared: nothing that was reached says the time");
        var (from, skew) = skews.MaxBy(s => s.Skew.Duration());
        if (skew == TimeSpan.Zero) return new Finding("clock", Health.Good, $"agrees to the second with {(skews.Count == 1 ? Shown(from) : $"the {skews.Count} that say theirs")}");
        string what = string.Create(CultureInfo.InvariantCulture, $"is {skew.Duration().TotalSeconds:0.0} s {(skew > TimeSpan.Zero ? "behind" : "ahead of")} {Shown(from)}");
        return skew.Duration() < WarnAt ? new Finding("clock", Health.Good, what)
            : new Finding("clock", skew.Duration() < BadAt ? Health.Warning : Health.Bad, what, "Synchronise both clocks (chrony, systemd-timesyncd): samples too far ahead or behind are refused.");
    }

    /// <summary>What of a difference the answer's duration and resolution do not explain.</summary>
    internal static TimeSpan Beyond(TimeSpan difference, TimeSpan took)
    {
        // The other side read its clock at some time while we waited, and cut it to the second.
        var (least, most) = (difference - took, difference + Resolution);
        return least > TimeSpan.Zero ? least : most < TimeSpan.Zero ? most : TimeSpan.Zero;
    }

    // An address may carry a password.
    private static string Shown(Uri address) => address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}

using System.Globalization;
using System.Text;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Serving;

public sealed class CrashTests
{
    private static readonly int Rounds = Environment.GetEnvironmentVariable("HEADROOM_LONG") == "1" ? 50 : 10;

    [Fact]
    public async Task Whatever_was_acknowledged_is_there_after_sigkill()
    {
        using var headroom = new HeadroomRun();
        var random = new Random(20260301);
        var acknowledged = new List<int>();
        int next = 0;
        for (int round = 0; round < Rounds; round++)
        {
            await using var server = await RunningProgram.StartAsync(headroom);
            int killAfter = random.Next(20, 400);
            using var killed = new CancellationTokenSource();
            int answered = 0;
            // Four clients post until the server dies under them; the kill comes in the middle of their requests.
            await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            {
                while (!killed.IsCancellationRequested)
                {
                    int number = Interlocked.Increment(ref next);
                    if (!await TryPostAsync(server.Http, number)) break;
                    lock (acknowledged) acknowledged.Add(number);
                    if (Interlocked.Increment(ref answered) != killAfter) continue;
                    server.Process.Kill();
                    await killed.CancelAsync();
                }
            }));
            await server.Process.WaitForExitAsync();
        }
        await using var survivor = await RunningProgram.StartAsync(headroom);
        var stored = (await survivor.QueryAsync("crash_number", 1_767_225_600)).EnumerateArray()
            .ToDictionary(s => int.Parse(s.GetProperty("metric").GetProperty("n").GetString()!, CultureInfo.InvariantCulture), s => s.GetProperty("value")[1].GetString());
        Assert.NotEmpty(acknowledged);
        Assert.DoesNotContain(acknowledged, n => !stored.ContainsKey(n));
        // Nothing invented either: what is there has the value it was sent with.
        Assert.All(stored, s => Assert.Equal((s.Key * 0.5).ToString(CultureInfo.InvariantCulture), s.Value));
    }

    private static async Task<bool> TryPostAsync(HttpClient http, int number)
    {
        string json = string.Create(CultureInfo.InvariantCulture,
            $$$"""{"service_name":"s","metric_type":"crash_number","value":{{{number * 0.5}}},"timestamp":"2026-01-01T00:00:00Z","labels":{"n":"{{{number}}}"}}""");
        try
        {
            using var content = new StringContent(json, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(new Uri("/metrics", UriKind.Relative), content);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

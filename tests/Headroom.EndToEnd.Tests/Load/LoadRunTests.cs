using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Load;

/// <summary>The sample shop as a process of its own, for load to be sent to.</summary>
public sealed class Shop : IAsyncLifetime
{
    private const string Announcement = "listening on ";
    private Process? _process;

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Url { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        string program = Path.Combine(Path.GetDirectoryName(Repository.Program)!, "samples", "shop", "Headroom.Shop.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet", [program, "--port", "0", "--exit-with-parent"]) { RedirectStandardOutput = true, RedirectStandardInput = true, RedirectStandardError = true })!;
        string? line = await _process.StandardOutput.ReadLineAsync();
        Assert.StartsWith(Announcement, line, StringComparison.Ordinal);
        Url = line![Announcement.Length..].TrimEnd('/');
    }

    public ValueTask DisposeAsync()
    {
        _process?.Kill();
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary><c>headroom load</c> as a user works with it: the built program against the sample shop.</summary>
public sealed class LoadRunTests(Shop shop) : IClassFixture<Shop>, IDisposable
{
    private readonly HeadroomRun _headroom = new();

    public static TheoryData<string> Examples => [.. Directory.GetFiles(Path.Combine(Repository.Root, "examples", "load"), "*.yaml").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    public void Dispose() => _headroom.Dispose();

    [Fact]
    public async Task A_url_alone_is_a_plan_and_the_result_has_every_field_of_the_schema()
    {
        var outcome = await _headroom.SucceedAsync("load", "run", shop.Url + "/health", "-c", "4", "-n", "300", "--out", "result.json");
        Assert.Contains("Performance Assessment:", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Error rate: Excellent (<1%)", outcome.Output, StringComparison.Ordinal);
        var result = Result();
        Assert.True(result.GetProperty("valid").GetBoolean());
        Assert.NotEmpty(result.GetProperty("transport").GetString()!);
        Assert.True(result.GetProperty("durationSeconds").GetDouble() > 0);
        Assert.Equal([300, 300, 0], ((string[])["sent", "completed", "failed"]).Select(name => result.GetProperty("requests").GetProperty(name).GetInt64()));
        Assert.True(result.GetProperty("requests").GetProperty("perSecond").GetDouble() > 1);
        foreach (string time in (string[])["serviceTime", "responseTime"])
        {
            double[] rising = [.. ((string[])["p50", "p90", "p95", "p99", "p999", "max"]).Select(p => result.GetProperty(time).GetProperty(p).GetDouble())];
            Assert.True(rising[0] > 0 && rising.Zip(rising.Skip(1)).All(p => p.First <= p.Second), string.Join(' ', rising));
        }
        foreach (string name in (string[])["cpuPercent", "scheduleLagP99Ms", "droppedArrivals"]) Assert.True(result.GetProperty("generator").GetProperty(name).GetDouble() >= 0);
        Assert.Equal(0, result.GetProperty("thresholds").GetArrayLength());
        var endpoint = result.GetProperty("endpoints")[0];
        Assert.Equal(300, endpoint.GetProperty("count").GetInt64());
        Assert.Equal(1, endpoint.GetProperty("successRate").GetDouble());
        foreach (string name in (string[])["average", "p50", "p95", "p99", "max"]) Assert.True(endpoint.GetProperty(name).GetDouble() > 0);
    }

    [Theory, MemberData(nameof(Examples))]
    public async Task The_examples_run_against_the_sample_shop(string example)
    {
        // The suite waits out a circuit breaker; here nothing broke.
        string text = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "examples", "load", example))).Replace("startTime: 65s", "startTime: 100ms", StringComparison.Ordinal);
        _headroom.Write("words.csv", await File.ReadAllTextAsync(Path.Combine(Repository.Root, "examples", "load", "words.csv")));
        _headroom.Write(example, text);
        var outcome = await _headroom.RunAsync("load", "run", example, "--target", shop.Url, "-c", "5", "-d", "2s", "--out", "result.json");
        // A machine that is busy with other tests may keep neither a schedule nor a latency; what was sent and answered must be right.
        Assert.True(outcome.ExitCode is 0 or 98 or 99, outcome.Error);
        var result = Result();
        Assert.True(result.GetProperty("requests").GetProperty("completed").GetInt64() > 5);
        Assert.All(result.GetProperty("statuses").EnumerateObject(), s => Assert.Contains(s.Name, (string[])["200", "201", "400"]));
        Assert.All(result.GetProperty("checks").EnumerateArray().Where(c => !c.GetProperty("name").GetString()!.Contains("time", StringComparison.Ordinal)), c => Assert.Equal(0, c.GetProperty("failed").GetInt64()));
    }

    [Fact]
    public async Task A_broken_threshold_exits_99_and_says_which()
    {
        _headroom.Write("plan.yaml", $$"""
            target: {{shop.Url}}
            iterations: 20
            steps: [GET /health, { name: missing, url: /users/999999 }]
            thresholds: { http_req_failed: ['rate<0.1'], 'http_req_failed{name:GET /health}': ['rate<0.1'], iterations: ['count==20'] }
            """);
        var outcome = await _headroom.RunAsync("load", "run", "plan.yaml", "--out", "result.json", "--junit", "junit.xml", "--csv", "run.csv", "--html", "report.html");
        Assert.Equal(99, outcome.ExitCode);
        Assert.Contains("✗ http_req_failed: rate<0.1, is 0.5", outcome.Output, StringComparison.Ordinal);
        Assert.Equal([(0.5, false), (0.0, true), (20.0, true)], Result().GetProperty("thresholds").EnumerateArray().Select(t => (t.GetProperty("value").GetDouble(), t.GetProperty("passed").GetBoolean())));
        var suite = XDocument.Load(Path.Combine(_headroom.Directory, "junit.xml")).Root!.Element("testsuite")!;
        Assert.Equal(("4", "1"), ((string)suite.Attribute("tests")!, (string)suite.Attribute("failures")!));
        Assert.StartsWith("second,requests_per_second", await File.ReadAllTextAsync(Path.Combine(_headroom.Directory, "run.csv")), StringComparison.Ordinal);
        Assert.Contains("Failed: 1 of 3 thresholds were broken.", await File.ReadAllTextAsync(Path.Combine(_headroom.Directory, "report.html")), StringComparison.Ordinal);

        // A stored result says the same again.
        var again = await _headroom.RunAsync("load", "report", "result.json", "--html", "again.html");
        Assert.Equal(99, again.ExitCode);
        Assert.Equal(outcome.Output, again.Output);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(_headroom.Directory, "report.html")), await File.ReadAllTextAsync(Path.Combine(_headroom.Directory, "again.html")));
    }

    [Fact]
    public async Task Arrivals_that_one_user_cannot_carry_make_the_run_invalid_and_exit_98()
    {
        _headroom.Write("plan.yaml", $$"""
            target: {{shop.Url}}
            scenarios: { s: { executor: constant-arrival-rate, rate: 5000, duration: 1s, maxVUs: 1, gracefulStop: 0s, steps: [GET /products] } }
            thresholds: { http_req_failed: ['rate<1'] }
            """);
        var outcome = await _headroom.RunAsync("load", "run", "plan.yaml", "--out", "result.json");
        Assert.Equal(98, outcome.ExitCode);
        Assert.Contains("INVALID", outcome.Output, StringComparison.Ordinal);
        Assert.False(Result().GetProperty("valid").GetBoolean());
        Assert.True(Result().GetProperty("generator").GetProperty("droppedArrivals").GetInt64() > 100);
    }

    [Fact]
    public async Task A_threshold_on_what_was_never_measured_is_broken()
    {
        _headroom.Write("plan.yaml", $$"""
            target: {{shop.Url}}
            metrics: { never: trend }
            iterations: 2
            steps: [{ url: /health, record: { never: $.no.such.value } }]
            thresholds: { never: ['p(95)<500'] }
            """);
        var outcome = await _headroom.RunAsync("load", "run", "plan.yaml");
        Assert.Equal(99, outcome.ExitCode);
        Assert.Contains("never: p(95)<500, is no data", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("load", "run", "missing.yaml")]
    [InlineData("load", "run", "http://127.0.0.1:1/")]
    [InlineData("load", "run", "http://no-such-host.invalid/")]
    [InlineData("load", "run", "http://127.0.0.1:1/", "-R", "fast")]
    [InlineData("load", "run", "http://127.0.0.1:1/", "-R", "5", "-n", "5")]
    [InlineData("load", "run", "http://127.0.0.1:1/", "--profile", "smok")]
    [InlineData("load", "run", "ftp://127.0.0.1/")]
    [InlineData("load", "run", "http://127.0.0.1:1/", "--out", "no/such/folder/result.json")]
    [InlineData("load", "report", "missing.json")]
    public async Task What_cannot_be_run_is_a_usage_error(params string[] arguments)
    {
        var outcome = await _headroom.RunAsync(arguments);
        Assert.True(outcome.ExitCode == 2, $"{outcome.ExitCode}: {outcome.Error}");
        Assert.StartsWith("error: ", outcome.Error.Split('\n').First(l => !l.StartsWith("http", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_mistakes_of_a_plan_are_told_with_their_lines()
    {
        _headroom.Write("plan.yaml", "target: http://127.0.0.1:1\nduration: soon\nsteps:\n  - FETCH /x\n  - { url: /, checks: ['status = 200'] }\ncolour: red\n");
        var outcome = await _headroom.RunAsync("load", "run", "plan.yaml");
        Assert.Equal(2, outcome.ExitCode);
        foreach (int line in (int[])[2, 4, 5, 6]) Assert.Contains($"at plan.yaml:{line}:", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupting_drains_reports_what_was_measured_and_exits_130()
    {
        using var process = _headroom.Start("load", "run", shop.Url + "/health", "-c", "2", "-d", "5m", "--out", "result.json");
        string? line = await process.StandardError.ReadLineAsync();
        Assert.NotNull(line);
        // The first requests are on their way when the shop has served some.
        using var http = new HttpClient();
        string before = await http.GetStringAsync(shop.Url + "/metrics");
        for (int i = 0; i < 600 && await http.GetStringAsync(shop.Url + "/metrics") == before; i++) await Task.Delay(50);
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("INTERRUPTED", output, StringComparison.Ordinal);
        Assert.True(Result().GetProperty("interrupted").GetBoolean());
        Assert.True(Result().GetProperty("requests").GetProperty("completed").GetInt64() > 0);
    }

    [Fact]
    public async Task A_long_run_does_not_grow_after_its_first_minute()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("HEADROOM_LONG") == "1", "takes three minutes: ./test.sh --long");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "resident memory is read from /proc");
        using var process = _headroom.Start("load", "run", shop.Url + "/health", "-R", "1000", "-c", "50", "-d", "3m", "--out", "result.json");
        var reading = process.StandardOutput.ReadToEndAsync();
        await Task.Delay(TimeSpan.FromSeconds(70));
        double early = Resident(process);
        await Task.Delay(TimeSpan.FromSeconds(100));
        double late = Resident(process);
        await process.WaitForExitAsync();
        await reading;
        Assert.True(Result().GetProperty("requests").GetProperty("completed").GetInt64() > 100_000);
        Assert.True(late < early * 1.05, $"{early / 1024:0.0} MB after a minute, {late / 1024:0.0} MB at the end");

        static double Resident(Process process) => double.Parse(
            File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_published_schema_of_plans_is_the_generated_one()
    {
        var outcome = await _headroom.SucceedAsync("load", "schema");
        string path = Path.Combine(Repository.Root, "schema", "load-plan.schema.json");
        if (Environment.GetEnvironmentVariable("HEADROOM_UPDATE") == "1") await File.WriteAllTextAsync(path, outcome.Output);
        Assert.Equal(await File.ReadAllTextAsync(path), outcome.Output);
    }

    private JsonElement Result() => JsonDocument.Parse(File.ReadAllText(Path.Combine(_headroom.Directory, "result.json"))).RootElement;
}

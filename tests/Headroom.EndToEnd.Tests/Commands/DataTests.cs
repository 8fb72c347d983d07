using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Commands;

public sealed class DataTests
{
    private const string Samples = "up{service=\"a\"} 1 1767225600000\nup{service=\"a\"} 0 1767225660000\nup{service=\"b\"} 1 1767225600000\n";

    [Fact]
    public async Task What_is_stored_can_be_looked_at_verified_and_compacted()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("m.prom", Samples);
        await headroom.SucceedAsync("import", "openmetrics", "m.prom");
        var compacted = (await headroom.SucceedAsync("data", "compact", "--output", "json")).Json;
        Assert.Equal((1, 3), (compacted.GetProperty("blocksAfter").GetInt32(), compacted.GetProperty("samplesAfter").GetInt32()));
        var info = (await headroom.SucceedAsync("data", "info", "--output", "json")).Json;
        Assert.Equal((2, 3), (info.GetProperty("series").GetInt32(), info.GetProperty("samples").GetInt32()));
        string table = (await headroom.SucceedAsync("data", "info")).Output;
        Assert.Contains("raw", table);
        Assert.Contains("35d", table);
        Assert.Contains("verified: 1 blocks with 3 samples", (await headroom.SucceedAsync("data", "verify")).Output);
    }

    [Fact]
    public async Task Damage_is_named_by_file_and_byte()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("m.prom", Samples);
        await headroom.SucceedAsync("import", "openmetrics", "m.prom");
        await headroom.SucceedAsync("data", "compact");
        string chunks = Assert.Single(System.IO.Directory.EnumerateFiles(headroom.Directory, "chunks", SearchOption.AllDirectories));
        byte[] bytes = await File.ReadAllBytesAsync(chunks, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(chunks, bytes, TestContext.Current.CancellationToken);
        var verify = await headroom.RunAsync("data", "verify");
        Assert.Equal(1, verify.ExitCode);
        Assert.Matches("chunks'? ?.*byte [0-9]+", verify.Error);
    }

    [Fact]
    public async Task A_backup_restores_to_the_same_answers_and_never_over_a_store()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("m.prom", Samples);
        await headroom.SucceedAsync("import", "openmetrics", "m.prom");
        var first = (await headroom.SucceedAsync("data", "backup", "backups", "--output", "json")).Json;
        Assert.Equal(3, first.GetProperty("verified").GetProperty("samples").GetInt32());
        headroom.Write("more.prom", "up{service=\"c\"} 1 1767225600000\n");
        await headroom.SucceedAsync("import", "openmetrics", "more.prom");
        // What the first backup has is not copied again.
        var second = (await headroom.SucceedAsync("data", "backup", "backups", "--output", "json")).Json;
        Assert.True(second.GetProperty("linkedBytes").GetInt64() > 0);
        Assert.NotEqual(first.GetProperty("directory").GetString(), second.GetProperty("directory").GetString());
        Assert.Contains("verified:", (await headroom.SucceedAsync("data", "verify", "backups")).Output);

        await headroom.SucceedAsync("data", "restore", "backups", "--data", "restored");
        string[] query = ["query", "up", "--at", "2026-01-01T00:00:30Z", "--output", "json"];
        Assert.Equal((await headroom.SucceedAsync(query)).Output, (await headroom.SucceedAsync([.. query, "--data", "restored"])).Output);
        await headroom.SucceedAsync("data", "restore", first.GetProperty("directory").GetString()!, "--data", "earlier");
        Assert.Equal(2, (await headroom.SucceedAsync("data", "info", "--output", "json", "--data", "earlier")).Json.GetProperty("series").GetInt32());

        var again = await headroom.RunAsync("data", "restore", "backups", "--data", "restored");
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("has a store, which a restore would overwrite", again.Error);
        Assert.Contains("no backup here", (await headroom.RunAsync("data", "restore", "nowhere", "--data", "x")).Error);
    }

    [Fact]
    public async Task A_deletion_says_first_what_it_would_do()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("m.prom", Samples);
        await headroom.SucceedAsync("import", "openmetrics", "m.prom");
        Assert.Contains("would delete from 1 series", (await headroom.SucceedAsync("data", "delete", "up{service=\"a\"}")).Output);
        Assert.Equal(3, (await headroom.SucceedAsync("data", "info", "--output", "json")).Json.GetProperty("samples").GetInt32());
        var deleted = (await headroom.SucceedAsync("data", "delete", "up{service=\"a\"}", "--yes", "--output", "json")).Json;
        Assert.Equal((1, true), (deleted.GetProperty("series").GetInt32(), deleted.GetProperty("deleted").GetBoolean()));
        string left = (await headroom.SucceedAsync("export", "csv")).Output;
        Assert.Contains("up,b,1", left);
        Assert.DoesNotContain("up,a", left);
    }
}

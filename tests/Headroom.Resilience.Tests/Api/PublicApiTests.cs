namespace Headroom.Resilience.Tests.Api;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_approved_one()
    {
        string approved = File.ReadAllText(Repository.File("tests/Headroom.Resilience.Tests/Api/PublicApi.approved.txt")).ReplaceLineEndings("\n");
        string received = PublicApi.Of(typeof(ResilienceMeter).Assembly);
        if (received == approved) return;

        // Kept beside the test program, so that an intended change is approved by copying the file.
        string path = Path.Combine(AppContext.BaseDirectory, "PublicApi.received.txt");
        File.WriteAllText(path, received);
        Assert.Fail($"The public surface changed. If that is intended, copy {path} over tests/Headroom.Resilience.Tests/Api/PublicApi.approved.txt.\n{Difference(approved, received)}");
    }

    [Fact]
    public void The_package_references_nothing_of_this_repository() =>
        Assert.DoesNotContain(typeof(ResilienceMeter).Assembly.GetReferencedAssemblies(), name => name.Name!.StartsWith("Headroom", StringComparison.Ordinal));

    private static string Difference(string approved, string received)
    {
        string[] before = approved.Split('\n');
        string[] after = received.Split('\n');
        return string.Join('\n', before.Except(after).Select(line => "- " + line.Trim()).Concat(after.Except(before).Select(line => "+ " + line.Trim())));
    }
}

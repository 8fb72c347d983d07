using Headroom.Configuration.Diagnostics;
using Headroom.Server.Hosting;
using Headroom.Server.Keys;
using Headroom.TestKit;

namespace Headroom.Server.Tests.Keys;

public sealed class KeyRingTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("headroom-keys-test-");
    private readonly VirtualTimeProvider _time = new(RunningServer.Now);

    private ControlState Control() => new(new ServerOptions { DataDirectory = _directory.FullName });

    [Fact]
    public async Task A_key_opens_until_it_is_revoked_and_survives_a_restart()
    {
        string text, id;
        await using (var control = Control())
        {
            var ring = new KeyRing(control, _time);
            Assert.True(ring.IsEmpty);
            (var key, text) = await ring.CreateAsync("grafana", KeyScopes.Read, default);
            id = key.Id;
            Assert.Equal(id, ring.Verify(text)!.Id);
        }
        await using (var control = Control())
        {
            var ring = new KeyRing(control, _time);
            Assert.Equal(KeyScopes.Read, ring.Verify(text)!.Scopes);
            await ring.RevokeAsync(id, default);
            Assert.Null(ring.Verify(text));
        }
        await using (var control = Control()) Assert.Null(new KeyRing(control, _time).Verify(text));
    }

    [Fact]
    public async Task The_secret_stands_nowhere_on_the_disk()
    {
        string text;
        await using (var control = Control()) (_, text) = await new KeyRing(control, _time).CreateAsync("ci", KeyScopes.Ingest, default);
        string secret = text.Split('_', 3)[2];
        byte[] raw = System.Buffers.Text.Base64Url.DecodeFromChars(secret);
        Assert.Equal(32, raw.Length);
        var files = Directory.GetFiles(_directory.FullName, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            byte[] content = File.ReadAllBytes(file);
            Assert.Equal(-1, content.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)));
            Assert.Equal(-1, content.AsSpan().IndexOf(raw));
            Assert.Equal(-1, content.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(Convert.ToBase64String(raw))));
        });
    }

    [Fact]
    public async Task What_is_not_exactly_the_key_opens_nothing()
    {
        await using var control = Control();
        var ring = new KeyRing(control, _time);
        var (key, text) = await ring.CreateAsync("ci", KeyScopes.Ingest, default);
        var (_, other) = await ring.CreateAsync("ci", KeyScopes.Ingest, default);
        string mixed = text[..(text.LastIndexOf('_') + 1)] + other.Split('_', 3)[2];
        foreach (string wrong in (string[])["", "hr_", key.Id, "hr_" + key.Id, "hr_" + key.Id + "_", text[..^1], text + "A", text.ToUpperInvariant(), mixed, text.Replace("hr_", "hs_"), "hr_" + key.Id + "_" + new string('=', 43), new string('é', 60), " " + text])
            Assert.Null(ring.Verify(wrong));
    }

    [Theory]
    [InlineData("", KeyScopes.Read, "key-name-invalid")]
    [InlineData("two\nlines", KeyScopes.Read, "key-name-invalid")]
    [InlineData("grafana", KeyScopes.None, "key-scope-missing")]
    public async Task A_key_needs_a_name_and_a_scope(string name, KeyScopes scopes, string code)
    {
        await using var control = Control();
        var ring = new KeyRing(control, _time);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => ring.CreateAsync(name, scopes, default));
        Assert.Equal(code, refused.Problems[0].Code);
    }

    [Fact]
    public void A_key_has_256_random_bits_and_an_id_that_says_nothing_of_them()
    {
        byte next = 0;
        var (id, text, hash) = KeyText.Create(bytes =>
        {
            for (int i = 0; i < bytes.Length; i++) bytes[i] = next++;
        });
        Assert.Equal("hr_0123456789ab_DA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKis", text);
        Assert.Equal("0123456789ab", id);
        Span<byte> read = stackalloc byte[32];
        Assert.True(KeyText.TryParse(text, read, out string readId));
        Assert.Equal(id, readId);
        Assert.Equal(hash, read.ToArray());
    }

    public void Dispose() => _directory.Delete(recursive: true);
}

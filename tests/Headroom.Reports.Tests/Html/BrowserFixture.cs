using Microsoft.Playwright;

namespace Headroom.Reports.Tests.Html;

/// <summary>One real browser for the tests that look at the report as a person does; skips with the reason where there is none.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string? _reason;

    /// <summary>The browser; skips the calling test when it cannot be had.</summary>
    public IBrowser Browser
    {
        get
        {
            if (_reason is not null) Assert.Skip(_reason);
            return _browser!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        string? path = Environment.GetEnvironmentVariable("HEADROOM_CHROMIUM") ?? Array.Find(Places, File.Exists);
        if (path is null)
        {
            _reason = "no chromium: install Debian's package chromium, or name one in HEADROOM_CHROMIUM";
            return;
        }
        try
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
        }
        catch (PlaywrightException error)
        {
            _reason = $"chromium at {path} does not start: {error.Message.Split('\n')[0]}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

using System.Globalization;
using Headroom.Configuration.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Headroom.Server.Query;

/// <summary>
/// The parameters of a request: its query string and, for a POST of a form, its body, as the Prometheus API takes both.
/// A parameter that cannot be read is a <see cref="ProblemException"/> that names it.
/// </summary>
internal sealed class RequestParameters
{
    private readonly IQueryCollection _query;
    private readonly IFormCollection? _form;

    private RequestParameters(IQueryCollection query, IFormCollection? form) => (_query, _form) = (query, form);

    /// <summary>Reads the parameters, the body only if it is a form.</summary>
    public static async ValueTask<RequestParameters> ReadAsync(HttpContext context, long largestBody)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || !context.Request.HasFormContentType) return new(context.Request.Query, null);
        LimitBody(context, largestBody);
        return new(context.Request.Query, await context.Request.ReadFormAsync(context.RequestAborted));
    }

    /// <summary>Reads the query string alone.</summary>
    public static RequestParameters OfQuery(HttpContext context) => new(context.Request.Query, null);

    /// <summary>Sets the largest body this request may have; null lifts the bound.</summary>
    public static void LimitBody(HttpContext context, long? bytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = bytes;
    }

    /// <summary>All values of a parameter, empty ones left out.</summary>
    public IReadOnlyList<string> All(string name)
    {
        var values = new List<string>();
        foreach (string? value in StringValues.Concat(_query[name], _form?[name] ?? default(StringValues)))
            if (!string.IsNullOrEmpty(value))
                values.Add(value);
        return values;
    }

    /// <summary>A parameter's value, or null when it is absent or empty.</summary>
    public string? Get(string name) => All(name) is [var first, ..] ? first : null;

    /// <summary>A parameter that must be there.</summary>
    public string Required(string name) => Get(name) ?? throw Invalid(name, "it is required.");

    /// <summary>An instant in Unix milliseconds, or <paramref name="absent"/>.</summary>
    public long Time(string name, long absent) => Get(name) is { } text ? ReadTime(name, text) : absent;

    /// <summary>An instant in Unix milliseconds that must be there.</summary>
    public long RequiredTime(string name) => ReadTime(name, Required(name));

    /// <summary>A length of time in milliseconds, or null.</summary>
    public long? Duration(string name) => Get(name) is { } text
        ? PrometheusTime.TryParseDuration(text, out long milliseconds) ? milliseconds
            : throw Invalid(name, $"cannot parse '{Shortened(text)}' to a valid duration: write seconds (15) or a duration (15s, 5m).")
        : null;

    /// <summary>A whole number between two bounds, or <paramref name="absent"/>.</summary>
    public int Integer(string name, int absent, int low, int high)
    {
        if (Get(name) is not { } text) return absent;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= low && value <= high
            ? value
            : throw Invalid(name, $"it must be a whole number from {low} to {high}, not '{Shortened(text)}'.");
    }

    /// <summary>The exception for a parameter that is wrong.</summary>
    public static ProblemException Invalid(string name, string why) =>
        new(new Problem("parameter-invalid", $"invalid parameter \"{name}\": {why}", name));

    private static long ReadTime(string name, string text) => PrometheusTime.TryParse(text, out long time)
        ? time
        : throw Invalid(name, $"cannot parse '{Shortened(text)}' to a valid timestamp: write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds.");

    private static string Shortened(string text) => text.Length <= 64 ? text : text[..64] + "…";
}

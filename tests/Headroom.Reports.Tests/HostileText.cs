namespace Headroom.Reports.Tests;

/// <summary>Names that try to be something else.</summary>
internal static class HostileText
{
    public static readonly string[] All =
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "]]>", "</style></title></svg>", "&amp;&#60;", "a|b`c`*d*_e_[f](javascript:alert(1))",
        "\0\u0001\u001b[31mred\u0007", "\ud800 lone", "\udc00", "\uFFFE\uFFFF", "\u202Egnp.exe", "line\nbreak\r\ttab", "", " ", "日本語のとても長いなまえ", "👩‍👩‍👧‍👦",
        new string('x', 3000), "@everyone http://example.com/x www.example.com", "' onload='x", "{{7*7}}", "-->", "plain name",
    ];

    public static string Any(Random random) => All[random.Next(All.Length)];
}

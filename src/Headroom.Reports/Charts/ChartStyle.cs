namespace Headroom.Reports.Charts;

/// <summary>
/// Colours and type of everything drawn, as CSS custom properties with a light and a dark value. Series colours follow
/// Okabe and Ito's palette for colour-blind readers, darkened for 3:1 contrast on white; from the fifth on a dash
/// pattern tells lines apart as well. Paper is always light.
/// </summary>
internal static class ChartStyle
{
    /// <summary>Lines with a colour of their own; further ones are drawn thin and grey.</summary>
    public const int SeriesColours = 8;

    private const string Light = """
        --hr-page:#f5f6f8;--hr-card:#ffffff;--hr-ink:#18202c;--hr-muted:#566173;--hr-faint:#626d7e;--hr-hair:#e0e5ec;--hr-grid:#e9edf2;
        --hr-met:#14784a;--hr-met-soft:#e2f4ea;--hr-missed:#955300;--hr-missed-soft:#fdf0d8;--hr-critical:#bd2130;--hr-critical-soft:#fde7e8;--hr-nodata:#5b6678;--hr-nodata-soft:#eceff3;
        --hr-s0:#1f63c7;--hr-s1:#cf6a00;--hr-s2:#0b8674;--hr-s3:#a3419b;--hr-s4:#7d6500;--hr-s5:#2f93cf;--hr-s6:#5b6472;--hr-s7:#84502a
        """;

    private const string Dark = """
        --hr-page:#0e131a;--hr-card:#161d26;--hr-ink:#e7ecf3;--hr-muted:#a3afbf;--hr-faint:#8793a5;--hr-hair:#2a3441;--hr-grid:#232c38;
        --hr-met:#56ca92;--hr-met-soft:#12301f;--hr-missed:#f2b661;--hr-missed-soft:#38280f;--hr-critical:#ff8386;--hr-critical-soft:#42181c;--hr-nodata:#a0acbc;--hr-nodata-soft:#242d39;
        --hr-s0:#6ea8ff;--hr-s1:#ffa34f;--hr-s2:#42ccb7;--hr-s3:#e28fdb;--hr-s4:#d9bc45;--hr-s5:#93d2ff;--hr-s6:#b0bac7;--hr-s7:#d0a37a
        """;

    /// <summary>The custom properties on a selector.</summary>
    public static string Tokens(string selector) =>
        $"{selector}{{{Flat(Light)};color-scheme:light dark}}@media screen and (prefers-color-scheme:dark){{{selector}{{{Flat(Dark)}}}}}";

    /// <summary>The rules for the classes used inside charts.</summary>
    public static readonly string Rules = Flat("""
        .hc{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:11.5px;overflow:visible}
        .hc text{fill:var(--hr-muted);font-variant-numeric:tabular-nums}
        .hc .hc-back{fill:var(--hr-card)}
        .hc .hc-title{fill:var(--hr-ink);font-size:15px;font-weight:600}
        .hc .hc-subtitle{font-size:12px}
        .hc .hc-strong{fill:var(--hr-ink);font-weight:600}
        .hc .hc-medium{font-size:13px}
        .hc .hc-large{font-size:20px;font-weight:700}
        .hc .hc-grid{stroke:var(--hr-grid)}
        .hc .hc-axis{stroke:var(--hr-hair)}
        .hc .hc-good{fill:var(--hr-met);opacity:.07}
        .hc .hc-bad{fill:var(--hr-critical);opacity:.06}
        .hc .hc-target{stroke:var(--hr-met);stroke-width:1.25;stroke-dasharray:5 3}
        .hc .hc-critical{stroke:var(--hr-critical);stroke-width:1.25;stroke-dasharray:2 3}
        .hc .hc-marker{stroke:var(--hr-ink);stroke-width:1;stroke-dasharray:1 3;opacity:.75}
        .hc text.hc-marker-label{fill:var(--hr-ink);font-weight:600}
        .hc .hc-l{fill:none;stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round}
        .hc .hc-rest{fill:none;stroke:var(--hr-faint);stroke-width:1;opacity:.45}
        .hc circle.hc-rest{fill:var(--hr-faint);stroke:none}
        .hc-spark .hc-l{stroke-width:1.25}
        .hc .hc-area{opacity:.09;stroke:none}
        .hc .hc-halo{fill:none;stroke:var(--hr-card);stroke-width:3}
        .hc .hc-column{fill:transparent}
        .hc .hc-column:hover{fill:var(--hr-ink);fill-opacity:.08}
        .hc .hc-met{fill:var(--hr-met)}.hc .hc-missed{fill:var(--hr-missed)}.hc .hc-critical-fill{fill:var(--hr-critical)}.hc .hc-nodata{fill:var(--hr-nodata)}
        .hc .hc-track{fill:var(--hr-grid)}
        .hc .hc-zone-good{fill:var(--hr-met);opacity:.2}
        .hc .hc-zone-bad{fill:var(--hr-critical);opacity:.2}
        .hc .hc-tick{stroke:var(--hr-ink);stroke-width:2}
        .hc .hc-notch{fill:var(--hr-muted)}
        .hc .hc-whisker{stroke-width:2;fill:none}
        .hc .hc-w-worse{stroke:var(--hr-critical)}.hc .hc-w-better{stroke:var(--hr-met)}.hc .hc-w-same{stroke:var(--hr-faint)}
        .hc .hc-d-worse{fill:var(--hr-critical)}.hc .hc-d-better{fill:var(--hr-met)}.hc .hc-d-same{fill:var(--hr-faint)}
        """) + Series();

    private static string Series()
    {
        string[] dashes = ["", "", "", "", "stroke-dasharray:6 3", "stroke-dasharray:2 3", "stroke-dasharray:8 3 2 3", "stroke-dasharray:1 4"];
        return string.Concat(dashes.Select((dash, i) => $".hc .hc-s{i}{{stroke:var(--hr-s{i});{dash}}}.hc .hc-f{i}{{fill:var(--hr-s{i})}}"));
    }

    private static string Flat(string css) => css.ReplaceLineEndings("").Replace("  ", "", StringComparison.Ordinal);
}

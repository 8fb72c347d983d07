using Headroom.Objectives.Kpis;
using Headroom.Objectives.Regressions;
using Headroom.Objectives.Trends;
using Spectre.Console;

namespace Headroom.Reports.Terminal;

/// <summary>Colours that every terminal has. A colour never stands alone: the word is always there.</summary>
internal static class Palette
{
    public static readonly Style Quiet = new(Color.Grey);
    public static readonly Style Strong = new(decoration: Decoration.Bold);

    /// <summary>Colours of chart lines, and the signs that stand for them where there is no colour.</summary>
    public static readonly (Color Colour, char Sign)[] Series =
    [
        (Color.Blue, '*'), (Color.Yellow, '+'), (Color.Aqua, 'o'), (Color.Fuchsia, 'x'), (Color.Lime, '#'), (Color.White, '%'), (Color.Red, '@'), (Color.Grey, '&'),
    ];

    public static Style Of(KpiVerdict verdict) => verdict switch
    {
        KpiVerdict.Met => new Style(Color.Green),
        KpiVerdict.Missed => new Style(Color.Yellow, decoration: Decoration.Bold),
        KpiVerdict.Critical => new Style(Color.Red, decoration: Decoration.Bold),
        _ => Quiet,
    };

    public static Style Of(RegressionVerdict verdict) => verdict switch
    {
        RegressionVerdict.Regression => new Style(Color.Red, decoration: Decoration.Bold),
        RegressionVerdict.Improvement => new Style(Color.Green),
        _ => Quiet,
    };

    public static Style Of(TrendDirection direction) => direction switch
    {
        TrendDirection.Improving => new Style(Color.Green),
        TrendDirection.Degrading => new Style(Color.Red),
        _ => Style.Plain,
    };
}

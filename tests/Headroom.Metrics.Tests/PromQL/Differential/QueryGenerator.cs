using System.Globalization;

namespace Headroom.Metrics.Tests.PromQL.Differential;

/// <summary>Makes well-typed expressions over <see cref="DataSet"/>, the same ones for the same seed.</summary>
internal sealed class QueryGenerator(Random random)
{
    public string Next() => random.Next(12) == 0 ? Scalar(2) : Vector(random.Next(1, 4));

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];

    private string Selector() => Pick(
        "requests_total", "requests_total{job=\"api\"}", "requests_total{code=~\"4..|5..\"}", "requests_total{job!=\"db\",code=\"200\"}",
        "temperature", "temperature{instance=~\"host-[01].*\"}", "load", "load{job=\"web\"}", "limit", "flat", "special", "build_info",
        "latency_seconds_count", "latency_seconds_sum", "{job=\"api\",__name__=~\"temperature|limit\"}", "missing_metric");

    private string CounterSelector() => Pick("requests_total", "requests_total{job=\"api\"}", "requests_total{code!=\"200\"}", "latency_seconds_count", "latency_seconds_sum", "latency_seconds_bucket");

    private string Modifiers() => random.Next(8) switch
    {
        0 => $" offset {Pick("1m", "5m", "30s", "-2m", "17s")}",
        1 => $" @ {Pick("1700003600.1", "1700005000.5", "start()", "end()")}",
        2 => $" @ {Pick("1700003600.1", "end()")} offset {Pick("1m", "-3m")}",
        _ => "",
    };

    private string Window() => Pick("45s", "1m", "2m", "5m", "10m", "7m30s", "20m", "1h");

    private string Range(int depth)
    {
        if (depth > 0 && random.Next(4) == 0)
            return $"{Operand(depth - 1)}[{Pick("5m", "10m", "3m30s")}:{Pick("1m", "30s", "20s", "")}]{Modifiers()}";
        return $"{Selector()}[{Window()}]{Modifiers()}";
    }

    private string Operand(int depth)
    {
        string vector = Vector(depth);
        return random.Next(3) == 0 && !vector.StartsWith('(') ? vector.Contains(' ') || vector.Contains('-') ? $"({vector})" : vector : $"({vector})";
    }

    private string Number() => Pick("1", "2", "0.5", "-3", "10", "1e3", "100", "0", "3.7", "0x1F");

    private string Scalar(int depth)
    {
        if (depth == 0) return Number();
        return random.Next(5) switch
        {
            0 => $"scalar({Vector(depth - 1)})",
            1 => "time()",
            // No modulo: of the huge and the tiny it shows rounding alone.
            2 => $"({Scalar(depth - 1)} {Pick("+", "-", "*", "/", "^")} {Scalar(depth - 1)})",
            3 => $"({Scalar(depth - 1)} {Pick("==", "!=", "<", ">", "<=", ">=")} bool {Scalar(depth - 1)})",
            _ => Pick("pi()", Number(), Number()),
        };
    }

    private string Vector(int depth)
    {
        if (depth <= 0) return Selector() + Modifiers();
        return random.Next(11) switch
        {
            0 => Selector() + Modifiers(),
            1 or 2 => OverTime(depth),
            3 or 4 => Aggregate(depth),
            5 => Elementwise(depth),
            6 or 7 => Binary(depth),
            8 => Labelled(depth),
            9 => Pick($"histogram_quantile({Pick("0.5", "0.9", "0.99", "0.123")}, {Buckets()})", $"histogram_quantile({Pick("0.5", "0.95")}, sum by ({Pick("le", "le, job", "le, instance")}) ({Buckets()}))"),
            _ => Pick($"vector({Scalar(depth - 1)})", $"absent({Selector()})", $"-{Operand(depth - 1)}", $"timestamp({Selector()} offset {Pick("1m", "-2m")})", $"absent_over_time({Selector()}[{Window()}])"),
        };
    }

    private string Buckets() => Pick("rate", "increase") + $"(latency_seconds_bucket{Pick("", "{job=\"web\"}")}[{Pick("2m", "5m", "20m")}])";

    private string OverTime(int depth)
    {
        if (random.Next(2) == 0)
            return Pick("rate", "increase", "irate") + $"({CounterSelector()}[{Window()}]{Modifiers()})";
        string function = Pick("delta", "idelta", "deriv", "changes", "resets", "avg_over_time", "sum_over_time", "min_over_time", "max_over_time",
            "count_over_time", "last_over_time", "present_over_time", "stddev_over_time", "stdvar_over_time", "predict_linear", "quantile_over_time", "holt_winters");
        return function switch
        {
            // Prometheus 2 moves a pinned window along with the steps here.
            "predict_linear" => $"predict_linear({Selector()}[{Window()}], {Pick("60", "3600", "-600")})",
            "quantile_over_time" => $"quantile_over_time({Pick("0.5", "0.9", "0", "1", "0.33")}, {Range(depth - 1)})",
            "holt_winters" => $"holt_winters({Range(depth - 1)}, {Pick("0.3", "0.8")}, {Pick("0.1", "0.6")})",
            _ => $"{function}({Range(depth - 1)})",
        };
    }

    private string Grouping() => Pick("", "", " by (job)", " by (instance)", " by (job, instance)", " without (instance)", " without (code)", " by ()", " by (missing)");

    private string Aggregate(int depth)
    {
        string inner = Vector(depth - 1);
        string op = Pick("sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "topk", "bottomk", "quantile", "count_values");
        string grouping = Grouping();
        return op switch
        {
            // Of equal values either may be chosen.
            "topk" or "bottomk" => $"{op}{grouping} ({Pick("1", "2", "3", "5", "100", "0")}, {Distinct()})",
            "stddev" or "stdvar" => $"{op}{grouping} ({Distinct()})",
            "quantile" => $"{op}{grouping} ({Pick("0.5", "0.9", "0.25")}, {inner})",
            "count_values" => $"{op}{grouping} (\"value\", {Pick("build_info", "flat", "round(load)", "limit > bool 100")})",
            _ => random.Next(2) == 0 ? $"{op}{grouping} ({inner})" : $"{op} ({inner}){grouping}",
        };
    }

    private string Distinct() => Pick("temperature", "load", "latency_seconds_sum", $"deriv(temperature[{Window()}])", $"avg_over_time(load[{Window()}])", "temperature * load");

    private string Elementwise(int depth)
    {
        string inner = Vector(depth - 1);
        string function = Pick("abs", "ceil", "floor", "exp", "sqrt", "ln", "log2", "log10", "sgn", "sin", "cos", "atan", "tanh", "tan", "asin", "acos", "sinh", "cosh", "asinh", "acosh", "atanh", "deg", "rad",
            "round", "clamp", "clamp_min", "clamp_max", "minute", "hour", "day_of_week", "day_of_month", "days_in_month", "month", "year", "day_of_year");
        return function switch
        {
            "round" => $"round({inner}, {Pick("0.5", "10", "0.1")})",
            "clamp" => $"clamp({inner}, {Pick("0", "-5", "20")}, {Pick("25", "100")})",
            "clamp_min" or "clamp_max" => $"{function}({inner}, {Pick("0.5", "20", "1000")})",
            // Huge numbers overflow dates in Go in its own way.
            "minute" or "hour" or "day_of_week" or "day_of_month" or "days_in_month" or "month" or "year" or "day_of_year" => $"{function}({Pick("", "timestamp(flat)", "flat", "requests_total", "vector(time())")})",
            _ => $"{function}({inner})",
        };
    }

    private string Binary(int depth)
    {
        // Prometheus 2 keeps the name under atan2.
        string arithmetic = Pick("+", "-", "*", "/", "^");
        string comparison = Pick("==", "!=", "<", ">", "<=", ">=");
        switch (random.Next(10))
        {
            case 9: return $"{Pick("temperature", "load", "limit", "special")}{Modifiers()} % {Pick("7", "0.25", "-3", "load", "limit")}";
            case 0: return $"{Operand(depth - 1)} {arithmetic} {Scalar(1)}";
            case 1: return $"{Scalar(1)} {Pick("+", "-", "*", "/", "^")} {Operand(depth - 1)}";
            case 2: return $"{Operand(depth - 1)} {comparison}{Pick("", " bool")} {Scalar(1)}";
            case 3: return $"{Operand(depth - 1)} {Pick("and", "or", "unless")}{Pick("", " on (job)", " ignoring (code)", " on (job, instance)", " on ()")} {Operand(depth - 1)}";
            case 4: return $"temperature{Modifiers()} {arithmetic} load{Modifiers()}";
            case 5: return $"requests_total {Pick("/", "*", ">", "<")} on (job) group_left () limit{Modifiers()}";
            case 6: return $"rate(requests_total[{Window()}]) * on (job, instance) group_left (version{Pick("", ", arch")}) build_info";
            case 7: return $"limit {Pick("/", "-", "<= bool")} on (job) group_right () {Pick("temperature", "load")}";
            default: return $"{Operand(depth - 1)} {Pick(arithmetic, comparison, comparison + " bool")}{Pick("", " ignoring (code)", " on (job, instance)", " on (instance)")} {Operand(depth - 1)}";
        }
    }

    private string Labelled(int depth)
    {
        string inner = Vector(depth - 1);
        string sorted = Pick("temperature", "load", "latency_seconds_sum", "temperature * load");
        return Pick(
            $"label_replace({inner}, \"host\", \"$1\", \"instance\", \"(.*):.*\")",
            $"label_replace({inner}, \"job\", \"x-$1\", \"job\", \"(.+)\")",
            $"label_replace({inner}, \"instance\", \"\", \"instance\", \".*\")",
            $"label_join({inner}, \"id\", \"/\", \"job\", \"instance\")",
            $"sort({sorted})",
            $"sort_desc({sorted})");
    }

    public string Describe(int seed, int number) => string.Create(CultureInfo.InvariantCulture, $"seed {seed}, query {number}");
}

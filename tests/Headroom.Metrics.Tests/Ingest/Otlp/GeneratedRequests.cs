using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Headroom.Metrics.Tests.Ingest.Otlp.Oracle;
using static Headroom.Metrics.Tests.Ingest.Otlp.Messages;
using Resource = Headroom.Metrics.Tests.Ingest.Otlp.Oracle.Resource;

namespace Headroom.Metrics.Tests.Ingest.Otlp;

/// <summary>Any OTLP metrics request that a producer might send, good points and bad ones.</summary>
internal static class GeneratedRequests
{
    private static readonly string[] Names = ["http.server.duration", "a", "größe", "2xx", "x_total", "…"];
    private static readonly string[] Keys = ["http.method", "a.b", "a_b", "service", "le", "1st", "_x", "__name__", "é"];

    public static Gen<ExportMetricsServiceRequest> Requests { get; } =
        from resources in ListOf(ResourceMetrics(), 3)
        select new ExportMetricsServiceRequest { ResourceMetrics = { resources } };

    private static Gen<ResourceMetrics> ResourceMetrics() =>
        from name in Gen.Elements("shop", "cart", "")
        from attributes in ListOf(Attribute(), 3)
        from metrics in ListOf(Metric(), 4)
        from cut in Gen.Choose(0, 4)
        select new ResourceMetrics
        {
            Resource = WithName(new Resource { Attributes = { attributes } }, name),
            ScopeMetrics =
            {
                new ScopeMetrics { Scope = new InstrumentationScope { Name = "one" }, Metrics = { metrics.Take(cut) } },
                new ScopeMetrics { SchemaUrl = "s", Metrics = { metrics.Skip(cut) } },
            },
        };

    private static Resource WithName(Resource resource, string name)
    {
        if (name.Length > 0) resource.Attributes.Add(Pair("service.name", name));
        return resource;
    }

    private static Gen<Metric> Metric() =>
        from name in Gen.Elements(Names)
        from unit in Gen.Elements("", "s", "By/s", "1", "{x}")
        from data in Gen.OneOf(Numbers(), Histograms(), Exponentials(), Summaries())
        select With(data, name, unit);

    private static Metric With(Metric metric, string name, string unit)
    {
        (metric.Name, metric.Unit, metric.Description) = (name, unit, unit.Length > 1 ? "what it is" : "");
        return metric;
    }

    private static Gen<Metric> Numbers() =>
        from points in ListOf(Number(), 5)
        from kind in Gen.Choose(0, 4)
        from temporality in Temporality()
        select kind < 2 ? new Metric { Gauge = new Gauge { DataPoints = { points } } } : new Metric { Sum = new Sum { IsMonotonic = kind > 2, AggregationTemporality = temporality, DataPoints = { points } } };

    private static Gen<Metric> Histograms() =>
        from points in ListOf(Histogram(), 3)
        from temporality in Temporality()
        select new Metric { Histogram = new Oracle.Histogram { AggregationTemporality = temporality, DataPoints = { points } } };

    private static Gen<Metric> Exponentials() =>
        from points in ListOf(Exponential(), 3)
        from temporality in Temporality()
        select new Metric { ExponentialHistogram = new ExponentialHistogram { AggregationTemporality = temporality, DataPoints = { points } } };

    private static Gen<Metric> Summaries() =>
        from points in ListOf(Summary(), 3)
        select new Metric { Summary = new Summary { DataPoints = { points } } };

    // Only cumulative, and sometimes none: deltas depend on what came before, and have tests of their own.
    private static Gen<AggregationTemporality> Temporality() => Gen.Frequency((9, Gen.Constant(AggregationTemporality.Cumulative)), (1, Gen.Constant(AggregationTemporality.Unspecified)));

    private static Gen<NumberDataPoint> Number() =>
        from time in Time()
        from start in Start()
        from attributes in ListOf(Attribute(), 4)
        from value in Gen.Choose(0, 5)
        from number in Double()
        from flags in Flags()
        select Filled(new NumberDataPoint { TimeUnixNano = time, StartTimeUnixNano = start, Flags = flags, Attributes = { attributes } }, value, number);

    private static NumberDataPoint Filled(NumberDataPoint point, int kind, double number)
    {
        if (kind == 1) point.AsInt = (long)Math.Clamp(number, -1e15, 1e15);
        else if (kind > 1) point.AsDouble = number;
        return point;
    }

    private static Gen<HistogramDataPoint> Histogram() =>
        from time in Time()
        from start in Start()
        from attributes in ListOf(Attribute(), 2)
        from bounds in ListOf(Gen.Choose(-3, 6), 4)
        from counts in Gen.ListOf(Gen.Choose(0, 5), bounds.Count + 1)
        from wrong in Gen.Choose(0, 9)
        from sum in Gen.OneOf(Double().Select(d => (double?)d), Gen.Constant((double?)null))
        from flags in Flags()
        select Summed(
            new HistogramDataPoint
            {
                TimeUnixNano = time, StartTimeUnixNano = start, Flags = flags, Attributes = { attributes }, Count = (ulong)(counts.Sum() + (wrong == 0 ? 1 : 0)),
                ExplicitBounds = { bounds.Distinct().Order().Select(b => b / 2.0) }, BucketCounts = { wrong == 1 ? [] : counts.Select(c => (ulong)c) },
            },
            sum);

    private static HistogramDataPoint Summed(HistogramDataPoint point, double? sum)
    {
        if (sum is { } value) point.Sum = value;
        return point;
    }

    private static Gen<ExponentialHistogramDataPoint> Exponential() =>
        from time in Time()
        from start in Start()
        from attributes in ListOf(Attribute(), 2)
        from scale in Gen.Choose(-6, 24)
        from offset in Gen.Choose(-40, 40)
        from positive in ListOf(Gen.Choose(0, 5), 20)
        from negative in ListOf(Gen.Choose(0, 5), 3)
        from zeros in Gen.Choose(0, 3)
        from extra in Gen.Choose(-1, 1)
        from flags in Flags()
        select new ExponentialHistogramDataPoint
        {
            TimeUnixNano = time, StartTimeUnixNano = start, Flags = flags, Attributes = { attributes }, Scale = scale, ZeroCount = (ulong)zeros, Sum = 1.5, ZeroThreshold = zeros == 3 ? 1e-9 : 0,
            Count = (ulong)Math.Max(0, positive.Sum() + negative.Sum() + zeros + extra),
            Positive = new ExponentialHistogramDataPoint.Types.Buckets { Offset = offset, BucketCounts = { positive.Select(c => (ulong)c) } },
            Negative = new ExponentialHistogramDataPoint.Types.Buckets { Offset = -offset, BucketCounts = { negative.Select(c => (ulong)c) } },
        };

    private static Gen<SummaryDataPoint> Summary() =>
        from time in Time()
        from attributes in ListOf(Attribute(), 2)
        from quantiles in ListOf(Gen.Choose(0, 101), 3)
        from flags in Flags()
        select new SummaryDataPoint
        {
            TimeUnixNano = time, Flags = flags, Attributes = { attributes }, Count = 7, Sum = 2.5,
            QuantileValues = { quantiles.Select(q => new SummaryDataPoint.Types.ValueAtQuantile { Quantile = q / 100.0, Value = q }) },
        };

    private static Gen<KeyValue> Attribute() =>
        from key in Gen.Elements(Keys)
        from value in Gen.OneOf(
            Gen.Elements("x", "", "ü").Select(t => new AnyValue { StringValue = t }),
            Gen.Choose(-5, 5).Select(i => new AnyValue { IntValue = i }),
            Gen.Elements(true, false).Select(b => new AnyValue { BoolValue = b }),
            Gen.Elements(0.5, 1e21, double.NaN).Select(d => new AnyValue { DoubleValue = d }),
            Gen.Constant(new AnyValue { BytesValue = ByteString.CopyFrom(1, 2) }),
            Gen.Constant(new AnyValue { ArrayValue = new ArrayValue { Values = { new AnyValue { IntValue = 1 }, new AnyValue { StringValue = "z" } } } }),
            Gen.Constant<AnyValue?>(null)!)
        select new KeyValue { Key = key, Value = value };

    private static Gen<ulong> Time() => Gen.Frequency((9, Gen.Choose(0, 100_000).Select(ms => Nanos(Now + ms) + 123_456)), (1, Gen.Constant(0UL)));

    private static Gen<ulong> Start() => Gen.Frequency((2, Gen.Constant(0UL)), (2, Gen.Choose(-10_000, 20_000).Select(ms => Nanos(Now + ms))), (1, Gen.Constant(Nanos(Now - 10_000_000))));

    private static Gen<double> Double() => Gen.Frequency((8, Gen.Choose(-1_000_000, 1_000_000).Select(i => i / 64.0)), (1, Gen.Elements(double.NaN, double.PositiveInfinity, StaleMarker.Value, 5e-324)));

    private static Gen<uint> Flags() => Gen.Frequency((8, Gen.Constant(0u)), (1, Gen.Constant(1u)), (1, Gen.Constant(2u)));

    private static Gen<IList<T>> ListOf<T>(Gen<T> item, int most) => Gen.Choose(0, most).SelectMany(n => Gen.ListOf(item, n)).Select(list => (IList<T>)[.. list]);
}

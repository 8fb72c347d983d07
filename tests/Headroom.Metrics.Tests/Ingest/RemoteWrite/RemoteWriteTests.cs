using Google.Protobuf;
using Headroom.Metrics.Ingest.RemoteWrite;

namespace Headroom.Metrics.Tests.Ingest.RemoteWrite;

public sealed class RemoteWriteTests
{
    private const long Now = Writes.Now;

    [Fact]
    public void Samples_of_1_0_come_with_their_series_and_stale_markers_keep_their_bits()
    {
        var got = Writes.Receiver().Read(Writes.RequestV1(
            Writes.SeriesV1(("__name__", "up"), ("job", "node")).With((Now, 1), (Now + 15_000, StaleMarker.Value)),
            Writes.SeriesV1(("__name__", "load"), ("host", "ä")).With((Now, 0))));
        Assert.Equal(3, got.Samples.Count);
        Assert.Equal("""up{job="node"}""", got.Samples[0].Labels.ToString());
        Assert.Equal((Now, 1), (got.Samples[0].Time, got.Samples[0].Value));
        Assert.True(StaleMarker.IsStale(got.Samples[1].Value));
        Assert.Equal("""load{host="ä"}""", got.Samples[2].Labels.ToString());
        Assert.Equal((0, null), (got.Invalid, got.Refusal));
    }

    [Fact]
    public void Samples_of_2_0_come_with_what_their_symbols_name()
    {
        var write = new Writes.BuilderV2();
        var series = write.Series(("__name__", "http_requests_total"), ("code", "200"));
        series.Samples.Add(new V2.Sample { Timestamp = Now, Value = 7 });
        series.Metadata = new V2.Metadata { Type = 1, HelpRef = write.Ref("Requests."), UnitRef = write.Ref("requests") };
        series.Exemplars.Add(new V2.Exemplar { Timestamp = Now - 5, Value = 0.5, LabelsRefs = { write.Ref("trace_id"), write.Ref("abc") } });
        var got = Writes.Receiver().Read(write.Request);
        Assert.Equal("""http_requests_total{code="200"}""", Assert.Single(got.Samples).Labels.ToString());
        Assert.Equal(new MetricMetadata("http_requests_total", "counter", "requests", "Requests."), Assert.Single(got.Metadata));
        Assert.Equal(new Exemplar(got.Samples[0].Labels, Labels.From(new Label("trace_id", "abc")), 0.5, Now - 5), Assert.Single(got.Exemplars));
    }

    [Fact]
    public void Metadata_of_1_0_stands_beside_the_series()
    {
        var request = Writes.RequestV1();
        request.Metadata.Add(new V1.MetricMetadata { MetricFamilyName = "latency_seconds", Type = 3, Help = "How long.", Unit = "seconds" });
        request.Metadata.Add(new V1.MetricMetadata { MetricFamilyName = "x", Type = 99 });
        Assert.Equal([new MetricMetadata("latency_seconds", "histogram", "seconds", "How long."), new MetricMetadata("x", "unknown", "", "")], Writes.Receiver().Read(request).Metadata);
    }

    [Fact]
    public void The_parts_of_a_classic_histogram_describe_their_family_once()
    {
        var write = new Writes.BuilderV2();
        foreach (string part in (string[])["latency_bucket", "latency_count", "latency_sum"])
        {
            var series = write.Series(("__name__", part));
            series.Samples.Add(new V2.Sample { Timestamp = Now });
            series.Metadata = new V2.Metadata { Type = 3, HelpRef = write.Ref("H") };
        }
        Assert.Equal([new MetricMetadata("latency", "histogram", "", "H")], Writes.Receiver().Read(write.Request).Metadata);
    }

    [Fact]
    public void Every_series_gets_the_label_service()
    {
        var receiver = Writes.Receiver("shop");
        var got = receiver.Read(Writes.RequestV1(
            Writes.SeriesV1(("__name__", "a"), ("job", "node")).With((Now, 1)),
            Writes.SeriesV1(("__name__", "a"), ("job", "node"), ("service", "api")).With((Now, 1)),
            Writes.SeriesV1(("__name__", "a")).With((Now, 1))));
        Assert.Equal(["node", "api", "shop"], got.Samples.Select(s => s.Labels["service"]));
    }

    [Fact]
    public void Labels_that_are_not_sorted_name_the_same_series()
    {
        var got = Writes.Receiver().Read(Writes.RequestV1(
            Writes.SeriesV1(("z", "1"), ("__name__", "a"), ("b", "2")).With((Now, 1)),
            Writes.SeriesV1(("__name__", "a"), ("b", "2"), ("z", "1")).With((Now, 1)),
            Writes.SeriesV1(("__name__", "a"), ("b", "2"), ("empty", ""), ("z", "1")).With((Now, 1))));
        Assert.Equal(0, got.Invalid);
        Assert.Single(got.Samples.Select(s => s.Labels).Distinct());
    }

    public static TheoryData<string, (string, string)[]> BadSeries() => new()
    {
        { "no-name", [("job", "x")] },
        { "no-name", [("__name__", ""), ("job", "x")] },
        { "no-name", [] },
        { "duplicate-label", [("__name__", "a"), ("b", "1"), ("b", "2")] },
        { "duplicate-label", [("__name__", "a"), ("__name__", "b")] },
        { "bad-label-name", [("__name__", "a"), ("", "1")] },
        { "label-value-too-large", [("__name__", "a"), ("b", new string('x', 5000))] },
        { "label-name-too-large", [("__name__", "a"), (new string('x', 2000), "1")] },
        { "too-many-labels", [("__name__", "a"), .. Enumerable.Range(0, 10_000).Select(i => ($"l{i}", "v"))] },
    };

    [Theory, MemberData(nameof(BadSeries))]
    public void A_series_that_cannot_be_is_left_out_and_its_neighbours_are_kept(string code, (string, string)[] labels)
    {
        var v1 = Writes.Receiver().Read(Writes.RequestV1(
            Writes.SeriesV1(("__name__", "good")).With((Now, 1)),
            Writes.SeriesV1(labels).With((Now, 1), (Now + 1, 2)),
            Writes.SeriesV1(("__name__", "also_good")).With((Now, 1))));
        var write = new Writes.BuilderV2();
        write.Series(("__name__", "good")).Samples.Add(new V2.Sample { Timestamp = Now });
        write.Series(labels).Samples.Add([new V2.Sample { Timestamp = Now }, new V2.Sample { Timestamp = Now + 1 }]);
        write.Series(("__name__", "also_good")).Samples.Add(new V2.Sample { Timestamp = Now });
        foreach (var got in (Writes.Outcome[])[v1, Writes.Receiver().Read(write.Request)])
        {
            Assert.Equal(["good", "also_good"], got.Samples.Select(s => s.Labels.Name));
            Assert.Equal([code], got.Codes);
            Assert.Equal(2, got.Invalid);
            Assert.Null(got.Refusal);
        }
    }

    [Fact]
    public void Text_that_is_not_UTF_8_costs_its_series_only()
    {
        byte[] bytes = Writes.RequestV1(Writes.SeriesV1(("__name__", "bad~"), ("a", "b")).With((Now, 1)), Writes.SeriesV1(("__name__", "good")).With((Now, 1))).ToByteArray();
        bytes[Array.IndexOf(bytes, (byte)'~')] = 0xFF;
        var got = Writes.Receiver().ReadBytes(RemoteWriteVersion.V1, bytes);
        Assert.Equal(["not-utf8"], got.Codes);
        Assert.Equal("good", Assert.Single(got.Samples).Labels.Name);
    }

    [Fact]
    public void References_outside_the_symbol_table_and_odd_ones_cost_their_series_only()
    {
        var write = new Writes.BuilderV2();
        var outside = write.Series(("__name__", "a"));
        outside.LabelsRefs.Add([1, 99]);
        outside.Samples.Add(new V2.Sample { Timestamp = Now });
        var odd = write.Series(("__name__", "b"));
        odd.LabelsRefs.Add(1);
        odd.Samples.Add(new V2.Sample { Timestamp = Now });
        write.Series(("__name__", "c")).Samples.Add(new V2.Sample { Timestamp = Now });
        var metadata = write.Series(("__name__", "d"));
        metadata.Samples.Add(new V2.Sample { Timestamp = Now });
        metadata.Metadata = new V2.Metadata { Type = 1, HelpRef = 1000 };
        write.Series(("__name__", "nothing"));
        var got = Writes.Receiver().Read(write.Request);
        Assert.Equal(["c", "d"], got.Samples.Select(s => s.Labels.Name));
        Assert.Equal(["bad-reference", "bad-reference", "bad-reference", "no-samples"], got.Codes);
    }

    [Fact]
    public void A_symbol_table_that_does_not_begin_with_the_empty_text_is_refused()
    {
        var request = new V2.Request { Symbols = { "x" } };
        Assert.Equal("symbols-invalid", Writes.Receiver().Read(request).Refusal);
    }

    [Fact]
    public void Symbols_may_stand_behind_the_series_that_refer_to_them()
    {
        var write = new Writes.BuilderV2();
        write.Series(("__name__", "a")).Samples.Add(new V2.Sample { Timestamp = Now, Value = 3 });
        var series = new V2.Request { Timeseries = { write.Request.Timeseries } };
        var symbols = new V2.Request { Symbols = { write.Request.Symbols } };
        var got = Writes.Receiver().ReadBytes(RemoteWriteVersion.V2, [.. series.ToByteArray(), .. symbols.ToByteArray()]);
        Assert.Equal("a", Assert.Single(got.Samples).Labels.Name);
    }

    [Fact]
    public void Labels_may_stand_behind_samples()
    {
        byte[] samples = Writes.SeriesV1().With((Now, 1), (Now + 1, 2)).ToByteArray();
        byte[] labels = Writes.SeriesV1(("__name__", "a"), ("b", "c")).ToByteArray();
        foreach (byte[] series in (byte[][])[[.. samples, .. labels], [.. labels, .. samples, .. Writes.SeriesV1(("d", "e")).ToByteArray()]])
        {
            byte[] message = [0x0A, (byte)series.Length, .. series];
            var got = Writes.Receiver().ReadBytes(RemoteWriteVersion.V1, message);
            Assert.Equal(2, got.Samples.Count);
            Assert.Equal(V1.WriteRequest.Parser.ParseFrom(message).Timeseries[0].Labels.Count, got.Samples[0].Labels.Count);
        }
    }

    [Fact]
    public void References_need_not_be_packed()
    {
        var request = new V2.Request { Symbols = { "", "__name__", "a" } };
        byte[] series = [0x08, 1, 0x08, 2, .. new V2.TimeSeries { Samples = { new V2.Sample { Timestamp = Now } } }.ToByteArray()];
        var got = Writes.Receiver().ReadBytes(RemoteWriteVersion.V2, [.. request.ToByteArray(), 0x2A, (byte)series.Length, .. series]);
        Assert.Equal("a", Assert.Single(got.Samples).Labels.Name);
    }

    [Fact]
    public void A_start_is_a_zero_once_and_only_when_it_lies_close_before_its_sample()
    {
        var receiver = Writes.Receiver();
        Writes.Outcome Send(long start, long time)
        {
            var write = new Writes.BuilderV2();
            write.Series(("__name__", "c_total")).Samples.Add(new V2.Sample { Timestamp = time, Value = 5, StartTimestamp = start });
            return receiver.Read(write.Request);
        }
        Assert.Equal((Now - 10_000, 0), Send(Now - 10_000, Now).Starts.Select(s => (s.Time, s.Value)).Single());
        Assert.Empty(Send(Now - 10_000, Now + 15_000).Starts);
        Assert.Single(Send(Now + 20_000, Now + 30_000).Starts);
        Assert.Empty(Send(Now + 40_000, Now + 40_000).Starts);
        Assert.Empty(Send(Now - 86_400_000, Now + 50_000).Starts);
    }

    [Fact]
    public void The_start_of_a_whole_series_counts_too()
    {
        var write = new Writes.BuilderV2();
        var series = write.Series(("__name__", "c_total"));
        series.Samples.Add(new V2.Sample { Timestamp = Now, Value = 5 });
        series.CreatedTimestamp = Now - 1000;
        Assert.Equal(Now - 1000, Assert.Single(Writes.Receiver().Read(write.Request).Starts).Time);
    }

    [Fact]
    public void Exemplars_with_more_than_128_characters_are_not_kept_and_cost_nothing_else()
    {
        var series = Writes.SeriesV1(("__name__", "a")).With((Now, 1));
        series.Exemplars.Add(new V1.Exemplar { Value = 1, Timestamp = Now, Labels = { new V1.Label { Name = "trace_id", Value = new string('x', 121) } } });
        series.Exemplars.Add(new V1.Exemplar { Value = 2, Timestamp = Now, Labels = { new V1.Label { Name = "trace_id", Value = new string('x', 120) } } });
        var got = Writes.Receiver().Read(Writes.RequestV1(series));
        Assert.Equal(2, Assert.Single(got.Exemplars).Value);
        Assert.Equal((1, 0), (got.Samples.Count, got.Invalid));
    }

    [Fact]
    public void An_exemplar_without_a_time_has_that_of_its_sample()
    {
        var series = Writes.SeriesV1(("__name__", "a")).With((Now, 1));
        series.Exemplars.Add(new V1.Exemplar { Value = 1 });
        Assert.Equal(Now, Assert.Single(Writes.Receiver().Read(Writes.RequestV1(series)).Exemplars).Time);
    }

    [Fact]
    public void More_samples_than_the_bound_are_refused_as_a_whole()
    {
        var receiver = new RemoteWriteReceiver(new RemoteWriteOptions { MaxSamples = 10 });
        var got = receiver.Read(Writes.RequestV1(Writes.SeriesV1(("__name__", "a")).With([.. Enumerable.Range(0, 11).Select(i => (Now + i, 1.0))])));
        Assert.Equal(("too-many-samples", 0), (got.Refusal, got.Samples.Count));
    }

    [Fact]
    public void A_body_that_is_cut_short_is_refused_as_a_whole()
    {
        byte[] whole = Writes.RequestV1(Writes.SeriesV1(("__name__", "a"), ("b", "c")).With((Now, 1)), Writes.SeriesV1(("__name__", "d")).With((Now, 1))).ToByteArray();
        for (int length = 1; length < whole.Length; length++)
        {
            var got = Writes.Receiver().ReadBytes(RemoteWriteVersion.V1, whole[..length]);
            if (got.Refusal is null) Assert.Single(V1.WriteRequest.Parser.ParseFrom(whole[..length]).Timeseries);
            else Assert.Equal(("protobuf-damaged", 0), (got.Refusal, got.Samples.Count));
        }
    }

    [Theory]
    [InlineData(null, null, RemoteWriteVersion.V1)]
    [InlineData("application/x-protobuf", "snappy", RemoteWriteVersion.V1)]
    [InlineData("application/x-protobuf;proto=prometheus.WriteRequest", "snappy", RemoteWriteVersion.V1)]
    [InlineData("application/x-protobuf; proto=io.prometheus.write.v2.Request", "snappy", RemoteWriteVersion.V2)]
    [InlineData("Application/X-Protobuf;charset=utf-8;proto=io.prometheus.write.v2.Request", "SNAPPY", RemoteWriteVersion.V2)]
    [InlineData("application/x-protobuf;proto=io.prometheus.write.v3.Request", "snappy", null)]
    [InlineData("application/json", "snappy", null)]
    [InlineData("application/x-protobuf", "gzip", null)]
    [InlineData("application/x-protobuf", "zstd", null)]
    public void The_headers_say_which_message_it_is(string? contentType, string? encoding, RemoteWriteVersion? expected)
    {
        bool known = RemoteWriteHeaders.TryRead(contentType, encoding, out var version, out string? reason);
        Assert.Equal(expected, known ? version : null);
        Assert.Equal(expected is null, reason is not null);
    }
}

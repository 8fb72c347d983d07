using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Headroom.Metrics.Ingest.Otlp;
using Headroom.Metrics.Tests.Ingest.Otlp.Oracle;

namespace Headroom.Metrics.Tests.Ingest.Otlp;

/// <summary>Our reader of spans of bytes and the generated classes read the same messages.</summary>
public sealed class OracleTests
{
    private const int Cases = 1000;

    [Fact]
    public void The_reader_and_the_generated_classes_agree_on_any_request() =>
        Prop.ForAll(Arb.From(GeneratedRequests.Requests), request =>
        {
            var expected = new OracleTranslation();
            expected.Translate(request);
            var (store, report) = Messages.ImportAsync(request).GetAwaiter().GetResult();
            Assert.Equal((expected.Points, expected.Rejected), (report.Items, report.Rejected));
            Assert.Equal(expected.Lines.Where(IsNotEnd).Order(StringComparer.Ordinal), Written(store).Where(IsNotEnd).Order(StringComparer.Ordinal));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

    [Fact]
    public void A_request_says_the_same_in_JSON() =>
        Prop.ForAll(Arb.From(GeneratedRequests.Requests), request =>
        {
            var (binary, _) = Messages.ImportAsync(request).GetAwaiter().GetResult();
            var store = new RecordingBackend();
            string json = new JsonFormatter(JsonFormatter.Settings.Default.WithFormatEnumsAsIntegers(true)).Format(request);
            var report = new OtlpMetricsImporter(new OtlpOptions(), store, Messages.Clock).ImportAsync(Encoding.UTF8.GetBytes(json), OtlpEncoding.Json, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            Assert.Null(report.Refusal);
            Assert.Equal(Written(binary), Written(store));
            Assert.Equal(binary.Metadata, store.Metadata);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));

    [Fact]
    public void Known_bytes_and_new_ones_give_the_same() =>
        Prop.ForAll(Arb.From(Gen.ListOf(GeneratedRequests.Requests, 6)), requests =>
        {
            var store = new RecordingBackend();
            var importer = new OtlpMetricsImporter(new OtlpOptions(), store, Messages.Clock);
            var expected = new OracleTranslation();
            foreach (var request in requests)
            {
                importer.ImportAsync(request.ToByteArray(), OtlpEncoding.Protobuf, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                expected.Translate(request);
            }
            Assert.Equal(expected.Lines.Where(IsNotEnd).Order(StringComparer.Ordinal), Written(store).Where(IsNotEnd).Order(StringComparer.Ordinal));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases / 5));

    // Which buckets end with a histogram depends on those it had before, which the plain translation does not know.
    private static bool IsNotEnd(string line) => !line.Contains(" stale ", StringComparison.Ordinal);

    private static IEnumerable<string> Written(RecordingBackend store) =>
        store.Samples.Where(s => s.Labels.Name != "target_info").Select(s => OracleTranslation.Line(s.Labels, s.Time, s.Value)).Concat(store.Histograms.Select(OracleTranslation.Line));
}

using Headroom.CrashHost;
using Headroom.Metrics.Storage;

// Arguments: the store's directory, then for each writer the number of its first request. Prints "writer request" when
// a request is acknowledged, "writer request deleted" when the deletion after it is, and never ends by itself before it has written very much: it is there to be killed.
await using var store = EmbeddedStore.Open(Workload.Options(args[0]));
var console = new Lock();
await Task.WhenAll(Enumerable.Range(0, Workload.Writers).Select(writer => Task.Run(async () =>
{
    int first = int.Parse(args[writer + 1]);
    for (int request = first; request < first + 100_000; request++)
    {
        // A failed writer must not go unnoticed behind those that go on.
        var outcome = await store.AppendAsync(Workload.Request(writer, request));
        if (outcome.Rejected > 0) Environment.FailFast($"{outcome.Rejections[0]}");
        lock (console) Console.Out.WriteLine($"{writer} {request}");
        if (request % Workload.DeletionPeriod != Workload.DeletionPeriod - 1) continue;
        await Workload.DeleteAsync(store, writer, request);
        lock (console) Console.Out.WriteLine($"{writer} {request} deleted");
    }
})));

using Headroom.Metrics;

namespace Headroom.Bench.Data;

/// <summary>
/// A thousand series as node_exporter 1.7 shows them on a virtual machine with eight cores, three disks and four network
/// interfaces of which two are busy: which metrics there are, which of them move, and in what digits.
/// </summary>
internal sealed class NodeExporter
{
    /// <summary>Series of one host.</summary>
    public const int SeriesPerHost = 1000;

    private readonly List<(Labels Labels, Signal Signal)> _series = [];
    private readonly string _instance;
    private readonly Random _random;
    private double _drift;

    public NodeExporter(int host, int seed, double startSeconds)
    {
        _instance = $"10.0.{host / 250}.{host % 250}:9100";
        _random = new Random(unchecked(seed * 7919 + host));
        Build(startSeconds);
    }

    public IReadOnlyList<(Labels Labels, Signal Signal)> Series => _series;

    /// <summary>The values at the next step, of the first so many series.</summary>
    public void Next(double atSeconds, double stepSeconds, Span<double> values)
    {
        _drift = 0.98 * _drift + 0.05 * (_random.NextDouble() - 0.5);
        double load = Math.Max(0.05, 1 + 0.5 * Math.Sin(2 * Math.PI * atSeconds / 86_400) + _drift);
        for (int i = 0; i < values.Length; i++) values[i] = _series[i].Signal.Next(_random, load, stepSeconds);
    }

    private void Build(double start)
    {
        // Processors.
        (string Mode, double Share)[] modes = [("idle", 0.8), ("user", 0.12), ("system", 0.05), ("iowait", 0.01), ("softirq", 0.004), ("irq", 0), ("nice", 0.0005), ("steal", 0.0002)];
        for (int cpu = 0; cpu < 8; cpu++)
        {
            foreach (var (mode, share) in modes) Add("node_cpu_seconds_total", share == 0 ? new Constant(0) : new DecimalCounter(1e6 * share, share, 2), ("cpu", $"{cpu}"), ("mode", mode));
            foreach (string mode in (string[])["user", "nice"]) Add("node_cpu_guest_seconds_total", new Constant(0), ("cpu", $"{cpu}"), ("mode", mode));
            Add("node_schedstat_running_seconds_total", new DecimalCounter(2e5, 0.2, 9), ("cpu", $"{cpu}"));
            Add("node_schedstat_waiting_seconds_total", new DecimalCounter(3e4, 0.02, 9), ("cpu", $"{cpu}"));
            Add("node_schedstat_timeslices_total", new WholeCounter(4e8, 600), ("cpu", $"{cpu}"));
            Add("node_softnet_processed_total", new WholeCounter(9e7, 150), ("cpu", $"{cpu}"));
            foreach (string name in (string[])["dropped", "times_squeezed", "received_rps", "flow_limit_count"]) Add($"node_softnet_{name}_total", new Constant(0), ("cpu", $"{cpu}"));
            Add("node_cpu_info", new Constant(1), ("cpu", $"{cpu}"), ("model_name", "Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz"), ("vendor", "GenuineIntel"));
            Add("node_cpu_online", new Constant(1), ("cpu", $"{cpu}"));
        }

        // Memory: pages of 4 KiB, shown in bytes.
        (string Name, double Mean, double Deviation)[] moving =
        [
            ("MemFree", 2e9, 2e8), ("MemAvailable", 9e9, 3e8), ("Buffers", 4e8, 2e6), ("Cached", 7e9, 5e7), ("Active", 6e9, 5e7), ("Inactive", 5e9, 5e7), ("Active_anon", 3e9, 2e7),
            ("Inactive_anon", 1e8, 1e6), ("Active_file", 3e9, 3e7), ("Inactive_file", 4e9, 4e7), ("AnonPages", 3e9, 2e7), ("Mapped", 8e8, 3e6), ("Shmem", 1e8, 1e5), ("KReclaimable", 6e8, 1e6),
            ("Slab", 8e8, 1e6), ("SReclaimable", 6e8, 1e6), ("SUnreclaim", 2e8, 5e5), ("KernelStack", 1.6e7, 5e4), ("PageTables", 5e7, 1e5), ("Committed_AS", 9e9, 4e7), ("Dirty", 2e6, 1e6),
            ("Writeback", 1e4, 2e4), ("DirectMap4k", 3e8, 0), ("AnonHugePages", 1e9, 4e6), ("Percpu", 2e7, 0),
        ];
        foreach (var (name, mean, deviation) in moving)
            Add($"node_memory_{name}_bytes", deviation == 0 ? new Constant(Math.Round(mean / 4096) * 4096) : new Wandering(mean, deviation, 0, 4096));
        foreach (string name in (string[])["MemTotal", "SwapTotal", "SwapFree", "SwapCached", "Unevictable", "Mlocked", "NFS_Unstable", "Bounce", "WritebackTmp", "CommitLimit", "VmallocTotal",
            "VmallocChunk", "HardwareCorrupted", "ShmemHugePages", "ShmemPmdMapped", "HugePages_Total", "HugePages_Free", "HugePages_Rsvd", "HugePages_Surp", "Hugepagesize", "DirectMap2M", "DirectMap1G"])
            Add($"node_memory_{name}_bytes", new Constant(_random.Next(4) * 1_048_576));
        foreach (string name in (string[])["pgpgin", "pgpgout", "pgfault"]) Add($"node_vmstat_{name}", new WholeCounter(1e9, name == "pgfault" ? 4000 : 300));
        foreach (string name in (string[])["pgmajfault", "pswpin", "pswpout", "oom_kill"]) Add($"node_vmstat_{name}", name == "pgmajfault" ? new WholeCounter(20_000, 0.01) : new Constant(0));

        // Disks: two busy, one idle.
        for (int disk = 0; disk < 3; disk++)
        {
            double busy = disk == 0 ? 1 : disk == 1 ? 0.2 : 0;
            var device = ("device", $"nvme{disk}n1");
            foreach (var (name, rate, unit) in ((string, double, double)[])[("reads_completed", 5, 1), ("writes_completed", 40, 1), ("read_bytes", 400, 512), ("written_bytes", 2000, 4096),
                ("reads_merged", 0.05, 1), ("writes_merged", 12, 1), ("flush_requests", 2, 1)])
                Add($"node_disk_{name}_total", busy == 0 ? new Constant(_random.Next(1000) * unit) : new WholeCounter(1e7 * busy, rate * busy, unit), device);
            foreach (var (name, rate) in ((string, double)[])[("read_time", 0.004), ("write_time", 0.03), ("io_time", 0.02), ("io_time_weighted", 0.035), ("flush_requests_time", 0.002)])
                Add($"node_disk_{name}_seconds_total", busy == 0 ? new Constant(1.25) : new DecimalCounter(9e4 * busy, rate * busy, 3), device);
            foreach (string name in (string[])["discards_completed", "discards_merged", "discarded_sectors"]) Add($"node_disk_{name}_total", new Constant(0), device);
            Add("node_disk_io_now", busy == 0 ? new Constant(0) : new Stepping(0, 1, 60), device);
            Add("node_disk_info", new Constant(1), device, ("major", "259"), ("minor", $"{disk}"), ("model", "Amazon Elastic Block Store"));
        }
        for (int mount = 0; mount < 9; mount++)
        {
            (string, string)[] where = [("device", $"/dev/nvme{mount % 3}n1p{mount / 3 + 1}"), ("fstype", mount < 6 ? "ext4" : "tmpfs"), ("mountpoint", $"/mnt/m{mount}")];
            foreach (string name in (string[])["size_bytes", "files", "readonly", "device_error"]) Add($"node_filesystem_{name}", new Constant(name == "size_bytes" ? 1.0373e11 : name == "files" ? 6_553_600 : 0), where);
            foreach (var (name, first, unit) in ((string, double, double)[])[("free_bytes", 6e10, 4096), ("avail_bytes", 5e10, 4096), ("files_free", 6e6, 1)])
                Add($"node_filesystem_{name}", mount > 3 ? new Constant(Math.Round(first / unit) * unit) : mount == 0 ? new Wandering(first, first / 1e4, 0, unit) : new Stepping(Math.Round(first / unit) * unit, unit * 7, 40), where);
        }

        // Network: two interfaces busy, two idle.
        for (int card = 0; card < 4; card++)
        {
            double busy = card == 0 ? 1 : card == 1 ? 0.1 : 0;
            var device = ("device", card == 3 ? "lo" : $"eth{card}");
            foreach (string way in (string[])["receive", "transmit"])
            {
                Add($"node_network_{way}_bytes_total", busy == 0 ? new Constant(48_213) : new WholeCounter(3e11 * busy, 250_000 * busy), device);
                Add($"node_network_{way}_packets_total", busy == 0 ? new Constant(412) : new WholeCounter(5e8 * busy, 400 * busy), device);
                foreach (string name in (string[])["errs", "drop", "fifo", "compressed"]) Add($"node_network_{way}_{name}_total", new Constant(0), device);
            }
            foreach (string name in (string[])["receive_frame_total", "receive_multicast_total", "receive_nohandler_total", "transmit_carrier_total", "transmit_colls_total", "address_assign_type", "carrier",
                "carrier_changes_total", "carrier_down_changes_total", "carrier_up_changes_total", "device_id", "dormant", "flags", "iface_id", "iface_link", "iface_link_mode", "info", "mtu_bytes",
                "name_assign_type", "net_dev_group", "protocol_type", "speed_bytes", "transmit_queue_length", "up"])
                Add($"node_network_{name}", new Constant(_random.Next(2) * (name == "mtu_bytes" ? 9001 : 1)), device);
        }
        foreach (var (name, rate) in ((string, double)[])[("Tcp_InSegs", 420), ("Tcp_OutSegs", 480), ("Tcp_ActiveOpens", 3), ("Tcp_PassiveOpens", 5), ("Tcp_RetransSegs", 0.2), ("Tcp_OutRsts", 0.4),
            ("TcpExt_TCPTimeouts", 0.02), ("TcpExt_TCPSynRetrans", 0.01), ("Udp_InDatagrams", 6), ("Udp_OutDatagrams", 6), ("Udp_NoPorts", 0.001), ("Icmp_InMsgs", 0.02), ("Icmp_OutMsgs", 0.02),
            ("IpExt_InOctets", 240_000), ("IpExt_OutOctets", 310_000), ("TcpExt_ListenDrops", 0), ("TcpExt_ListenOverflows", 0), ("TcpExt_SyncookiesFailed", 0), ("TcpExt_SyncookiesRecv", 0),
            ("TcpExt_SyncookiesSent", 0), ("Tcp_InErrs", 0), ("Udp6_InDatagrams", 0), ("Udp6_InErrors", 0), ("Udp6_NoPorts", 0), ("Udp6_OutDatagrams", 0), ("Udp_InErrors", 0), ("UdpLite_InErrors", 0),
            ("Ip6_InOctets", 40), ("Ip6_OutOctets", 40), ("Ip_Forwarding", 0), ("Icmp6_InMsgs", 0.005), ("Icmp6_OutMsgs", 0.005), ("Icmp_InErrors", 0), ("Icmp6_InErrors", 0)])
            Add($"node_netstat_{name}", rate == 0 ? new Constant(_random.Next(30)) : new WholeCounter(rate * 2e6, rate));
        Add("node_netstat_Tcp_CurrEstab", new Stepping(140, 1, 400));
        foreach (var (name, mean) in ((string, double)[])[("TCP_alloc", 220), ("TCP_inuse", 150), ("TCP_tw", 60), ("sockets_used", 600), ("TCP_mem", 40), ("UDP_inuse", 9)])
            Add($"node_sockstat_{name}", new Stepping(mean, 1, name == "UDP_inuse" ? 2 : 300));
        foreach (string name in (string[])["FRAG6_inuse", "FRAG6_memory", "FRAG_inuse", "FRAG_memory", "RAW6_inuse", "RAW_inuse", "TCP6_inuse", "TCP_orphan", "UDP6_inuse", "UDPLITE6_inuse", "UDPLITE_inuse", "UDP_mem"])
            Add($"node_sockstat_{name}", new Constant(_random.Next(4)));

        // The system.
        foreach (var (name, mean) in ((string, double)[])[("node_load1", 1.2), ("node_load5", 1.1), ("node_load15", 1.0)]) Add(name, new Wandering(mean, mean / 4, 2));
        Add("node_context_switches_total", new WholeCounter(3e9, 9000));
        Add("node_intr_total", new WholeCounter(2e9, 5000));
        Add("node_forks_total", new WholeCounter(4e6, 4));
        Add("node_procs_running", new Stepping(2, 1, 600));
        Add("node_procs_blocked", new Stepping(0, 0.25, 4));
        Add("node_time_seconds", new Clock(start));
        Add("node_entropy_available_bits", new Constant(256));
        Add("node_filefd_allocated", new Stepping(2400, 32, 120));
        Add("node_nf_conntrack_entries", new Stepping(310, 3, 900));
        foreach (var (resource, rate) in ((string, double)[])[("cpu_waiting", 0.03), ("io_waiting", 0.01), ("io_stalled", 0.008), ("memory_waiting", 0), ("memory_stalled", 0)])
            Add($"node_pressure_{resource}_seconds_total", rate == 0 ? new Constant(0) : new DecimalCounter(4e4, rate, 6));
        Add("node_timex_offset_seconds", new Wandering(3e-6, 2e-6, 9));
        Add("node_timex_frequency_adjustment_ratio", new Wandering(1.00001, 1e-8, 12));
        Add("node_timex_maxerror_seconds", new Wandering(0.3, 0.1, 6));
        foreach (string name in (string[])["estimated_error_seconds", "loop_time_constant", "pps_calibration_total", "pps_error_total", "pps_frequency_hertz", "pps_jitter_seconds", "pps_jitter_total",
            "pps_shift_seconds", "pps_stability_exceeded_total", "pps_stability_hertz", "status", "sync_status", "tai_offset_seconds", "tick_seconds"])
            Add($"node_timex_{name}", new Constant(name == "tick_seconds" ? 0.01 : _random.Next(3)));
        foreach (string collector in Collectors)
        {
            Add("node_scrape_collector_duration_seconds", new Duration(0.0001 * (1 + _random.Next(40))), ("collector", collector));
            Add("node_scrape_collector_success", new Constant(1), ("collector", collector));
        }
        foreach (string unit in Enumerable.Range(0, 36).Select(i => $"unit-{i}.service"))
            foreach (string state in (string[])["active", "activating", "deactivating", "inactive", "failed"])
                if (_series.Count < SeriesPerHost - 60) Add("node_systemd_unit_state", new Constant(state == "active" ? 1 : 0), ("name", unit), ("state", state), ("type", "simple"));

        // The exporter itself.
        foreach (string name in (string[])["alloc_bytes", "heap_alloc_bytes", "heap_idle_bytes", "heap_inuse_bytes", "heap_released_bytes", "next_gc_bytes", "stack_inuse_bytes", "heap_sys_bytes"])
            Add($"go_memstats_{name}", new Wandering(4e6, 6e5, 0, 8));
        foreach (var (name, rate) in ((string, double)[])[("alloc_bytes_total", 60_000), ("mallocs_total", 700), ("frees_total", 700)]) Add($"go_memstats_{name}", new WholeCounter(rate * 1e6, rate));
        foreach (string name in (string[])["go_goroutines", "go_threads", "process_open_fds"]) Add(name, new Stepping(9, 1, 30));
        foreach (string quantile in (string[])["0", "0.25", "0.5", "0.75", "1"]) Add("go_gc_duration_seconds", new Stepping(0.000035, 0.000001, 30), ("quantile", quantile));
        Add("process_cpu_seconds_total", new DecimalCounter(5000, 0.003, 2));
        Add("process_resident_memory_bytes", new Wandering(2.2e7, 2e5, 0, 4096));
        for (int i = 0; _series.Count < SeriesPerHost; i++) Add("node_constant_info", new Constant(i % 3), ("number", $"{i}"));
        _series.RemoveRange(SeriesPerHost, _series.Count - SeriesPerHost);
        // In no particular order, so that a part of a host is a fair sample of it.
        var shuffle = new Random(1);
        for (int i = _series.Count - 1; i > 0; i--)
        {
            int other = shuffle.Next(i + 1);
            (_series[i], _series[other]) = (_series[other], _series[i]);
        }
    }

    private static readonly string[] Collectors =
    [
        "arp", "bcache", "bonding", "btrfs", "conntrack", "cpu", "cpufreq", "diskstats", "dmi", "edac", "entropy", "fibrechannel", "filefd", "filesystem", "hwmon", "infiniband", "ipvs", "loadavg", "mdadm",
        "meminfo", "netclass", "netdev", "netstat", "nfs", "nfsd", "nvme", "os", "powersupplyclass", "pressure", "rapl", "schedstat", "selinux", "sockstat", "softnet", "stat", "tapestats", "textfile",
        "thermal_zone", "time", "timex", "udp_queues", "uname", "vmstat", "xfs", "zfs",
    ];

    private void Add(string name, Signal signal, params ReadOnlySpan<(string Name, string Value)> labels) =>
        _series.Add((Labels.Of(name, [("instance", _instance), ("job", "node"), ("service", "node"), .. labels]), signal));
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headroom.Load.Transports.Epoll;

/// <summary>
/// The Linux calls of the transport. They take only numbers and memory that does not move, so that nothing is marshalled. Errors
/// are the negative of errno.
/// </summary>
internal static unsafe partial class Native
{
    public const int AddressFamilyInet = 2;
    public const int AddressFamilyInet6 = 10;

    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int NotImplemented = 38;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int ConnectionReset = 104;
    public const int ConnectionTimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int InProgress = 115;

    public const uint In = 0x001;
    public const uint Out = 0x004;
    public const uint Error = 0x008;
    public const uint HangUp = 0x010;
    public const uint PeerHangUp = 0x2000;

    public const int Add = 1;
    public const int Modify = 3;

    private const int Stream = 1;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int NoSignal = 0x4000;

    /// <summary>
    /// Bytes from one <c>epoll_event</c> to the next, and of its data within it: the kernel packs it on x86-64 alone, so that 32-bit programs
    /// there see the same layout (include/uapi/linux/eventpoll.h).
    /// </summary>
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    /// <inheritdoc cref="EventSize"/>
    public static readonly int EventDataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    public static int NewSocket(int family) => Result(socket(family, Stream | NonBlocking | CloseOnExec, 0));

    public static int Connect(int fd, byte* address, int length) => Result(connect(fd, address, length));

    public static int NewEpoll() => Result(epoll_create1(CloseOnExec));

    public static int Control(int epoll, int operation, int fd, uint events, ulong data)
    {
        byte* e = stackalloc byte[16];
        *(uint*)e = events;
        *(ulong*)(e + EventDataOffset) = data;
        return Result(epoll_ctl(epoll, operation, fd, e));
    }

    /// <summary>Waits for events, for at most some nanoseconds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Wait(int epoll, byte* events, int most, long nanoseconds)
    {
        Timespec timeout = new(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
        // By number, the same on all architectures: the C library knows the name only from glibc 2.35 on.
        const nint EpollPwait2 = 441;
        return Result((int)syscall(EpollPwait2, epoll, (nint)events, most, (nint)(&timeout), 0, 0));
    }

    /// <summary>The same for kernels before 5.11, in whole milliseconds.</summary>
    public static int WaitMilliseconds(int epoll, byte* events, int most, int milliseconds) => Result(epoll_wait(epoll, events, most, milliseconds));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Send(int fd, byte* data, nint length)
    {
        nint sent = send(fd, data, length, NoSignal);
        return sent >= 0 ? sent : -Marshal.GetLastSystemError();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Receive(int fd, byte* data, nint length)
    {
        nint read = recv(fd, data, length, 0);
        return read >= 0 ? read : -Marshal.GetLastSystemError();
    }

    public static void Close(int fd) => _ = close(fd);

    /// <summary>What became of a connection under way: 0, or the negative of errno.</summary>
    public static int PendingError(int fd)
    {
        int error = 0, length = sizeof(int);
        return getsockopt(fd, 1, 4, &error, &length) < 0 ? -Marshal.GetLastSystemError() : -error;
    }

    /// <summary>Sends small pieces at once (TCP_NODELAY).</summary>
    public static void NoDelay(int fd)
    {
        int one = 1;
        _ = setsockopt(fd, 6, 1, &one, sizeof(int));
    }

    /// <summary>Keeps this thread on one processor, and wakes it to the nanosecond instead of within 50 µs.</summary>
    public static void Pin(int? processor)
    {
        if (processor is { } cpu)
        {
            byte* set = stackalloc byte[128];
            new Span<byte>(set, 128).Clear();
            set[cpu / 8] = (byte)(1 << (cpu % 8));
            _ = sched_setaffinity(0, 128, set);
        }
        const int SetTimerSlack = 29;
        _ = prctl(SetTimerSlack, 1, 0, 0, 0);
    }

    /// <summary>The processors this process may run on.</summary>
    public static int[] AllowedProcessors()
    {
        byte* set = stackalloc byte[128];
        new Span<byte>(set, 128).Clear();
        if (sched_getaffinity(0, 128, set) < 0) return [];
        var processors = new List<int>();
        for (int i = 0; i < 1024; i++)
            if ((set[i / 8] & (1 << (i % 8))) != 0)
                processors.Add(i);
        return [.. processors];
    }

    /// <summary>CPU time of the calling thread, in nanoseconds.</summary>
    public static long ThreadCpuTime()
    {
        Timespec time;
        const int ThreadCpuClock = 3;
        return clock_gettime(ThreadCpuClock, &time) < 0 ? 0 : time.Seconds * 1_000_000_000 + time.Nanoseconds;
    }

    private static int Result(int value) => value >= 0 ? value : -Marshal.GetLastSystemError();

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec(long seconds, long nanoseconds)
    {
        public readonly long Seconds = seconds;
        public readonly long Nanoseconds = nanoseconds;
    }

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int connect(int fd, byte* address, int length);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int epoll_ctl(int epoll, int operation, int fd, byte* e);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint syscall(nint number, nint epoll, nint events, nint most, nint timeout, nint mask, nint maskSize);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int epoll_wait(int epoll, byte* events, int most, int milliseconds);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint send(int fd, byte* data, nint length, int flags);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint recv(int fd, byte* data, nint length, int flags);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int close(int fd);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int getsockopt(int fd, int level, int option, int* value, int* length);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int setsockopt(int fd, int level, int option, int* value, int length);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int sched_setaffinity(int thread, nint size, byte* set);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int sched_getaffinity(int thread, nint size, byte* set);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int clock_gettime(int clock, Timespec* time);
}

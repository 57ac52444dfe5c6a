using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Streaming.Ingest.Kafka;

/// <summary>
/// Finds the native part of the Kafka client. In a usual build it comes with its package and the client finds it by itself. In a build with
/// <c>UseSystemLibrdkafka</c> it is the system's: loaded through a small library of three functions that versions before 2.1 lack
/// (<c>librdkafka-streaming.so</c>, next to the program), else directly.
/// </summary>
public static class NativeLibrdkafka
{
#if USE_SYSTEM_LIBRDKAFKA
    private static readonly string[] Candidates = [Path.Combine(AppContext.BaseDirectory, "librdkafka-streaming.so"), "librdkafka.so.1"];
#endif
    private static readonly Lock Gate = new();
    private static bool _registered;

    /// <summary>Version of the native library, as <c>2.12.0</c>.</summary>
    /// <exception cref="DllNotFoundException">There is none.</exception>
    public static string Version
    {
        get
        {
            Register(null);
            return Library.VersionString;
        }
    }

    /// <summary>Whether the native library can be loaded.</summary>
    public static bool IsAvailable
    {
        get
        {
            try
            {
                return Version.Length > 0;
            }
            catch (Exception e) when (e is DllNotFoundException or InvalidOperationException or BadImageFormatException)
            {
                return false;
            }
        }
    }

    /// <summary>The loaded native library, for functions that the client does not wrap; to be asked for where there is one (<see cref="IsAvailable"/>).</summary>
    internal static nint Handle
    {
        get
        {
#if USE_SYSTEM_LIBRDKAFKA
            return Load(Candidates);
#else
            return NativeLibrary.Load("librdkafka", typeof(Library).Assembly, null);
#endif
        }
    }

    /// <summary>Says where the native library is; to be called before the client is first used. Only the first call counts.</summary>
    /// <param name="path">The library's path; null: see the class.</param>
    public static void Register(string? path)
    {
        lock (Gate)
        {
            if (_registered) return;
            _registered = true;
#if USE_SYSTEM_LIBRDKAFKA
            string[] candidates = path is null ? Candidates : [path];
            NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, (name, assembly, search) => name == "librdkafka" ? Load(candidates) : 0);
#else
            if (path is not null) Library.Load(path);
#endif
        }
    }

#if USE_SYSTEM_LIBRDKAFKA
    private static nint Load(string[] candidates)
    {
        foreach (string candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out nint handle)) return handle;
        }

        return 0;
    }
#endif
}

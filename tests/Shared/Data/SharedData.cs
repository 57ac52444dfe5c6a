namespace Streaming.Shared.Data;

/// <summary>
/// Real logs and golden values live outside the repository, in <c>../shared</c> or in the folders that STREAMING_DATA and STREAMING_GOLDEN name. A test that
/// needs one is skipped, with its reason, where it is absent.
/// </summary>
public static class SharedData
{
    /// <summary>Root of the repository: the folder with Streaming.sln above the test's binaries.</summary>
    public static string Root { get; } = FindRoot();

    public static string? Log(string path) => Find("STREAMING_DATA", "data", path);

    public static string? Golden(string path) => Find("STREAMING_GOLDEN", "golden", path);

    private static string? Find(string variable, string folder, string path)
    {
        string root = Environment.GetEnvironmentVariable(variable) ?? Path.Combine(Root, "..", "shared", folder);
        string full = Path.GetFullPath(Path.Combine(root, path));
        return File.Exists(full) ? full : null;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? d = new(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "Streaming.sln"))) return d.FullName;
        }

        throw new InvalidOperationException($"No Streaming.sln above {AppContext.BaseDirectory}.");
    }
}

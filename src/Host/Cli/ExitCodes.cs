namespace Streaming.Host.Cli;

/// <summary>What the process says when it ends. Other programs rely on these.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The command line cannot be understood, or names something that does not exist.</summary>
    public const int Usage = 2;

    /// <summary>More records are bad than <c>Source:MaxBadRatio</c> allows, or a line of the standard input cannot be read.</summary>
    public const int BadRecords = 65;

    /// <summary>No broker of the source could be reached at the start.</summary>
    public const int BrokerUnreachable = 69;

    /// <summary>A fault of the engine itself, or of its build; a stack trace is printed.</summary>
    public const int InternalFault = 70;

    /// <summary>A file cannot be read or written, a port cannot be listened on, a log has changed since the snapshot, or there are snapshots but none is valid.</summary>
    public const int InputOutput = 74;

    /// <summary>The configuration has mistakes, all of which are printed, or the snapshot does not fit it.</summary>
    public const int Configuration = 78;

    /// <summary>Ended by SIGINT (Ctrl-C), in good order: with a snapshot where snapshots are made. A second one ends it at once.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM, as by SIGINT.</summary>
    public const int Terminated = 143;
}

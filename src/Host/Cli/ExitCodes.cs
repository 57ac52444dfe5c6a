namespace Streaming.Host.Cli;

/// <summary>What the process says when it ends. Other programs rely on these.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Usage = 2;
    public const int BadRecords = 65;
    public const int InternalFault = 70;
    public const int InputOutput = 74;
    public const int Configuration = 78;
    public const int Interrupted = 130;
    public const int Terminated = 143;
}

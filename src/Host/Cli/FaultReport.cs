using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;

namespace Streaming.Host.Cli;

/// <summary>Turns what went wrong into a message for people and an exit code for programs.</summary>
internal static class FaultReport
{
    /// <summary>Prints the message and gives the code. Only a fault of the engine itself prints a stack trace.</summary>
    public static int Print(Exception exception, TextWriter error)
    {
        switch (exception)
        {
            case ConfigurationException configuration:
                error.WriteLine(configuration.Mistakes.Count == 1 ? "configuration mistake:" : $"{configuration.Mistakes.Count} configuration mistakes:");
                foreach (ConfigurationMistake mistake in configuration.Mistakes) error.WriteLine($"  {mistake}");
                return ExitCodes.Configuration;
            case UsageException:
                error.WriteLine(exception.Message);
                return ExitCodes.Usage;
            case PipelineFaultException { InnerException: BadRecordsException or SourceException or ConfigurationException } fault:
                return Print(fault.InnerException!, error);
            case BrokerUnreachableException:
                error.WriteLine(exception.Message);
                return ExitCodes.BrokerUnreachable;
            case PipelineFaultException { InnerException: IOException or UnauthorizedAccessException } fault:
                error.WriteLine(fault.Message);
                return ExitCodes.InputOutput;
            case System.Text.DecoderFallbackException:
                error.WriteLine("the standard input is not UTF-8");
                return ExitCodes.BadRecords;
            case BadRecordsException:
                error.WriteLine(exception.Message);
                return ExitCodes.BadRecords;
            case StateMismatchException:
                error.WriteLine($"the snapshot does not fit the configuration: {exception.Message}");
                return ExitCodes.Configuration;
            case IOException or UnauthorizedAccessException:
                error.WriteLine(exception.Message);
                return ExitCodes.InputOutput;
            default:
                error.WriteLine($"internal fault: {exception.Message}");
                error.WriteLine(exception.ToString());
                return ExitCodes.InternalFault;
        }
    }
}

/// <summary>The command line names something that does not exist. Ends the process with 2.</summary>
internal sealed class UsageException(string message) : Exception(message);

using System.CommandLine;
using Streaming.Host.Cli;

// The command line (other programs rely on it): DESIGN and README have it whole.
RootCommand root = new("Streaming, online-learning recommender engine: replays logs of what users do, learns from each event, and says how well it does.")
{
    ReplayCommand.Create(),
    EvaluateCommand.Create(),
    RunCommand.Create(),
    ForgetCommand.Create(),
    TopkCommand.Create(),
    ExportCommand.Create(),
    PlanCommand.Create(),
    ValidateCommand.Create(),
    GenerateCommand.Create(),
    DetectCommand.Create(),
    SketchCommand.Create(),
    ListCommand.Create(),
};

ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null }); // an @ in front of a word is part of it
if (parsed.Errors.Count > 0)
{
    foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors) Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("'streaming --help' shows the commands and 'streaming COMMAND --help' their options.");
    return ExitCodes.Usage;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (IOException e) when (StandardOutput.IsClosed(e))
{
    return ExitCodes.Done;
}
catch (Exception e)
{
    return FaultReport.Print(e, Console.Error);
}

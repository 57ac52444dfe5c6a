namespace Streaming.Operators.Models;

/// <summary>Options of a learner whose users and items earn their rows.</summary>
internal interface IAdmittingOptions
{
    /// <summary>How they do.</summary>
    AdmissionOptions Admission { get; }
}

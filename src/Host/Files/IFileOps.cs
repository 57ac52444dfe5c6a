namespace Streaming.Host.Files;

/// <summary>The operations on files that durable changes are made of, one by one, so that tests can stop between any two of them as a crash would.</summary>
/// <remarks>Every method throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> where the operating system refuses.</remarks>
internal interface IFileOps
{
    /// <summary>Whether there is such a folder.</summary>
    bool FolderExists(string folder);

    /// <summary>Makes a folder, and those above it.</summary>
    void CreateFolder(string folder);

    /// <summary>Full names of the files in a folder, in no order.</summary>
    IEnumerable<string> Files(string folder);

    /// <summary>A new file to write to, which can seek; empties one that is there.</summary>
    Stream Create(string path);

    /// <summary>Puts what was written on the disk.</summary>
    void Sync(Stream file);

    /// <summary>Gives a file another name, in one step, in place of a file that has it.</summary>
    void Rename(string from, string to);

    /// <summary>Puts new names, renames and deletions in a folder on the disk.</summary>
    void SyncFolder(string folder);

    /// <summary>Deletes a file, if it is there.</summary>
    void Delete(string path);

    /// <summary>A file to read, which can seek.</summary>
    Stream OpenRead(string path);
}

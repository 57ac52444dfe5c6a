using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Streaming.Architecture.Tests;

/// <summary>Which types and members the code of an assembly refers to, read from its metadata and method bodies: what the compiler saw, not what the text says.</summary>
internal static class IlReferences
{
    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(o => (int)(ushort)o.Value);

    /// <summary>Pairs of (type in the assembly, full name of a type or <c>Type::Member</c> it refers to).</summary>
    public static ISet<(string From, string To)> Of(string assemblyPath)
    {
        using FileStream file = File.OpenRead(assemblyPath);
        using PEReader pe = new(file);
        MetadataReader metadata = pe.GetMetadataReader();
        HashSet<(string, string)> found = [];
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            string from = OuterName(metadata, handle);
            void Add(string to) => found.Add((from, to));
            if (!type.BaseType.IsNil) AddHandle(metadata, type.BaseType, Add);
            foreach (InterfaceImplementationHandle i in type.GetInterfaceImplementations()) AddHandle(metadata, metadata.GetInterfaceImplementation(i).Interface, Add);
            foreach (FieldDefinitionHandle f in type.GetFields()) metadata.GetFieldDefinition(f).DecodeSignature(new Collector(Add), null);
            foreach (MethodDefinitionHandle m in type.GetMethods())
            {
                MethodDefinition method = metadata.GetMethodDefinition(m);
                method.DecodeSignature(new Collector(Add), null);
                if (method.RelativeVirtualAddress != 0) AddBody(metadata, pe.GetMethodBody(method.RelativeVirtualAddress), Add);
            }
        }

        return found;
    }

    /// <summary>Types and members of a public or protected signature, as the ones above.</summary>
    public static ISet<(string From, string To)> PublicSignatures(string assemblyPath)
    {
        using FileStream file = File.OpenRead(assemblyPath);
        using PEReader pe = new(file);
        MetadataReader metadata = pe.GetMetadataReader();
        HashSet<(string, string)> found = [];
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            if ((type.Attributes & System.Reflection.TypeAttributes.VisibilityMask) is not (System.Reflection.TypeAttributes.Public or System.Reflection.TypeAttributes.NestedPublic)) continue;
            string from = OuterName(metadata, handle);
            foreach (MethodDefinitionHandle m in type.GetMethods())
            {
                MethodDefinition method = metadata.GetMethodDefinition(m);
                if ((method.Attributes & System.Reflection.MethodAttributes.MemberAccessMask) is System.Reflection.MethodAttributes.Public or System.Reflection.MethodAttributes.Family)
                    method.DecodeSignature(new Collector(to => found.Add((from, to))), null);
            }
        }

        return found;
    }

    private static void AddBody(MetadataReader metadata, MethodBodyBlock body, Action<string> add)
    {
        if (!body.LocalSignature.IsNil) metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(new Collector(add), null);
        BlobReader il = body.GetILReader();
        while (il.RemainingBytes > 0)
        {
            int value = il.ReadByte();
            if (value == 0xFE) value = 0xFE00 | il.ReadByte();
            switch (OpCodesByValue[value].OperandType)
            {
                case OperandType.InlineNone: break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar: il.Offset += 1; break;
                case OperandType.InlineVar: il.Offset += 2; break;
                case OperandType.InlineI8 or OperandType.InlineR: il.Offset += 8; break;
                case OperandType.InlineSwitch:
                    int targets = il.ReadInt32();
                    il.Offset += 4 * targets;
                    break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    AddHandle(metadata, MetadataTokens.EntityHandle(il.ReadInt32()), add);
                    break;
                default: il.Offset += 4; break;
            }
        }
    }

    private static void AddHandle(MetadataReader metadata, EntityHandle handle, Action<string> add)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeReference: add(Name(metadata, (TypeReferenceHandle)handle)); break;
            case HandleKind.TypeDefinition: add(OuterName(metadata, (TypeDefinitionHandle)handle)); break;
            case HandleKind.TypeSpecification: metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(new Collector(add), null); break;
            case HandleKind.MethodSpecification:
                MethodSpecification spec = metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                spec.DecodeSignature(new Collector(add), null);
                AddHandle(metadata, spec.Method, add);
                break;
            case HandleKind.MethodDefinition: add(OuterName(metadata, metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType())); break;
            case HandleKind.FieldDefinition: add(OuterName(metadata, metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType())); break;
            case HandleKind.MemberReference:
                MemberReference member = metadata.GetMemberReference((MemberReferenceHandle)handle);
                AddHandle(metadata, member.Parent, add);
                if (member.Parent.Kind == HandleKind.TypeReference) add($"{Name(metadata, (TypeReferenceHandle)member.Parent)}::{metadata.GetString(member.Name)}");
                break;
        }
    }

    private static string Name(MetadataReader metadata, TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        string name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? Name(metadata, (TypeReferenceHandle)type.ResolutionScope)
            : $"{metadata.GetString(type.Namespace)}.{name}";
    }

    /// <summary>Full name of the outermost type: closures and nested types count as the type they are in.</summary>
    private static string OuterName(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        return type.GetDeclaringType().IsNil ? $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}" : OuterName(metadata, type.GetDeclaringType());
    }

    private sealed class Collector(Action<string> add) : ISignatureTypeProvider<int, object?>
    {
        public int GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            add(Name(reader, handle));
            return 0;
        }

        public int GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            add(OuterName(reader, handle));
            return 0;
        }

        public int GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public int GetPrimitiveType(PrimitiveTypeCode typeCode) => 0;

        public int GetSZArrayType(int elementType) => 0;

        public int GetArrayType(int elementType, ArrayShape shape) => 0;

        public int GetByReferenceType(int elementType) => 0;

        public int GetPointerType(int elementType) => 0;

        public int GetPinnedType(int elementType) => 0;

        public int GetModifiedType(int modifier, int unmodifiedType, bool isRequired) => 0;

        public int GetFunctionPointerType(MethodSignature<int> signature) => 0;

        public int GetGenericInstantiation(int genericType, ImmutableArray<int> typeArguments) => 0;

        public int GetGenericMethodParameter(object? genericContext, int index) => 0;

        public int GetGenericTypeParameter(object? genericContext, int index) => 0;
    }
}

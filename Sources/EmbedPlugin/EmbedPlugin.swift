import PackagePlugin

/// Turns the real files in a target's `Assets` folder into string literals that are compiled into the binary.
@main
struct EmbedPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        guard let target = target as? SourceModuleTarget else { return [] }
        let folder = target.directoryURL.appending(path: "Assets").path + "/"
        let inputs = target.sourceFiles.map(\.url).filter { $0.path.hasPrefix(folder) }
            .sorted { $0.path < $1.path }
        guard !inputs.isEmpty else { return [] }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedAssets.swift")
        // Every file is named: adding or removing one changes the command, editing one changes an input.
        return [
            .buildCommand(
                displayName: "Embedding the assets of \(target.name)",
                executable: try context.tool(named: "EmbedTool").url,
                arguments: [output.path, folder] + inputs.map { String($0.path.dropFirst(folder.count)) },
                inputFiles: inputs,
                outputFiles: [output])
        ]
    }
}

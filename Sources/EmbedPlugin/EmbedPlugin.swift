import PackagePlugin

/// Turns the real files in a target's `Assets` folder (and, for the executable, the demo's fixtures) into string
/// literals that are compiled into the binary.
@main
struct EmbedPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
        guard let target = target as? SourceModuleTarget else { return [] }
        let assets = target.directoryURL.appending(path: "Assets")
        let output = context.pluginWorkDirectoryURL.appending(path: "Assets.swift")
        let inputs = target.sourceFiles(withSuffix: "").map(\.url).filter { $0.path.contains("/Assets/") }
        guard !inputs.isEmpty else { return [] }
        return [
            .buildCommand(
                displayName: "Embedding the assets of \(target.name)",
                executable: try context.tool(named: "EmbedTool").url,
                arguments: [assets.path, output.path],
                inputFiles: inputs,
                outputFiles: [output])
        ]
    }
}

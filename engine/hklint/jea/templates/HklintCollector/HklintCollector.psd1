@{
    RootModule = 'HklintCollector.psm1'
    ModuleVersion = <<version>>
    GUID = '0b1c4f5e-3f5a-4e0c-9a54-6d0f2f9c7b11'
    Author = 'hklint'
    Description = 'Answers what hklint asks, as far as its allow-list goes.'
    PowerShellVersion = '5.1'
    FunctionsToExport = @('Get-HklintFact')
    CmdletsToExport = @()
    VariablesToExport = @()
    AliasesToExport = @()
}

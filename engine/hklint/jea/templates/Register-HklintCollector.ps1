#Requires -Version 5.1
#Requires -PSEdition Desktop
#Requires -RunAsAdministrator

<#
.SYNOPSIS
Registers the endpoint hklint on this computer, so that hklint can check it without an administrator.

.DESCRIPTION
Copies the module HklintCollector to the folder of modules that all users share, makes the folder for
transcripts, which only administrators can read, and registers the session configuration. What an
earlier run has put there is replaced.

WinRM restarts, which ends the remote sessions that are open on this computer. So it asks first.

.PARAMETER WhatIf
Says what would be done, and does nothing.

.PARAMETER Confirm
-Confirm:$false asks nothing, for software distribution.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param()

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$endpoint = <<endpoint>>
$group = <<group>>
$transcripts = <<transcripts>>
$source = Join-Path $PSScriptRoot 'HklintCollector'
$configuration = Join-Path $PSScriptRoot 'HklintCollector.pssc'
$modules = Join-Path $env:ProgramFiles 'WindowsPowerShell\Modules'
$installed = Join-Path $modules 'HklintCollector'

if ([System.Environment]::Is64BitOperatingSystem -and -not [System.Environment]::Is64BitProcess) {
    throw 'This is a 32-bit PowerShell, which has another Program Files. Run it in the 64-bit one.'
}
if (-not (Test-PSSessionConfigurationFile -Path $configuration)) {
    throw ($configuration + ' is no valid session configuration. Test-PSSessionConfigurationFile -Verbose says why.')
}
try {
    $account = New-Object System.Security.Principal.NTAccount $group
    [void]$account.Translate([System.Security.Principal.SecurityIdentifier])
} catch {
    throw ('This computer knows no group ' + $group + '. Create it, or run hklint jea with another --group.')
}

$what = 'register the session configuration ' + $endpoint + ' and restart WinRM, which ends open remote sessions'
if (-not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, $what)) { return }

if (Test-Path -LiteralPath $installed) {
    Remove-Item -LiteralPath $installed -Recurse -Force -Confirm:$false
}
Copy-Item -LiteralPath $source -Destination $modules -Recurse -Confirm:$false

[void](New-Item -ItemType Directory -Path $transcripts -Force -Confirm:$false)
# SYSTEM and Administrators by their SIDs: their names differ from language to language.
& icacls.exe $transcripts /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F'
if ($LASTEXITCODE -ne 0) { throw ('The permissions of ' + $transcripts + ' could not be set.') }

if (Get-PSSessionConfiguration -Name $endpoint -ErrorAction SilentlyContinue) {
    Unregister-PSSessionConfiguration -Name $endpoint -Force -NoServiceRestart
}
[void](Register-PSSessionConfiguration -Name $endpoint -Path $configuration -Force)

'Registered: ' + $endpoint + ', for ' + $group + '. WinRM has restarted.'
'Prove it from where hklint runs; the README has the command.'

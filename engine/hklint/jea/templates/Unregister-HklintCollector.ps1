#Requires -Version 5.1
#Requires -PSEdition Desktop
#Requires -RunAsAdministrator

<#
.SYNOPSIS
Removes the endpoint hklint and its module from this computer. The transcripts stay.

.DESCRIPTION
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
$transcripts = <<transcripts>>
$installed = Join-Path $env:ProgramFiles 'WindowsPowerShell\Modules\HklintCollector'

if ([System.Environment]::Is64BitOperatingSystem -and -not [System.Environment]::Is64BitProcess) {
    throw 'This is a 32-bit PowerShell, which has another Program Files. Run it in the 64-bit one.'
}

$what = 'remove the session configuration ' + $endpoint + ' and restart WinRM, which ends open remote sessions'
if (-not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, $what)) { return }

if (Get-PSSessionConfiguration -Name $endpoint -ErrorAction SilentlyContinue) {
    Unregister-PSSessionConfiguration -Name $endpoint -Force
}
if (Test-Path -LiteralPath $installed) {
    Remove-Item -LiteralPath $installed -Recurse -Force -Confirm:$false
}

'Removed: ' + $endpoint + '. The transcripts are still in ' + $transcripts + '.'

#Requires -Version 5.1
#Requires -RunAsAdministrator

# Makes the changes that hklint derived.
# Hosts: EX01
# Facts of 2026-03-04T05:06:07Z; policies: exchange-store-addins 1.0.0
# It changes nothing, either, if a key that was not there holds something else now.
#
# It first looks at every value. If one is neither as it was nor as it is to become, or can't be
# read, it says so and changes nothing (exit code 2).
#   -WhatIf     shows each change and makes none.
#   -Confirm    asks before each change.
# Exit code: 0 done, 1 a value could not be changed or was declined, 2 refused.

[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
param()

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

# ---- What is changed: $null means that there is no such value --------------------------------

$changes = @(
    # Rules: exchange-store-addins: dotnet-inherits-schannel[view=32-bit]
    @{
        Hive = 'HKLM'; View = '32-bit'
        Key = 'SOFTWARE\Microsoft\.NETFramework\v4.0.30319'
        Name = 'SystemDefaultTlsVersions'
        Was = $null
        Becomes = @{ Type = 'REG_DWORD'; Data = '0x00000001' }
    }
    # Rules: exchange-store-addins: dotnet-inherits-schannel[view=64-bit], exchange-store-addins: dotnet-offers-tls-1.2
    @{
        Hive = 'HKLM'; View = '64-bit'
        Key = 'SOFTWARE\Microsoft\.NETFramework\v4.0.30319'
        Name = 'SystemDefaultTlsVersions'
        Was = $null
        Becomes = @{ Type = 'REG_DWORD'; Data = '0x00000001' }
    }
    # Rules: exchange-store-addins: tls-1.2-client-usable, exchange-store-addins: dotnet-offers-tls-1.2, exchange-store-addins: schannel-values-explicit[role=Client,value=DisabledByDefault]
    @{
        Hive = 'HKLM'; View = '64-bit'
        Key = 'SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client'
        Name = 'DisabledByDefault'
        Was = $null
        Becomes = @{ Type = 'REG_DWORD'; Data = '0x00000000' }
    }
    # Rules: exchange-store-addins: tls-1.2-client-usable, exchange-store-addins: dotnet-offers-tls-1.2
    @{
        Hive = 'HKLM'; View = '64-bit'
        Key = 'SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client'
        Name = 'Enabled'
        Was = @{ Type = 'REG_DWORD'; Data = '0x00000000' }
        Becomes = @{ Type = 'REG_DWORD'; Data = '0x00000001' }
    }
    # Rules: exchange-store-addins: tls-1.2-server-usable, exchange-store-addins: schannel-values-explicit[role=Server,value=DisabledByDefault]
    @{
        Hive = 'HKLM'; View = '64-bit'
        Key = 'SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Server'
        Name = 'DisabledByDefault'
        Was = $null
        Becomes = @{ Type = 'REG_DWORD'; Data = '0x00000000' }
    }
    # Rules: exchange-store-addins: tls-1.2-server-usable
    @{
        Hive = 'HKLM'; View = '64-bit'
        Key = 'SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Server'
        Name = 'Enabled'
        Was = @{ Type = 'REG_DWORD'; Data = '0x00000000' }
        Becomes = @{ Type = 'REG_DWORD'; Data = '0x00000001' }
    }
)
$newKeys = @(
    @{ Hive = 'HKLM'; View = '32-bit'; Key = 'SOFTWARE\Microsoft\.NETFramework\v4.0.30319' }
)
$takesBack = $false
$about = 'The fix was derived for EX01.'
$refusal = 'This computer is not as it was when its facts were read. Nothing was changed. Take a new snapshot and derive the fix again.'
$halfWay = 'rollback.ps1 takes back what was changed so far.'
$ending = 'Restart the computer, once: until then nothing changes.'

# ---- How: from here on this file is the same for every fix -----------------------------------

$hives = @{
    HKLM = [Microsoft.Win32.RegistryHive]::LocalMachine
    HKCU = [Microsoft.Win32.RegistryHive]::CurrentUser
    HKCR = [Microsoft.Win32.RegistryHive]::ClassesRoot
    HKU  = [Microsoft.Win32.RegistryHive]::Users
    HKCC = [Microsoft.Win32.RegistryHive]::CurrentConfig
}
# The view is named, so that a 32-bit PowerShell reaches the same keys.
$views = @{
    '64-bit' = [Microsoft.Win32.RegistryView]::Registry64
    '32-bit' = [Microsoft.Win32.RegistryView]::Registry32
}
# What .NET calls the types, and the class of well-formed data. Other types are refused.
$types = @{
    REG_NONE      = @([Microsoft.Win32.RegistryValueKind]::None, [byte[]])
    REG_SZ        = @([Microsoft.Win32.RegistryValueKind]::String, [string])
    REG_EXPAND_SZ = @([Microsoft.Win32.RegistryValueKind]::ExpandString, [string])
    REG_BINARY    = @([Microsoft.Win32.RegistryValueKind]::Binary, [byte[]])
    REG_DWORD     = @([Microsoft.Win32.RegistryValueKind]::DWord, [int])
    REG_MULTI_SZ  = @([Microsoft.Win32.RegistryValueKind]::MultiString, [string[]])
    REG_QWORD     = @([Microsoft.Win32.RegistryValueKind]::QWord, [long])
}

# Names compare as Windows compares them: without regard to case, in no language.
function Test-Listed($Names, [string]$Name) {
    foreach ($item in $Names) {
        if ([string]::Equals($item, $Name, [System.StringComparison]::OrdinalIgnoreCase)) { return $true }
    }
    $false
}

function Get-KeyText($Place) {
    '{0}\{1} [{2}]' -f $Place.Hive, $Place.Key, $Place.View
}

function Get-ValueText($Place, [string]$Name) {
    if ($Name.Length -eq 0) { $Name = '(default)' }
    '{0}: {1}' -f (Get-KeyText $Place), $Name
}

# Text of the registry could move the cursor of the console.
function Get-Shown([string]$Text) {
    [regex]::Replace($Text, '[\p{C}\p{Zl}\p{Zp}]', '?')
}

function Get-StateText($State) {
    if ($null -eq $State) { return 'absent' }
    '{0} {1}' -f $State.Type, (@($State.Data) -join ', ')
}

function Open-Root($Place) {
    [Microsoft.Win32.RegistryKey]::OpenBaseKey($hives[$Place.Hive], $views[$Place.View])
}

# Nothing for a key that is not there. OpenSubKey gives $null for other troubles, too: only a parent
# that does not list the next name proves that the key is absent.
function Open-Key($Root, [string]$Path) {
    $key = $Root.OpenSubKey($Path)
    if ($null -ne $key) { return $key }
    $above = $Root
    foreach ($part in $Path.Split('\')) {
        if (-not (Test-Listed ($above.GetSubKeyNames()) $part)) { return $null }
        $above = $above.OpenSubKey($part)
        if ($null -eq $above) { break }
    }
    throw 'The key is there, but it cannot be opened.'
}

# The data as they stand in the list above: numbers and bytes in hex digits.
function ConvertFrom-Stored($Kind, $Data) {
    foreach ($type in $types.Keys) {
        if ($types[$type][0] -ne $Kind) { continue }
        if ($Data -isnot $types[$type][1]) { throw ('Its data are not those of a ' + $type + '.') }
        $text = $Data
        if ($Data -is [int]) {
            $text = '0x{0:x8}' -f $Data
        } elseif ($Data -is [long]) {
            $text = '0x{0:x16}' -f $Data
        } elseif ($Data -is [byte[]]) {
            $text = [System.BitConverter]::ToString($Data).Replace('-', '').ToLowerInvariant()
        }
        return @{ Type = $type; Data = $text }
    }
    throw ('It has a type that is not read here: ' + $Kind)
}

# The way back. .NET takes signed numbers: base 16 gives those of the same bits.
function ConvertTo-Stored($State) {
    $data = $State.Data
    if ($State.Type -ceq 'REG_DWORD') {
        $data = [System.Convert]::ToInt32($State.Data, 16)
    } elseif ($State.Type -ceq 'REG_QWORD') {
        $data = [System.Convert]::ToInt64($State.Data, 16)
    } elseif ($State.Type -ceq 'REG_MULTI_SZ') {
        $data = [string[]]@($State.Data)
    } elseif ($State.Type -ceq 'REG_BINARY' -or $State.Type -ceq 'REG_NONE') {
        $data = [byte[]]::new([int]($State.Data.Length / 2))
        for ($at = 0; $at -lt $data.Length; $at++) {
            $data[$at] = [System.Convert]::ToByte($State.Data.Substring(2 * $at, 2), 16)
        }
    }
    @{ Kind = $types[$State.Type][0]; Data = $data }
}

# What stands there, unexpanded; $null where there is no such value.
function Read-Value($Place) {
    $key = $null
    $root = Open-Root $Place
    try {
        $key = Open-Key $root $Place.Key
        if ($null -eq $key -or -not (Test-Listed ($key.GetValueNames()) $Place.Name)) { return $null }
        $asStored = [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames
        $data = $key.GetValue($Place.Name, $null, $asStored)
        ConvertFrom-Stored ($key.GetValueKind($Place.Name)) $data
    } finally {
        if ($null -ne $key) { $key.Close() }
        $root.Close()
    }
}

# Type and data, letter by letter.
function Test-State($One, $Other) {
    if ($null -eq $One -or $null -eq $Other) { return ($null -eq $One -and $null -eq $Other) }
    $ones = @($One.Type) + @($One.Data)
    $others = @($Other.Type) + @($Other.Data)
    if ($ones.Count -ne $others.Count) { return $false }
    for ($at = 0; $at -lt $ones.Count; $at++) {
        $same = [string]::Equals($ones[$at], $others[$at], [System.StringComparison]::Ordinal)
        if (-not $same) { return $false }
    }
    $true
}

# What a key holds that is none of the values and keys of this script.
function Get-Foreign($Place) {
    $key = $null
    $root = Open-Root $Place
    try {
        $key = Open-Key $root $Place.Key
        if ($null -eq $key) { return }
        $own = @(foreach ($item in $changes) { Get-ValueText $item $item.Name })
        foreach ($name in $key.GetValueNames()) {
            if (-not (Test-Listed $own (Get-ValueText $Place $name))) { 'the value ' + $name }
        }
        $own = @(foreach ($item in $newKeys) { Get-KeyText $item })
        foreach ($name in $key.GetSubKeyNames()) {
            $below = @{ Hive = $Place.Hive; View = $Place.View; Key = $Place.Key + '\' + $name }
            if (-not (Test-Listed $own (Get-KeyText $below))) { 'the key ' + $name }
        }
    } finally {
        if ($null -ne $key) { $key.Close() }
        $root.Close()
    }
}

# ---- 1. Is everything as it was? Nothing is changed here ------------------------------------

Write-Output ('This is {0}. {1}' -f $env:COMPUTERNAME, $about)
$differences = @()
$todo = @()
foreach ($change in $changes) {
    $where = Get-ValueText $change $change.Name
    try {
        $found = Read-Value $change
        if (Test-State $found $change.Becomes) {
            Write-Output (Get-Shown ('{0}: already {1}.' -f $where, (Get-StateText $found)))
        } elseif (Test-State $found $change.Was) {
            $todo += $change
        } else {
            $was = Get-StateText $change.Was
            $differences += '{0}: it is {1}; expected {2}.' -f $where, (Get-StateText $found), $was
        }
    } catch {
        $differences += '{0}: not read. {1}' -f $where, $_.Exception.GetBaseException().Message
    }
}
if (-not $takesBack) {
    foreach ($place in $newKeys) {
        $where = Get-KeyText $place
        try {
            foreach ($item in @(Get-Foreign $place)) {
                $differences += '{0}: there was no such key; now it holds {1}.' -f $where, $item
            }
        } catch {
            $differences += '{0}: not read. {1}' -f $where, $_.Exception.GetBaseException().Message
        }
    }
}
if ($differences.Count -gt 0) {
    foreach ($text in $differences) { Write-Warning (Get-Shown $text) }
    Write-Error -ErrorAction Continue -Message $refusal
    exit 2
}

# ---- 2. The changes ---------------------------------------------------------------------------

$where = ''
try {
    foreach ($change in $todo) {
        $where = Get-Shown (Get-ValueText $change $change.Name)
        $what = Get-Shown ('{0} -> {1}' -f (Get-StateText $change.Was), (Get-StateText $change.Becomes))
        if ($PSCmdlet.ShouldProcess($where, $what)) {
            if (-not (Test-State (Read-Value $change) $change.Was)) { throw 'It has just changed.' }
            $key = $null
            $root = Open-Root $change
            try {
                if ($null -eq $change.Becomes) {
                    $key = $root.OpenSubKey($change.Key, $true)
                    $key.DeleteValue($change.Name, $false)
                } else {
                    $key = $root.CreateSubKey($change.Key)
                    $stored = ConvertTo-Stored $change.Becomes
                    $key.SetValue($change.Name, $stored.Data, $stored.Kind)
                }
            } finally {
                if ($null -ne $key) { $key.Close() }
                $root.Close()
            }
            Write-Output ('{0}: {1}' -f $where, $what)
        }
    }
    if ($takesBack) {   # the lowest keys first
        foreach ($place in $newKeys) {
            $where = Get-Shown (Get-KeyText $place)
            $key = $null
            $root = Open-Root $place
            try {
                $key = Open-Key $root $place.Key
                if ($null -eq $key) { continue }
                $foreign = @(Get-Foreign $place)
                if ($foreign.Count -gt 0) {
                    Write-Warning (Get-Shown ('{0}: stays, because it holds {1}.' -f $where, $foreign[0]))
                } elseif ($PSCmdlet.ShouldProcess($where, 'Delete the key, which the fix made')) {
                    if ($key.ValueCount + $key.SubKeyCount -eq 0) {
                        $root.DeleteSubKey($place.Key, $false)
                        Write-Output ('{0}: deleted.' -f $where)
                    } else {
                        Write-Warning ('{0}: stays, because it is not empty.' -f $where)
                    }
                }
            } finally {
                if ($null -ne $key) { $key.Close() }
                $root.Close()
            }
        }
    }
} catch {
    $cause = $_.Exception.GetBaseException().Message
    Write-Error -ErrorAction Continue -Message ('{0}: failed. {1} {2}' -f $where, $cause, $halfWay)
    exit 1
}
if ($WhatIfPreference) {
    Write-Output 'Nothing was changed.'
    exit 0
}

# ---- 3. Is everything as it should be? --------------------------------------------------------

$wrong = 0
foreach ($change in $changes) {
    try {
        $state = Read-Value $change
        if (Test-State $state $change.Becomes) { continue }
        $found = Get-StateText $state
    } catch {
        $found = $_.Exception.GetBaseException().Message
    }
    $wrong++
    $where = Get-ValueText $change $change.Name
    Write-Warning (Get-Shown ('{0}: not as it should be: {1}' -f $where, $found))
}
if ($wrong -gt 0) {
    Write-Error -ErrorAction Continue -Message ('Values not as they should be: {0}. {1}' -f $wrong, $halfWay)
    exit 1
}
Write-Output ('All {0} values are as they should be. {1}' -f $changes.Count, $ending)
exit 0

# hklint collector, contract version 1.
#
# WHAT IT DOES: it answers the questions in $Request, a JSON text, with one JSON text.
#   registry       the values that are named there: whether they exist, their type and their data;
#   host           what this computer is: name, domain, Windows build, .NET, Exchange, last start;
#   web requests   a plain HTTPS GET to each address named there, without any credentials.
# WITH $Allowed, a JSON text that an endpoint's administrator has written, it answers only what
#   stands there; anything else is refused one by one, and neither read nor requested.
# WHAT IT CHANGES: nothing. It writes no file, no registry value, no setting and no log, loads no
#   foreign code, and never runs text from the request: names and addresses stay data. It starts
#   powershell.exe for the web requests and ends what it has started.
# WHERE IT RUNS: PowerShell 3 and newer, Windows PowerShell 5.1 and PowerShell 7. Administrator
#   rights are not needed; what the account may not read is answered as "denied" or "failed".
# The text is the same for every host and every policy; its SHA-256 stands in every report.
# It judges nothing: what an answer means is decided elsewhere.

param([string]$Request, [string]$Allowed)

# Constrained Language Mode forbids nearly everything below; this answer needs none of it.
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    '{"version":1,"error":{"code":"language-mode","message":"The endpoint is not in FullLanguage mode."}}'
    return
}
$needed = @('ConvertFrom-Json', 'ConvertTo-Json')
# With its module's name: a restricted endpoint has a function Get-Command of its own.
if (@(Microsoft.PowerShell.Core\Get-Command -Name $needed -ErrorAction SilentlyContinue).Count -lt 2) {
    '{"version":1,"error":{"code":"no-json","message":"ConvertFrom-Json or ConvertTo-Json is missing."}}'
    return
}

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$clock = [System.Diagnostics.Stopwatch]::StartNew()
$invariant = [System.Globalization.CultureInfo]::InvariantCulture
$largestValue = 65536       # bytes; a larger registry value is not sent
$longestMessage = 500       # characters
$startAllowance = 10        # seconds a child process may take to start, beside the request's own time
$mostChildren = 6           # child processes at a time; WinRM allows 25 processes in a shell
$allowList = $null          # what $Allowed says; null where none was given: all may be asked for

$hives = @{
    HKLM = [Microsoft.Win32.RegistryHive]::LocalMachine
    HKCU = [Microsoft.Win32.RegistryHive]::CurrentUser
    HKCR = [Microsoft.Win32.RegistryHive]::ClassesRoot
    HKU  = [Microsoft.Win32.RegistryHive]::Users
    HKCC = [Microsoft.Win32.RegistryHive]::CurrentConfig
}
$views = @{
    '64-bit' = [Microsoft.Win32.RegistryView]::Registry64
    '32-bit' = [Microsoft.Win32.RegistryView]::Registry32
}
# The kind .NET reports: the type's name, and the .NET type of well-formed data.
$valueTypes = @{
    String       = @('REG_SZ', [string])
    ExpandString = @('REG_EXPAND_SZ', [string])
    MultiString  = @('REG_MULTI_SZ', [string[]])
    DWord        = @('REG_DWORD', [int])
    QWord        = @('REG_QWORD', [long])
    Binary       = @('REG_BINARY', [byte[]])
    None         = @('REG_NONE', [byte[]])
}

# ---- Errors: always data, never the end of the run -------------------------------------------

function Get-Shortened([string]$Text) {
    $Text.Substring(0, [System.Math]::Min($longestMessage, $Text.Length))
}

# PowerShell wraps what a .NET method throws; the cause is inside.
function Get-Cause($Exception) {
    while ($Exception -is [System.Management.Automation.ExtendedTypeSystemException] -and
        $null -ne $Exception.InnerException) {
        $Exception = $Exception.InnerException
    }
    $Exception
}

function New-Failure([string]$Type, [string]$Message) {
    [ordered]@{ type = $Type; hresult = $null; message = (Get-Shortened $Message) }
}

function ConvertTo-Failure($Exception) {
    $cause = Get-Cause $Exception
    $failure = New-Failure ($cause.GetType().FullName) $cause.Message
    # .NET Framework 4.0 hides HResult.
    if ($null -ne $cause.PSObject.Properties['HResult']) { $failure['hresult'] = [int]$cause.HResult }
    $failure
}

function New-Refusal([string]$Code, [string]$Message) {
    $problem = [ordered]@{ code = $Code; message = (Get-Shortened $Message) }
    ConvertTo-Json -Compress -InputObject ([ordered]@{ version = 1; error = $problem })
}

# ---- The request: everything is checked before anything is done ------------------------------

function Confirm-Type($Value, $Type, [string]$Place) {
    if ($Value -isnot $Type) { throw ('Missing or of a wrong type: ' + $Place) }
}

function Confirm-OneOf($Value, $Allowed, [string]$Place) {
    Confirm-Type $Value ([string]) $Place
    if ($Allowed -cnotcontains $Value) { throw ('Not one of the allowed words: ' + $Place) }
}

# A request and an allow-list name registry values in the same way.
function Confirm-Registry($Keys) {
    $list = [System.Collections.IList]
    Confirm-Type $Keys $list 'registry'
    foreach ($item in $Keys) {
        Confirm-OneOf $item.hive @('HKLM', 'HKCU', 'HKCR', 'HKU', 'HKCC') 'registry hive'
        Confirm-OneOf $item.view @('64-bit', '32-bit') 'registry view'
        Confirm-Type $item.key ([string]) 'registry key'
        if ($item.key.Length -eq 0) { throw 'A registry key is empty.' }
        Confirm-Type $item.values $list 'registry values'
        foreach ($name in $item.values) { Confirm-Type $name ([string]) 'registry values' }
    }
}

function Confirm-AllowList($List) {
    Confirm-Type $List.host ([bool]) 'host'
    Confirm-Registry $List.registry
    foreach ($item in $List.registry) {
        Confirm-Type $item.names ([System.Collections.IList]) 'registry names'
        foreach ($name in $item.names) { Confirm-Type $name ([string]) 'registry names' }
    }
    Confirm-Type $List.web_requests ([System.Collections.IList]) 'web_requests'
    foreach ($uri in $List.web_requests) { Confirm-Type $uri ([string]) 'web_requests' }
}

function Confirm-Request($Asked) {
    $list = [System.Collections.IList]
    Confirm-Type $Asked.host ([bool]) 'host'
    Confirm-Registry $Asked.registry
    Confirm-Type $Asked.web_requests $list 'web_requests'
    foreach ($item in $Asked.web_requests) {
        Confirm-Type $item.uri ([string]) 'web_requests uri'
        $uri = New-Object System.Uri $item.uri
        if ($uri.Scheme -cne 'https') { throw 'Only absolute https addresses are requested.' }
        if ($uri.UserInfo.Length -gt 0) { throw 'An address with credentials is not requested.' }
        Confirm-Type $item.ways $list 'web_requests ways'
        foreach ($way in $item.ways) {
            Confirm-OneOf $way @('default', 'tls12', 'system-default') 'web_requests ways'
        }
        $seconds = $item.timeout_seconds
        if ($seconds -isnot [int]) { Confirm-Type $seconds ([long]) 'web_requests timeout_seconds' }
        if ($seconds -lt 1 -or $seconds -gt 120) { throw 'timeout_seconds is not from 1 to 120.' }
    }
}

# ---- What may be asked for -------------------------------------------------------------------

# Names compare as Windows compares them: without regard to case, in no language.
function Test-Same([string]$One, [string]$Other) {
    [string]::Equals($One, $Other, [System.StringComparison]::OrdinalIgnoreCase)
}

function Test-Listed($Names, [string]$Name) {
    foreach ($item in $Names) {
        if (Test-Same $item $Name) { return $true }
    }
    $false
}

# The entry of the allow-list for a key; nothing where there is none.
function Get-AllowedKey($Item) {
    foreach ($entry in $allowList.registry) {
        if ((Test-Same $entry.hive $Item.hive) -and (Test-Same $entry.view $Item.view) -and
            (Test-Same $entry.key $Item.key)) { return $entry }
    }
}

# Addresses compare letter by letter.
function Test-AllowedAddress([string]$Address) {
    if ($null -eq $allowList) { return $true }
    foreach ($uri in $allowList.web_requests) {
        if ([string]::Equals($uri, $Address, [System.StringComparison]::Ordinal)) { return $true }
    }
    $false
}

function New-NotAllowed {
    New-Failure 'hklint.NotAllowed' 'This is not on the allow-list of the endpoint.'
}

# ---- Registry --------------------------------------------------------------------------------

# OpenSubKey gives null for every error but "access denied". Only a parent that does not list the
# next part of the path proves that the key is absent.
function Test-KeyListed($Root, [string]$Path) {
    $parent = $Root
    foreach ($part in $Path.Split('\')) {
        if ($part.Length -eq 0) { continue }
        $names = $parent.GetSubKeyNames()
        if (-not (Test-Listed $names $part)) { return $false }
        $parent = $parent.OpenSubKey($part)
        if ($null -eq $parent) { return $true }
    }
    $true
}

function Read-Value($Key, $Stored, [string]$Name) {
    $answer = [ordered]@{ name = $Name; state = 'absent' }
    if (-not (Test-Listed $Stored $Name)) { return $answer }
    $answer['state'] = 'failed'
    try {
        $kind = [string]$Key.GetValueKind($Name)
        $asStored = [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames
        $data = $Key.GetValue($Name, $null, $asStored)
        if (-not $valueTypes.ContainsKey($kind) -or $null -eq $data) {
            $answer['error'] = New-Failure 'hklint.UnsupportedType' ('No reader for registry kind ' + $kind)
            return $answer
        }
        $type = $valueTypes[$kind][0]
        if ($data -isnot $valueTypes[$kind][1]) {
            # A DWORD or QWORD stored with a wrong number of bytes.
            $answer['state'] = 'malformed'
            $answer['type'] = $type
            $answer['error'] = New-Failure 'hklint.Malformed' ($type + ' holds ' + $data.GetType().FullName)
            return $answer
        }
        $size = 8
        if ($data -is [string]) { $size = 2 * $data.Length }
        if ($data -is [string[]]) { $size = 2 * [string]::Join(' ', $data).Length }
        if ($data -is [byte[]]) { $size = $data.Length }
        if ($size -gt $largestValue) {
            $message = $type + ' of ' + $size + ' bytes; at most ' + $largestValue + ' are sent'
            $answer['error'] = New-Failure 'hklint.TooLarge' $message
            return $answer
        }
        # .NET reads numbers as signed; the registry has unsigned ones.
        if ($data -is [int]) {
            $data = [System.BitConverter]::ToUInt32([System.BitConverter]::GetBytes($data), 0)
        } elseif ($data -is [long]) {
            $data = [System.BitConverter]::ToUInt64([System.BitConverter]::GetBytes($data), 0)
        } elseif ($data -is [byte[]]) {
            $data = [System.BitConverter]::ToString($data).Replace('-', '').ToLowerInvariant()
        }
        $answer['type'] = $type
        $answer['data'] = $data
        $answer['state'] = 'present'
    } catch {
        $answer['error'] = ConvertTo-Failure $_.Exception
    }
    $answer
}

# Of the names, those that are refused are not looked for, and the data of others not read.
function Read-Key([string]$Hive, [string]$View, [string]$Path, $Names, $Refused, $Withheld) {
    $answer = [ordered]@{ hive = $Hive; view = $View; key = $Path; state = 'absent' }
    $root = $null
    $key = $null
    try {
        $root = [Microsoft.Win32.RegistryKey]::OpenBaseKey($hives[$Hive], $views[$View])
        $key = $root.OpenSubKey($Path)
        if ($null -ne $key) {
            $stored = $key.GetValueNames()
            $answer['values'] = @(
                foreach ($name in $Names) {
                    if (Test-Listed $Refused $name) {
                        [ordered]@{ name = $name; state = 'failed'; error = (New-NotAllowed) }
                    } elseif ((Test-Listed $Withheld $name) -and (Test-Listed $stored $name)) {
                        [ordered]@{ name = $name; state = 'withheld' }
                    } else {
                        Read-Value $key $stored $name
                    }
                }
            )
            $answer['state'] = 'present'
        } elseif (Test-KeyListed $root $Path) {
            $answer['error'] = New-Failure 'hklint.NotOpened' 'The key exists but cannot be opened.'
            $answer['state'] = 'failed'
        }
    } catch {
        $cause = Get-Cause $_.Exception
        $answer['error'] = ConvertTo-Failure $cause
        $answer['state'] = 'failed'
        if ($cause -is [System.Security.SecurityException] -or
            $cause -is [System.UnauthorizedAccessException]) {
            $answer['state'] = 'denied'
        }
    } finally {
        if ($null -ne $key) { $key.Close() }
        if ($null -ne $root) { $root.Close() }
    }
    $answer
}

function Read-AskedKey($Item) {
    $refused = @()
    $withheld = @()
    if ($null -ne $allowList) {
        $entry = Get-AllowedKey $Item
        if ($null -eq $entry) {
            return [ordered]@{
                hive = $Item.hive; view = $Item.view; key = $Item.key
                state = 'failed'; error = (New-NotAllowed)
            }
        }
        $unread = @(
            foreach ($name in $Item.values) { if (-not (Test-Listed $entry.values $name)) { $name } }
        )
        $withheld = @(foreach ($name in $unread) { if (Test-Listed $entry.names $name) { $name } })
        $refused = @(foreach ($name in $unread) { if (-not (Test-Listed $withheld $name)) { $name } })
    }
    Read-Key $Item.hive $Item.view $Item.key $Item.values $refused $withheld
}

# ---- Host identity ---------------------------------------------------------------------------

function New-Field([string]$Name, $Data) {
    [ordered]@{ name = $Name; state = 'present'; data = $Data }
}

function New-FailedField([string]$Name, $Failure) {
    [ordered]@{ name = $Name; state = 'failed'; error = $Failure }
}

# A field from one value of a key that Read-Key has read.
function ConvertTo-Field([string]$Name, $Key, [string]$ValueName) {
    if ($Key.Contains('error')) { return New-FailedField $Name $Key['error'] }
    if ($Key['state'] -eq 'present') {
        foreach ($value in $Key['values']) {
            if ($value['name'] -cne $ValueName -or $value['state'] -eq 'absent') { continue }
            if ($value['state'] -ne 'present') { return New-FailedField $Name $value['error'] }
            return New-Field $Name $value['data']
        }
    }
    [ordered]@{ name = $Name; state = 'absent' }
}

# v15 is Exchange 2013 and later, v14 is Exchange 2010. Management tools alone write the key, too.
function Get-ExchangeVersion {
    $parts = @('MsiProductMajor', 'MsiProductMinor', 'MsiBuildMajor', 'MsiBuildMinor')
    $setup = $null
    foreach ($version in @('v15', 'v14')) {
        $setup = Read-Key 'HKLM' '64-bit' ('SOFTWARE\Microsoft\ExchangeServer\' + $version + '\Setup') $parts
        if ($setup['state'] -ne 'absent') { break }
    }
    $numbers = @()
    foreach ($part in $parts) {
        $field = ConvertTo-Field 'exchange_version' $setup $part
        if ($field['state'] -ne 'present') { return $field }
        $numbers += $field['data']
    }
    New-Field 'exchange_version' ([string]::Join('.', $numbers))
}

function Get-HostIdentity {
    $windows = Read-Key 'HKLM' '64-bit' 'SOFTWARE\Microsoft\Windows NT\CurrentVersion' @(
        'ProductName', 'CurrentBuildNumber', 'UBR', 'EditionID', 'InstallationType')
    $dotnet = Read-Key 'HKLM' '64-bit' 'SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full' @('Release')
    New-Field 'name' ([System.Environment]::MachineName)
    try {
        $computer = Get-CimInstance -ClassName Win32_ComputerSystem -OperationTimeoutSec 10
        $domain = [ordered]@{ name = 'domain'; state = 'absent' }
        if ($computer.PartOfDomain) { $domain = New-Field 'domain' ([string]$computer.Domain) }
        $role = New-Field 'domain_role' ([int]$computer.DomainRole)
    } catch {
        $failure = ConvertTo-Failure $_.Exception
        $domain = New-FailedField 'domain' $failure
        $role = New-FailedField 'domain_role' $failure
    }
    $domain
    $role
    ConvertTo-Field 'product' $windows 'ProductName'
    $build = ConvertTo-Field 'build' $windows 'CurrentBuildNumber'
    if ($build['state'] -eq 'present') {
        # Text in the registry, a number in the answer.
        try {
            $build['data'] = [int]::Parse($build['data'], $invariant)
        } catch {
            $build = New-FailedField 'build' (ConvertTo-Failure $_.Exception)
        }
    }
    $build
    ConvertTo-Field 'ubr' $windows 'UBR'
    ConvertTo-Field 'edition' $windows 'EditionID'
    ConvertTo-Field 'installation_type' $windows 'InstallationType'
    ConvertTo-Field 'dotnet_release' $dotnet 'Release'
    Get-ExchangeVersion
    try {
        $system = Get-CimInstance -ClassName Win32_OperatingSystem -OperationTimeoutSec 10
        New-Field 'last_boot' ($system.LastBootUpTime.ToUniversalTime().ToString('o', $invariant))
    } catch {
        New-FailedField 'last_boot' (ConvertTo-Failure $_.Exception)
    }
    New-Field 'clock' ([System.DateTime]::UtcNow.ToString('o', $invariant))
}

function Get-RefusedIdentity {
    $fields = @(
        'name', 'domain', 'domain_role', 'product', 'build', 'ubr', 'edition', 'installation_type',
        'dotnet_release', 'exchange_version', 'last_boot', 'clock')
    foreach ($field in $fields) { New-FailedField $field (New-NotAllowed) }
}

# ---- Web requests ----------------------------------------------------------------------------

# One request in one way. This block runs in a fresh powershell.exe, because the protocols which
# .NET offers and the connections it keeps belong to the process. The child gets this text on its
# command line (so it holds no double quote) and the task as JSON in the variable HKLINT_TASK.
# It gives back base64 of UTF-8 JSON, which no console code page or line width can spoil.
$probe = {
    param([string]$Task)
    Set-StrictMode -Version 3
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'

    # A property of an object, or null where it has none or cannot tell.
    function Get-Property($Object, [string]$Name) {
        try {
            $property = $Object.PSObject.Properties[$Name]
            if ($null -ne $property) { return $property.Value }
        } catch {
            return $null
        }
        $null
    }
    function Get-Number($Object, [string]$Name) {
        $value = Get-Property $Object $Name
        if ($null -eq $value) { return $null }
        [int]$value
    }

    $asked = ConvertFrom-Json -InputObject $Task
    $uri = New-Object System.Uri $asked.uri
    $edition = 'Desktop'
    if ($null -ne $PSVersionTable['PSEdition']) { $edition = [string]$PSVersionTable['PSEdition'] }
    $protocols = [ordered]@{ before = $null; during = $null }
    $found = [ordered]@{
        result = 'not-run'
        process = [ordered]@{
            name = [System.Diagnostics.Process]::GetCurrentProcess().ProcessName
            bits = 8 * [System.IntPtr]::Size
            powershell = $PSVersionTable['PSVersion'].ToString()
            edition = $edition
        }
        security_protocol = $protocols
    }
    $response = $null
    $before = $null
    $extra = @{}
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    try {
        if ($edition -ne 'Core') {
            $before = [System.Net.ServicePointManager]::SecurityProtocol
            $protocols['before'] = [int]$before
            $named = $null
            if ($asked.way -eq 'tls12') { $named = 3072 }
            if ($asked.way -eq 'system-default') { $named = 0 }
            if ($null -ne $named) {
                [System.Net.ServicePointManager]::SecurityProtocol =
                    [System.Enum]::ToObject([System.Net.SecurityProtocolType], $named)
            }
            $protocols['during'] = [int][System.Net.ServicePointManager]::SecurityProtocol
        } elseif ($asked.way -eq 'tls12') {
            # PowerShell 7 does not use ServicePointManager; its default is the system's.
            $extra['SslProtocol'] = 'Tls12'
        }
        $problems = @()
        $found['result'] = 'error'
        # A redirect is an answer, but 5.1 adds a non-terminating error: hence SilentlyContinue.
        $web = Invoke-WebRequest -Uri $uri -UseBasicParsing -TimeoutSec $asked.timeout_seconds `
            -MaximumRedirection 0 -DisableKeepAlive -ErrorAction SilentlyContinue `
            -ErrorVariable problems @extra
        if ($null -ne $web) {
            $found['result'] = 'response'
            $response = Get-Property $web 'BaseResponse'
        }
        foreach ($problem in $problems) {
            $found['error_id'] = [string](Get-Property $problem 'FullyQualifiedErrorId')
        }
    } catch {
        $exception = $_.Exception
        $found['error_id'] = [string]$_.FullyQualifiedErrorId
        $message = $exception.Message
        $found['message'] = $message.Substring(0, [System.Math]::Min(500, $message.Length))
        $response = Get-Property $exception 'Response'
        $status = Get-Property $exception 'Status'
        if ($null -eq $status) { $status = Get-Property $exception 'HttpRequestError' }
        if ($null -ne $status) { $found['status'] = [string]$status }
        $found['exceptions'] = @(
            for ($cause = $exception; $null -ne $cause; $cause = $cause.InnerException) {
                [ordered]@{
                    type = $cause.GetType().FullName
                    hresult = (Get-Number $cause 'HResult')
                    native_error = (Get-Number $cause 'NativeErrorCode')
                    socket_error = (Get-Number $cause 'SocketErrorCode')
                }
            }
        )
    } finally {
        $found['milliseconds'] = $watch.ElapsedMilliseconds
        # Matters only where the block had to run in the remoting process itself.
        if ($null -ne $before) { [System.Net.ServicePointManager]::SecurityProtocol = $before }
    }

    # 5.1 has an HttpWebResponse, 7 an HttpResponseMessage with its request.
    $found['http_status'] = Get-Number $response 'StatusCode'
    $final = Get-Property $response 'ResponseUri'
    $method = Get-Property $response 'Method'
    $sent = Get-Property $response 'RequestMessage'
    if ($null -ne $sent) {
        $final = Get-Property $sent 'RequestUri'
        $method = Get-Property $sent 'Method'
    }
    # Where a proxy answers, this is its address, which may hold a password: left out.
    if ($null -ne $final) {
        $shown = [System.UriComponents]::HttpRequestUrl
        $found['final_uri'] = $final.GetComponents($shown, [System.UriFormat]::UriEscaped)
    }
    if ($null -ne $method) { $found['method'] = [string]$method }
    try {
        # Scheme, host and port only: a proxy's address may hold a password.
        $proxy = [System.Net.WebRequest]::DefaultWebProxy.GetProxy($uri)
        if ($null -ne $proxy -and $proxy.AbsoluteUri -ne $uri.AbsoluteUri) {
            $parts = [System.UriComponents]::SchemeAndServer
            $found['proxy'] = $proxy.GetComponents($parts, [System.UriFormat]::UriEscaped)
        }
    } catch {
        $found['proxy'] = $null
    }
    $json = ConvertTo-Json -InputObject $found -Depth 5 -Compress
    [System.Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($json))
}

# Starts the child for a task (a hashtable, which is filled in). The child is Windows PowerShell
# also under PowerShell 7, since Exchange runs on .NET Framework, and has this process's bitness.
function Start-Child($Task) {
    $Task['json'] = ConvertTo-Json -Compress -InputObject ([ordered]@{
        uri = $Task['uri']; way = $Task['way']; timeout_seconds = $Task['seconds'] })
    $Task['watch'] = [System.Diagnostics.Stopwatch]::StartNew()
    $Task['started'] = [System.DateTime]::UtcNow.ToString('o', $invariant)
    $Task['process'] = $null
    $Task['killed'] = $false
    try {
        $start = New-Object System.Diagnostics.ProcessStartInfo
        $start.FileName = [System.Environment]::SystemDirectory + '\WindowsPowerShell\v1.0\powershell.exe'
        $start.Arguments = '-NoLogo -NoProfile -NonInteractive -Command "& {' + $probe.ToString() +
            '} $env:HKLINT_TASK"'
        $start.UseShellExecute = $false
        $start.CreateNoWindow = $true
        $start.RedirectStandardInput = $true
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true
        $start.EnvironmentVariables['HKLINT_TASK'] = $Task['json']
        # Module folders of PowerShell 7 would break the child; it finds its own.
        $start.EnvironmentVariables.Remove('PSModulePath')
        $Task['process'] = [System.Diagnostics.Process]::Start($start)
        $Task['output'] = $Task['process'].StandardOutput.ReadToEndAsync()
        $Task['errors'] = $Task['process'].StandardError.ReadToEndAsync()
        $Task['process'].StandardInput.Close()
    } catch {
        $cause = Get-Cause $_.Exception
        $Task['reason'] = $cause.Message
        Stop-Child $Task
        $Task['process'] = $null
        $Task['killed'] = $false
    }
}

function Stop-Child($Task) {
    if ($null -eq $Task['process'] -or $Task['process'].HasExited) { return }
    $Task['killed'] = $true
    try {
        $Task['process'].Kill()
    } catch {
        $Task['killed'] = $false    # it ended by itself in the meantime
    }
}

# Runs the children side by side; each is ended at its own deadline, all when the run is stopped.
function Invoke-Children($Tasks) {
    try {
        foreach ($task in $Tasks) { Start-Child $task }
        do {
            $running = 0
            foreach ($task in $Tasks) {
                $child = $task['process']
                if ($null -eq $child -or $task['killed'] -or $child.HasExited) { continue }
                if ($task['watch'].Elapsed.TotalSeconds -lt $task['seconds'] + $startAllowance) {
                    $running += 1
                } else {
                    Stop-Child $task
                }
            }
            if ($running -gt 0) { Start-Sleep -Milliseconds 100 }
        } while ($running -gt 0)
    } finally {
        foreach ($task in $Tasks) { Stop-Child $task }
    }
}

# What came of a task: nothing if it was refused; else of its child, which has ended, or, where none
# could be started, of the request in place.
function Get-Attempt($Task) {
    $attempt = [ordered]@{
        way = $Task['way']; result = 'not-run'; started = $Task['started']
        milliseconds = $Task['watch'].ElapsedMilliseconds; ran_in = 'child'
        process = [ordered]@{
            name = 'powershell'; bits = 8 * [System.IntPtr]::Size; powershell = ''; edition = 'Desktop'
        }
        security_protocol = [ordered]@{ before = $null; during = $null }
        proxy = $null; final_uri = $null; method = $null; http_status = $null
        status = $null; error_id = $null; exceptions = @(); message = $null
    }
    if ($Task['refused']) {
        $refusal = New-NotAllowed
        $attempt['error_id'] = $refusal['type']
        $attempt['message'] = $refusal['message']
        return $attempt
    }
    if ($Task['killed']) {
        $attempt['result'] = 'deadline'
        return $attempt
    }
    $text = ''
    $complaint = ''
    try {
        if ($null -eq $Task['process']) {
            $complaint = 'No child process: ' + $Task['reason'] + ' '
            $attempt['ran_in'] = 'in-place'
            $attempt['started'] = [System.DateTime]::UtcNow.ToString('o', $invariant)
            $text = & $probe $Task['json']
        } else {
            if ($Task['errors'].Wait(5000)) { $complaint = $Task['errors'].Result }
            if ($Task['output'].Wait(5000)) { $text = $Task['output'].Result }
        }
        $json = [System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($text))
        $found = ConvertFrom-Json -InputObject $json
        foreach ($property in $found.PSObject.Properties) { $attempt[$property.Name] = $property.Value }
        if ($attempt['ran_in'] -eq 'in-place') {
            $attempt['message'] = Get-Shortened ($complaint + $attempt['message'])
        }
    } catch {
        $cause = Get-Cause $_.Exception
        $attempt['result'] = 'not-run'
        $attempt['message'] = Get-Shortened ('No usable answer. ' + $complaint + ' ' + $cause.Message)
    }
    $attempt
}

function Get-WebAnswers($Asked) {
    $tasks = @(
        for ($index = 0; $index -lt $Asked.Count; $index += 1) {
            $item = $Asked[$index]
            $refused = -not (Test-AllowedAddress $item.uri)
            foreach ($way in $item.ways) {
                @{
                    index = $index; uri = $item.uri; way = $way; refused = $refused
                    seconds = [int]$item.timeout_seconds; watch = [System.Diagnostics.Stopwatch]::StartNew()
                    started = [System.DateTime]::UtcNow.ToString('o', $invariant)
                }
            }
        }
    )
    $wanted = @(
        foreach ($task in $tasks) {
            if ($task['refused']) { $task['attempt'] = Get-Attempt $task } else { $task }
        }
    )
    for ($first = 0; $first -lt $wanted.Count; $first += $mostChildren) {
        $last = [System.Math]::Min($first + $mostChildren, $wanted.Count) - 1
        $batch = @($wanted[$first..$last])
        Invoke-Children $batch
        foreach ($task in $batch) { $task['attempt'] = Get-Attempt $task }
    }
    for ($index = 0; $index -lt $Asked.Count; $index += 1) {
        $attempts = @(foreach ($task in $tasks) { if ($task['index'] -eq $index) { $task['attempt'] } })
        [ordered]@{ uri = $Asked[$index].uri; attempts = $attempts }
    }
}

# ---- The answer ------------------------------------------------------------------------------

function Get-CollectorFacts {
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = New-Object System.Security.Principal.WindowsPrincipal $identity
    $edition = 'Desktop'
    if ($null -ne $PSVersionTable['PSEdition']) { $edition = [string]$PSVersionTable['PSEdition'] }
    [ordered]@{
        powershell = $PSVersionTable['PSVersion'].ToString()
        edition = $edition
        bits = 8 * [System.IntPtr]::Size
        process = [System.Diagnostics.Process]::GetCurrentProcess().ProcessName
        user = $identity.Name
        administrator = $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
        culture = [System.Globalization.CultureInfo]::CurrentUICulture.Name
        milliseconds = 0
    }
}

if ($PSBoundParameters.ContainsKey('Allowed')) {
    try {
        $allowList = ConvertFrom-Json -InputObject $Allowed
        Confirm-AllowList $allowList
    } catch {
        $cause = Get-Cause $_.Exception
        New-Refusal 'bad-allow-list' $cause.Message
        return
    }
}

try {
    $asked = ConvertFrom-Json -InputObject $Request
    $version = $asked.version
    if ($version -isnot [int]) { Confirm-Type $version ([long]) 'version' }
    if ($version -ne 1) {
        New-Refusal 'unsupported-version' 'This collector serves version 1 of the contract.'
        return
    }
    Confirm-Request $asked
} catch {
    $cause = Get-Cause $_.Exception
    New-Refusal 'bad-request' $cause.Message
    return
}

try {
    $answer = [ordered]@{
        version = 1; collector = (Get-CollectorFacts); host = @(); registry = @(); web_requests = @()
    }
    if ($asked.host) {
        if ($null -eq $allowList -or $allowList.host) {
            $answer['host'] = @(Get-HostIdentity)
        } else {
            $answer['host'] = @(Get-RefusedIdentity)
        }
    }
    $answer['registry'] = @(foreach ($item in $asked.registry) { Read-AskedKey $item })
    $answer['web_requests'] = @(Get-WebAnswers $asked.web_requests)
    $answer['collector']['milliseconds'] = $clock.ElapsedMilliseconds
    $json = ConvertTo-Json -InputObject $answer -Depth 10 -Compress
} catch {
    $cause = Get-Cause $_.Exception
    $json = New-Refusal 'failed' $cause.Message
}
$json

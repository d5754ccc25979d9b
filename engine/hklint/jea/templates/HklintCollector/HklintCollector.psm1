# The one function of the endpoint hklint, written by `hklint jea`.
#
# It answers hklint's questions with the collector, a constant text that is between the two marks
# below: read it there. It is given the allow-list, and answers only what stands on that.
# The README beside this module's folder lists the same in words, and says how to check the text.

# Registry keys with their values, and addresses. Nothing else is read, and nothing else requested.
$allowList = <<allow_list>>

$collector = {
<<begin>>
<<collector>><<end>>
}

# Without [CmdletBinding()], so that it has the one parameter and no others.
function Get-HklintFact {
    param([string]$Request)

    & $collector -Request $Request -Allowed $allowList
}

Export-ModuleMember -Function 'Get-HklintFact'

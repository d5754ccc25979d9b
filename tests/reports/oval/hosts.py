"""What the hosts of the golden files have for the rules of policy.yaml."""

from hklint.fact import (
    Absent,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryKey,
    RegistryName,
    RegistryValue,
    Unreadable,
)

LSA = RegistryValue("HKLM", r"SYSTEM\CurrentControlSet\Control\Lsa", "AuditBaseObjects")
SERVER = r"SYSTEM\CurrentControlSet\Services\LanmanServer\Parameters"
IDLE = RegistryValue("HKLM", SERVER, "AutoDisconnect")
PIPES = RegistryValue("HKLM", SERVER, "NullSessionPipes")
WINHTTP = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\WinHttp"
PROTOCOLS = RegistryValue("HKLM", WINHTTP, "DefaultSecureProtocols")
PROTOCOLS_32 = RegistryValue("HKLM", WINHTTP, "DefaultSecureProtocols", "32-bit")
SHELL = RegistryValue("HKLM", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon", "Shell")
PATHS = RegistryValue(
    "HKLM", r"SOFTWARE\Policies\Microsoft\Windows\NetworkProvider\HardenedPaths", r"\\*\NETLOGON"
)
BLANK = RegistryName("HKLM", r"SOFTWARE\Policies\Contoso", "  ")
RESTART = RegistryKey(
    "HKLM", r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired"
)
BUILD = HostField("build")

HOSTS: dict[str, dict[Fact, Observation]] = {
    # All is well, written in every spelling that counts as well.
    "ex01.corp.example": {
        BUILD: Present("integer", 20348),
        LSA: Present("REG_DWORD", 0),
        IDLE: Absent("value"),
        PIPES: Present("REG_MULTI_SZ", ("NetLogon",)),
        PROTOCOLS: Present("REG_DWORD", 0xA00),
        PROTOCOLS_32: Absent("value"),
        SHELL: Present("REG_SZ", "ÜBERPRÜFT.exe"),
        PATHS: Present("REG_SZ", "RequireMutualAuthentication=1, RequireIntegrity=1"),
        BLANK: Present("name", ""),
        RESTART: Absent("key"),
    },
    # Nothing is, and what there is could do harm in a report.
    "ex02": {
        BUILD: Present("integer", 20348),
        LSA: Present("REG_SZ", "0"),
        IDLE: Present("REG_DWORD", 0xFFFFFFFF),
        PIPES: Present("REG_MULTI_SZ", ("browser", "netlogon")),
        PROTOCOLS: Present("REG_DWORD", 0x828),
        PROTOCOLS_32: Unreadable("failed", "\x1b]0;own\x07</message>]]>"),
        SHELL: Present("REG_SZ", "<script>&amp;]]>##vso[task.x]\u202e\r\n\u0085end"),
        PATHS: Present("REG_SZ", "RequireIntegrity=1\0"),
        BLANK: Absent("key"),
        RESTART: Present("key", ""),
    },
    # Little could be read.
    "ex03": {
        BUILD: Present("integer", 20348),
        LSA: Unreadable("access-denied", "Requested registry access is not allowed."),
        IDLE: Unreadable("not-allowed", "the endpoint's allow-list does not have it"),
        PIPES: Present("REG_MULTI_SZ", ()),
        PROTOCOLS: Unreadable("malformed", "the answer's data is no REG_DWORD"),
        SHELL: Present("REG_SZ", "  "),
        PATHS: Present("REG_SZ", "x" * 2001),
        RESTART: Absent("key"),
    },
    # The policy is not for it.
    "old": {BUILD: Present("integer", 9600), LSA: Present("REG_DWORD", 1)},
    # Whether it is, is not known.
    "mute": {BUILD: Unreadable("failed", "no answer"), LSA: Present("REG_DWORD", 0)},
}

/* What a Windows program gets from Schannel: arguments are masks of protocols, 0 for none named.
   A line each: the mask, and the status, or the first message of the handshake in hex. */
#define SECURITY_WIN32
#include <windows.h>
#include <security.h>
#include <schannel.h>
#include <stdio.h>
#include <stdlib.h>

static void offer(DWORD mask) {
    SCHANNEL_CRED wish = {.dwVersion = SCHANNEL_CRED_VERSION, .grbitEnabledProtocols = mask};
    CredHandle credentials;
    SECURITY_STATUS status = AcquireCredentialsHandleW(NULL, (WCHAR *)UNISP_NAME_W,
        SECPKG_CRED_OUTBOUND, NULL, &wish, NULL, NULL, &credentials, NULL);
    if (status != SEC_E_OK) {
        printf("%lx refused %lx\n", mask, (unsigned long)status);
        return;
    }
    static unsigned char bytes[65536];
    SecBuffer buffer = {sizeof bytes, SECBUFFER_TOKEN, bytes};
    SecBufferDesc output = {SECBUFFER_VERSION, 1, &buffer};
    CtxtHandle context;
    ULONG attributes;
    status = InitializeSecurityContextW(&credentials, NULL, (WCHAR *)L"host.example",
        ISC_REQ_STREAM | ISC_REQ_CONFIDENTIALITY, 0, 0, NULL, 0, &context, &output, &attributes, NULL);
    if (status != SEC_I_CONTINUE_NEEDED) {
        printf("%lx refused %lx\n", mask, (unsigned long)status);
        return;
    }
    printf("%lx hello ", mask);
    for (ULONG at = 0; at < buffer.cbBuffer; at++)
        printf("%02x", bytes[at]);
    printf("\n");
}

int main(int count, char **arguments) {
    for (int at = 1; at < count; at++)
        offer(strtoul(arguments[at], NULL, 16));
    return 0;
}

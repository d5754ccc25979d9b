/* What a Windows program gets from Schannel. Arguments are pairs: a port of 127.0.0.1, and a mask
   of protocols in hex, 0 for none named. A line each: the port, the mask, and what came of it:
   `done` with the protocol (schannel.h) once the handshake is through, `refused` with the status
   if nothing was sent, `failed` with the status if the handshake began, `broken` for the rest. */
#define SECURITY_WIN32
#include <winsock2.h>
#include <windows.h>
#include <security.h>
#include <schannel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char received[65536];
static DWORD held;

static SOCKET connected(unsigned short port) {
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(port)};
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET server = socket(AF_INET, SOCK_STREAM, 0);
    DWORD longest = 10000;
    setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, (char *)&longest, sizeof longest);
    return connect(server, (struct sockaddr *)&place, sizeof place) ? INVALID_SOCKET : server;
}

static int sent(SOCKET server, SecBuffer *token) {
    int all = send(server, token->pvBuffer, (int)token->cbBuffer, 0);
    return all == (int)token->cbBuffer;
}

static const char *handshake(CredHandle *credentials, SOCKET server, DWORD *answer) {
    static unsigned char bytes[65536];
    CtxtHandle context;
    CtxtHandle *begun = NULL;
    ULONG attributes;
    const ULONG asked = ISC_REQ_STREAM | ISC_REQ_CONFIDENTIALITY | ISC_REQ_MANUAL_CRED_VALIDATION;
    held = 0;
    for (;;) {
        SecBuffer in[] = {{held, SECBUFFER_TOKEN, received}, {0, SECBUFFER_EMPTY, NULL}};
        SecBuffer out = {sizeof bytes, SECBUFFER_TOKEN, bytes};
        SecBufferDesc input = {SECBUFFER_VERSION, 2, in}, output = {SECBUFFER_VERSION, 1, &out};
        SECURITY_STATUS status = InitializeSecurityContextW(credentials, begun,
            (WCHAR *)L"host.example", asked, 0, 0, begun ? &input : NULL, 0, &context, &output,
            &attributes, NULL);
        *answer = (DWORD)status;
        if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED && status != SEC_E_INCOMPLETE_MESSAGE)
            return begun ? "failed" : "refused";
        if (status != SEC_E_INCOMPLETE_MESSAGE) {
            if (out.cbBuffer && !sent(server, &out))
                return "broken";
            DWORD extra = begun && in[1].BufferType == SECBUFFER_EXTRA ? in[1].cbBuffer : 0;
            memmove(received, received + held - extra, extra);
            held = extra;
            begun = &context;
        }
        if (status == SEC_E_OK)
            break;
        if (!held || status == SEC_E_INCOMPLETE_MESSAGE) {
            int more = recv(server, (char *)received + held, (int)(sizeof received - held), 0);
            if (more <= 0)
                return "broken";
            held += (DWORD)more;
        }
    }
    SecPkgContext_ConnectionInfo info;
    if (QueryContextAttributesW(&context, SECPKG_ATTR_CONNECTION_INFO, &info) != SEC_E_OK)
        return "broken";
    *answer = info.dwProtocol;
    return "done";
}

static void try(unsigned short port, DWORD mask) {
    SCHANNEL_CRED wish = {.dwVersion = SCHANNEL_CRED_VERSION, .grbitEnabledProtocols = mask,
        .dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION | SCH_CRED_NO_DEFAULT_CREDS};
    CredHandle credentials;
    DWORD answer = (DWORD)AcquireCredentialsHandleW(NULL, (WCHAR *)UNISP_NAME_W,
        SECPKG_CRED_OUTBOUND, NULL, &wish, NULL, NULL, &credentials, NULL);
    const char *outcome = "refused";
    if (answer == SEC_E_OK) {
        SOCKET server = connected(port);
        outcome = server == INVALID_SOCKET ? "broken" : handshake(&credentials, server, &answer);
        shutdown(server, SD_SEND);
        while (recv(server, (char *)received, sizeof received, 0) > 0) {}
        closesocket(server);
    }
    printf("%u %lx %s %lx\n", port, (unsigned long)mask, outcome, (unsigned long)answer);
}

int main(int count, char **arguments) {
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    for (int at = 1; at + 1 < count; at += 2)
        try((unsigned short)atoi(arguments[at]), strtoul(arguments[at + 1], NULL, 16));
    return 0;
}

# Stand-in for mcr.microsoft.com/dotnet/sdk:10.0. The CA bundle is this machine's: the restore inside needs it.
ARG BASE
FROM ${BASE}
COPY dotnet/ /usr/share/dotnet/
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV ASPNETCORE_HTTP_PORTS= DOTNET_NOLOGO=true DOTNET_CLI_TELEMETRY_OPTOUT=1 NUGET_CERT_REVOCATION_MODE=offline \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt

# One file for every service: `docker build --target runner --build-arg SERVICE=PlannerRunner .`
# Targets: service (Gateway, Pipeline, Scheduler, Budget) and runner (PlannerRunner, ImplementerRunner, ReviewerRunner).
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
# Project files first: the restore is a layer that survives changes of the code.
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY .ci/ahead .ci/
COPY shared/Contracts/Contracts.csproj shared/Contracts/
COPY shared/Validation/Validation.csproj shared/Validation/
COPY shared/Artifacts/Artifacts.csproj shared/Artifacts/
COPY shared/Hosting/Hosting.csproj shared/Hosting/
COPY shared/Persistence/Persistence.csproj shared/Persistence/
COPY shared/Messaging/Messaging.csproj shared/Messaging/
COPY shared/Agents/Agents.csproj shared/Agents/
COPY shared/Execution/Execution.csproj shared/Execution/
COPY shared/Runners/Runners.csproj shared/Runners/
COPY services/Gateway/Gateway.csproj services/Gateway/
COPY services/Pipeline/Pipeline.csproj services/Pipeline/
COPY services/Scheduler/Scheduler.csproj services/Scheduler/
COPY services/Budget/Budget.csproj services/Budget/
COPY services/PlannerRunner/PlannerRunner.csproj services/PlannerRunner/
COPY services/ImplementerRunner/ImplementerRunner.csproj services/ImplementerRunner/
COPY services/ReviewerRunner/ReviewerRunner.csproj services/ReviewerRunner/
RUN for service in Gateway Pipeline Scheduler Budget PlannerRunner ImplementerRunner ReviewerRunner; do \
      dotnet restore services/$service/$service.csproj || exit 1; done
COPY shared/ shared/
COPY services/ services/
RUN for service in Gateway Pipeline Scheduler Budget PlannerRunner ImplementerRunner ReviewerRunner; do \
      dotnet publish services/$service/$service.csproj -c Release --no-restore -o /out/$service \
      && ln -s Orchestrator.$service /out/$service/service || exit 1; done

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS service
ARG SERVICE
WORKDIR /app
COPY --from=build /out/${SERVICE}/ ./
COPY compose/healthy.sh ./healthy
# Artifacts and secrets are mounted; the process owns nothing else.
RUN mkdir -p /var/lib/orchestrator/artifacts && chown -R 1654:1654 /var/lib/orchestrator
ENV ASPNETCORE_HTTP_PORTS=8080 Artifacts__Directory=/var/lib/orchestrator/artifacts
USER 1654:1654
EXPOSE 8080
ENTRYPOINT ["/app/service"]

# npm packages of agent CLIs, for example "@anthropic-ai/claude-code @openai/codex"; none by default. npm and what it needs stay behind here.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS agents
ARG AGENT_PACKAGES=""
RUN mkdir -p /opt/agents && if [ -n "$AGENT_PACKAGES" ]; then \
      apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm \
      && npm install --global --prefix /opt/agents --no-audit --no-fund $AGENT_PACKAGES; fi

# What the sandbox of a runner needs: bubblewrap for the box, socat for the way to the model, git for the work.
FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS runner
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends bubblewrap git openssh-client socat ca-certificates \
 && rm -rf /var/lib/apt/lists/*
# Some agents are scripts.
ARG AGENT_PACKAGES=""
RUN if [ -n "$AGENT_PACKAGES" ]; then \
      apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs && rm -rf /var/lib/apt/lists/*; fi
COPY --from=agents /opt/agents/ /usr/local/
ARG SERVICE
WORKDIR /app
COPY --from=build /out/${SERVICE}/ ./
COPY compose/healthy.sh ./healthy
RUN mkdir -p /var/lib/orchestrator/artifacts /var/lib/orchestrator/work && chown -R 1654:1654 /var/lib/orchestrator
ENV ASPNETCORE_HTTP_PORTS=8080 Artifacts__Directory=/var/lib/orchestrator/artifacts Execution__WorkDirectory=/var/lib/orchestrator/work
USER 1654:1654
EXPOSE 8080
ENTRYPOINT ["/app/service"]

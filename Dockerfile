# The desk as one static binary in an image without a shell, run by a user without
# rights. Build it with `make docker`. To try it, with the emulator's invented people:
#
#   docker run --rm -p 127.0.0.1:8080:8080 -e EMULATOR_REMOTE=true -v desk:/data identitydesk
#
# EMULATOR_REMOTE says that the emulator's desk, which lets anyone choose a role, may
# listen beyond the container's loopback.

FROM node:22-bookworm-slim AS assets
WORKDIR /src/static
COPY static/package.json static/package-lock.json static/.npmrc ./
RUN npm ci --ignore-scripts
COPY static/build.mjs ./
COPY static/src src
COPY views ../views
RUN node build.mjs

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=assets /src/static/dist static/dist
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/identitydesk ./cmd/identitydesk \
 && mkdir -m 0700 /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/identitydesk /identitydesk
# A new volume takes over the owner of the folder it is mounted on.
COPY --from=build --chown=nonroot:nonroot /out/data /data
ENV LISTEN_ADDR=0.0.0.0:8080 \
    DATABASE_URL=sqlite:/data/identitydesk.db \
    EMULATOR_STATE=/data/emulator.json
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=6s --start-period=10s CMD ["/identitydesk", "healthcheck"]
ENTRYPOINT ["/identitydesk"]
CMD ["serve"]

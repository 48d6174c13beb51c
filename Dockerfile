# syntax=docker/dockerfile:1
# Recordright in one small image: the binary alone, no shell, not root.

FROM rust:1.95-bookworm AS build
# aws-lc, the cryptography library, is C and assembler.
RUN apt-get update && apt-get install --yes --no-install-recommends cmake && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release -p portal --bin recordright \
    && cp target/release/recordright /recordright \
    && mkdir /data

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /recordright /usr/local/bin/recordright
# The embedded database and the sealed copies, where no PostgreSQL is configured.
COPY --from=build --chown=nonroot:nonroot /data /var/lib/recordright
ENV RECORDRIGHT__DATA=/var/lib/recordright
USER nonroot
# Settings are read from recordright.toml here, if it is mounted.
WORKDIR /etc/recordright
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/recordright"]
CMD ["serve"]

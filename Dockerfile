FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
# .git comes along: the binary tells the commit it was built from.
COPY . .
RUN make build && mkdir /data

FROM gcr.io/distroless/static:nonroot
COPY --from=build /src/bin/schemaside /schemaside
# The embedded store's schemaside.db goes to the working directory. A new volume takes the owner of what it covers.
COPY --from=build --chown=nonroot:nonroot /data /data
VOLUME /data
WORKDIR /data
USER nonroot:nonroot
ENV SCHEMASIDE_LISTEN=0.0.0.0:8081
EXPOSE 8081
HEALTHCHECK --interval=5s --timeout=4s --start-period=2s --retries=3 CMD ["/schemaside", "health"]
ENTRYPOINT ["/schemaside"]
CMD ["serve"]

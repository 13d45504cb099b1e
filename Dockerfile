# syntax=docker/dockerfile:1

# Builds, then leaves out what only building and testing need.
FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts/schematics ./scripts/schematics
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE /app/NOTICE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/apps/api/public ./apps/api/public
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Needs DATABASE_URL (or EMBEDDED_DATABASE=true, kept in /data) and JWT_SECRET (or JWT_JWKS_URL); it says so and leaves where they are missing.
CMD ["node", "--enable-source-maps", "--max-semi-space-size=64", "--heap-growing-percent=70", "dist/apps/api/src/main.js"]

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The dev dependency `node` brings its own binary; the image has one already.
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-slim
ENV NODE_ENV=production LEGATO_AGENT=examples/orders/agent.ts
WORKDIR /app
# The platform's certificates: the Temporal and model clients verify servers with them.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/examples ./examples
# Whatever writes below the working folder (LEGATO_DATA, the database of the example) writes to the volume.
RUN mkdir /data && chown node:node /data && ln -s /data .legato
USER node
VOLUME /data
EXPOSE 8787
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["serve"]

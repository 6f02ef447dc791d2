# The page as static files behind nginx, with the headers that scripts/policy.mjs has: docs/hosting.md.
FROM node:22-slim AS build
WORKDIR /secateur
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && node scripts/nginx.mjs > nginx.conf

FROM nginxinc/nginx-unprivileged:stable-alpine
COPY --from=build /secateur/nginx.conf /etc/nginx/conf.d/default.conf
COPY --from=build /secateur/dist /usr/share/nginx/html
EXPOSE 8080

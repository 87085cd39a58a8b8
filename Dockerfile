# The image of web, worker, beat and migrate; docker-compose.yml says which command each runs.
FROM node:24-slim AS front-end
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM python:3.12-slim AS packages
COPY requirements-image.lock /
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --no-deps \
        -r /requirements-image.lock

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    RECOUP_HOME=/data \
    STATIC_ROOT=/app/static \
    RECOUP_BIND=0.0.0.0:8000
# Volumes take over the owner of these folders.
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin recoup \
    && install -d -o recoup -g recoup -m 0700 /data \
    && install -d -o recoup -g recoup -m 0755 \
        /secrets /secrets/app /secrets/operator /secrets/database /secrets/redis
COPY --from=packages /venv /venv
WORKDIR /app
COPY --from=front-end /app/node_modules node_modules
COPY . .
RUN python -m config.running.production translations --compile \
    && python -m config.running.production collectstatic --noinput --verbosity 0 \
    && rm -rf node_modules
USER recoup
EXPOSE 8000
CMD ["gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]

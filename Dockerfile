# The service as an image: `docker build -t notifier .`; how to run it stands in docs/operations.md.
# It needs one writable folder, /data, and starts as root only to hand that to its own user.

FROM python:3.11-slim AS build
SHELL ["/bin/sh", "-euc"]
# Debian's tools to take debug symbols out of what is compiled, a fifth of its size. Nothing of them reaches the image.
# hadolint ignore=DL3008
RUN apt-get update; apt-get install -y --no-install-recommends binutils; rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv --without-pip /venv; \
    python -m pip --python /venv/bin/python install --no-cache-dir --no-compile --only-binary :all: \
        --require-hashes -r requirements.lock; \
    find /venv /usr/local/lib -name '*.so*' -type f -exec strip --strip-unneeded {} +; \
    rm -r requirements.lock /venv/lib/python3.11/site-packages/icalendar/tests
COPY entrypoint.sh ./
COPY rules rules
COPY notifier notifier
# The image's file system may be read-only, so what Python compiles of each module is kept in it: of what is imported.
RUN /venv/bin/python -c "import importlib, pkgutil, notifier; \
    [importlib.import_module(found.name) for found in pkgutil.walk_packages(notifier.__path__, 'notifier.') \
     if not found.name.endswith(('.__main__', '.migrations.env'))]"

FROM python:3.11-slim AS system
SHELL ["/bin/sh", "-euc"]
COPY --from=build /usr/local/lib /usr/local/lib
RUN groupadd --gid 10001 notifier; \
    useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin notifier; \
    install -d -o 10001 -g 10001 -m 0700 /data; \
    # What only installs, translates or documents, Perl, and every way to become root.
    rm -rf /usr/share/doc /usr/share/man /usr/share/info /usr/share/locale /usr/share/lintian \
        /usr/share/perl5 /usr/lib/*/perl-base /usr/bin/perl* /usr/lib/*/gconv \
        /var/lib/apt/lists/* /var/cache/* /var/log/* \
        /usr/local/lib/python3.11/site-packages /usr/local/lib/python3.11/ensurepip \
        /usr/local/lib/python3.11/idlelib /usr/local/lib/python3.11/lib2to3 /usr/local/lib/python3.11/tkinter \
        /usr/local/lib/python3.11/turtledemo /usr/local/bin/pip* /usr/local/include; \
    find / -xdev -type f -perm /6000 -exec chmod a-s {} +
COPY --from=build /venv /venv
COPY --from=build /app /app

# One layer, without what was taken away.
FROM scratch
# hadolint ignore=DL3067
COPY --from=system / /
# NOTIFIER_SECRETS is a folder: what lies there is mounted when a container starts.
# hadolint ignore=DL3064
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin \
    LANG=C.UTF-8 \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SQLITE_TMPDIR=/data \
    NOTIFIER_STATE=/data \
    NOTIFIER_ACCOUNTS=/config/accounts.yaml \
    NOTIFIER_SECRETS=/run/secrets \
    NOTIFIER_PORT=8080 \
    NOTIFIER_BIND=0.0.0.0
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"NOTIFIER_PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["/app/entrypoint.sh"]
CMD ["run"]

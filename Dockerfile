# The bot in a container: built from the lock, run as nobody in particular, without pip or anything else that builds.
# A tag may move; a digest does not. Name the one that you have looked at, as
#   docker buildx imagetools inspect python:3.11-slim
# prints it: --build-arg BASE=python:3.11-slim@sha256:…
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
WORKDIR /src
RUN python -m venv --without-pip /opt/kintsugi && python -m venv /opt/build
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN /opt/build/bin/pip --python /opt/kintsugi/bin/python install --no-cache-dir --require-hashes -r requirements/runtime.txt \
    && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt
COPY pyproject.toml README.md ./
COPY bot bot
COPY playbooks playbooks
COPY symptoms symptoms
COPY locales locales
RUN /opt/build/bin/python -m hatchling build -t wheel -d /dist \
    && /opt/build/bin/pip --python /opt/kintsugi/bin/python install --no-cache-dir --no-deps --no-index /dist/*.whl

FROM ${BASE}
# The base image brings a pip of its own, and the means to get another.
RUN python -m pip uninstall --yes --quiet pip setuptools wheel \
    && rm -r "$(python -c 'import ensurepip; print(ensurepip.__path__[0])')"
RUN useradd --system --uid 10001 --no-create-home kintsugi \
    && install --directory --owner 10001 --mode 0700 /var/lib/kintsugi
COPY --from=build /opt/kintsugi /opt/kintsugi
USER 10001
# Where `serve --http :3000` would listen; Socket Mode, the default, listens nowhere.
EXPOSE 3000
ENV PATH=/opt/kintsugi/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ENV KINTSUGI_STORE=/var/lib/kintsugi/kintsugi.db
VOLUME /var/lib/kintsugi
ENTRYPOINT ["kintsugi"]
CMD ["serve"]

# The bot in a container: built from the lock, run as nobody in particular, with nothing of the build left in it.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/kintsugi && python -m venv /opt/build
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN /opt/kintsugi/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.txt \
    && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt
COPY pyproject.toml README.md ./
COPY bot bot
COPY playbooks playbooks
COPY symptoms symptoms
COPY locales locales
RUN /opt/build/bin/python -m hatchling build -t wheel -d /dist \
    && /opt/kintsugi/bin/pip install --no-cache-dir --no-deps --no-index /dist/*.whl

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home kintsugi \
    && install --directory --owner 10001 --mode 0700 /var/lib/kintsugi
COPY --from=build /opt/kintsugi /opt/kintsugi
USER 10001
ENV PATH=/opt/kintsugi/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ENV KINTSUGI_STORE=/var/lib/kintsugi/kintsugi.db
VOLUME /var/lib/kintsugi
ENTRYPOINT ["kintsugi"]
CMD ["serve"]

"""Envoy's documents beside the routes: bootstrap, listeners, clusters, certificates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from outpace.delivery.edge.traffic import Upstream
from outpace.engines.envoy.arms_log import CUT, FILE
from outpace.engines.envoy.routes import ARM_HEADER, NAME, WATCHED, Document
from outpace.engines.envoy.sockets import FIRST_SERVER_ERROR
from outpace.model.edge import Tls

TYPES = "type.googleapis.com/"
HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
CERTIFICATE = "certificate"

LATENCY_BUCKETS_MS = (
    *(0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400),
    *(500, 600, 800, 1000, 1500, 2000, 3000, 5000, 10000, 30000, 60000, 600000),
)
MAX_RETRIES = 1024
"""The default of 3 lets most retries fail while a process is gone."""
PLENTY = 100_000
UPSTREAM_IDLE = "1s"
"""Below the servers' own (gunicorn's 2 s, uvicorn's 5 s): no request meets a connection that is being closed."""


DEAD_THREAD = {"kill_timeout": "20s"}
"""Envoy ends where a thread of its own does nothing for so long; it is started again within a second."""


def bootstrap(folder: Path) -> Document:
    """Everything that may change is in a file of its own, which Envoy follows; the admin socket is named from
    `folder`, where Envoy is started, since a socket's path is short."""
    xds = folder / "xds"
    buckets = [
        {"match": {"suffix": "upstream_rq_time"}, "buckets": list(LATENCY_BUCKETS_MS)},
    ]
    return {
        "node": {"id": NAME, "cluster": NAME},
        "admin": {"address": {"pipe": {"path": "admin.sock", "mode": 0o600}}},
        "dynamic_resources": {
            "lds_config": followed(xds / "lds.json"),
            "cds_config": followed(xds / "cds.json"),
        },
        "stats_config": {"histogram_bucket_settings": buckets},
        "stats_flush_on_admin": True,
        "watchdogs": {"main_thread_watchdog": DEAD_THREAD, "worker_watchdog": DEAD_THREAD},
        "layered_runtime": {
            "layers": [
                {"name": "static", "static_layer": {"overload.global_downstream_max_connections": PLENTY}},
                {"name": "admin", "admin_layer": {}},
            ]
        },
    }


def followed(path: Path) -> Document:
    return {"path_config_source": {"path": str(path)}, "resource_api_version": "V3"}


def listeners(
    addresses: Sequence[str],
    folder: Path,
    *,
    tls: Tls | None = None,
    trusted_hops: int = 0,
    filters: Sequence[Document] = (),
) -> Document:
    """One listener for each address; `filters` come before the router."""
    return {"resources": [_listener(address, folder, tls, trusted_hops, filters) for address in addresses]}


def _listener(address: str, folder: Path, tls: Tls | None, trusted_hops: int, filters: Sequence[Document]) -> Document:
    host, _, port = address.rpartition(":")
    socket = {"address": host.strip("[]") or "0.0.0.0", "port_value": int(port)}  # noqa: S104
    chain: Document = {
        "filters": [
            {
                "name": "envoy.filters.network.http_connection_manager",
                "typed_config": _connections(folder, trusted_hops, filters),
            }
        ]
    }
    if tls is not None:
        chain["transport_socket"] = {
            "name": "envoy.transport_sockets.tls",
            "typed_config": {
                "@type": f"{TYPES}envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
                "common_tls_context": {
                    "alpn_protocols": ["h2", "http/1.1"],
                    "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
                    "tls_certificate_sds_secret_configs": [
                        {"name": CERTIFICATE, "sds_config": followed(folder / "xds" / "sds.json")}
                    ],
                },
            },
        }
    return {
        "@type": f"{TYPES}envoy.config.listener.v3.Listener",
        "name": address,
        "address": {"socket_address": socket},
        "filter_chains": [chain],
        "enable_reuse_port": False,  # a second proxy on the port would silently take half of the requests
        "connection_balance_config": {"exact_balance": {}},  # else one thread accepts nearly all, and the others idle
    }


def _connections(folder: Path, trusted_hops: int, filters: Sequence[Document]) -> Document:
    router = {
        "name": "envoy.filters.http.router",
        "typed_config": {
            "@type": f"{TYPES}envoy.extensions.filters.http.router.v3.Router",
            "suppress_envoy_headers": True,
        },
    }
    return {
        "@type": f"{TYPES}envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": NAME,
        "codec_type": "AUTO",
        "rds": {"route_config_name": NAME, "config_source": followed(folder / "xds" / "rds.json")},
        "http_filters": [*filters, router],
        "upgrade_configs": [{"upgrade_type": "websocket"}],
        "use_remote_address": True,
        "xff_num_trusted_hops": trusted_hops,
        "stream_idle_timeout": "3600s",
        "generate_request_id": False,
        "server_header_transformation": "PASS_THROUGH",
        "path_with_escaped_slashes_action": "KEEP_UNCHANGED",
        "access_log": [_arms(folder)],
    }


def _arms(folder: Path) -> Document:
    """A line for each answer of the candidate's, before users for each of the baseline's, and for each bad one of
    anybody's: how it ended, and for which client. It is read and emptied at every look, so it stays small."""
    told = {
        "header_filter": {
            "header": {"name": ARM_HEADER, "string_match": {"safe_regex": {"regex": f"candidate|{WATCHED}"}}}
        }
    }
    bad = _status("GE", FIRST_SERVER_ERROR)
    given_up = _status("EQ", 0)
    cut = {"response_flag_filter": {"flags": sorted(CUT)}}
    return {
        "name": "envoy.access_loggers.file",
        "filter": {"or_filter": {"filters": [told, bad, given_up, cut]}},
        "typed_config": {
            "@type": f"{TYPES}envoy.extensions.access_loggers.file.v3.FileAccessLog",
            "path": str(folder / FILE),
            "log_format": {
                "text_format_source": {
                    "inline_string": f"%REQ({ARM_HEADER})% %RESPONSE_CODE% %RESPONSE_FLAGS% %DURATION%"
                    " %UPSTREAM_CLUSTER% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%\n"
                }
            },
        },
    }


def _status(how: str, status: int) -> Document:
    value = {"default_value": status, "runtime_key": f"outpace.status.{how}"}  # which nothing sets
    return {"status_code_filter": {"comparison": {"op": how, "value": value}}}


def clusters(upstreams: Sequence[Upstream]) -> Document:
    return {"resources": [_cluster(each) for each in upstreams]}


def _cluster(upstream: Upstream) -> Document:
    """`max_retries`, and an end of idle connections before the servers end them: else a request in a hundred thousand
    meets a process that has just gone."""
    endpoints = [
        {"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": port}}}}
        for port in upstream.ports
    ]
    limits = dict.fromkeys(("max_connections", "max_pending_requests", "max_requests"), PLENTY)
    return {
        "@type": f"{TYPES}envoy.config.cluster.v3.Cluster",
        "name": upstream.name,
        "type": "STATIC",
        "connect_timeout": "2s",
        "load_assignment": {"cluster_name": upstream.name, "endpoints": [{"lb_endpoints": endpoints}]},
        "circuit_breakers": {
            "thresholds": [
                {"priority": priority, "max_retries": MAX_RETRIES, **limits} for priority in ("DEFAULT", "HIGH")
            ]
        },
        "health_checks": [
            {
                "timeout": "2s",
                "interval": "1s",
                "no_traffic_interval": "1s",  # not 60: what Envoy asked before it ran is asked again soon
                "unhealthy_threshold": 2,
                "healthy_threshold": 1,
                "reuse_connection": False,
                "http_health_check": {
                    "path": upstream.ready,
                    "expected_statuses": [{"start": 100, "end": 500}],
                },
            }
        ],
        "typed_extension_protocol_options": {
            HTTP_OPTIONS: {
                "@type": TYPES + HTTP_OPTIONS,
                "explicit_http_config": {"http_protocol_options": {}},
                "common_http_protocol_options": {"idle_timeout": UPSTREAM_IDLE},
            }
        },
    }


def certificates(tls: Tls) -> Document:
    """Read again when something is renamed into the folder of either file."""
    return {
        "resources": [
            {
                "@type": f"{TYPES}envoy.extensions.transport_sockets.tls.v3.Secret",
                "name": CERTIFICATE,
                "tls_certificate": {
                    "certificate_chain": {"filename": tls.certificate},
                    "private_key": {"filename": tls.key},
                    "watched_directory": {"path": str(Path(tls.certificate).parent)},
                },
            }
        ]
    }

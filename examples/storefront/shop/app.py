"""The application: its parts, put together.

uvicorn --factory shop.app:create
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from shop.admin import Admin
from shop.api import Api
from shop.database import Database
from shop.exports import write_orders, write_orders_nightly
from shop.keys import session_secret, token_keys
from shop.pages import Pages
from shop.settings import Settings, from_environment
from shop.tokens import Tokens
from shop.views import LoginNeeded, Views, see


def create(settings: Settings | None = None) -> Starlette:
    settings = settings or from_environment()
    for directory in (settings.static, settings.exports):
        directory.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    views = Views(database)

    async def health(_: Request) -> Response:
        with database.reading() as db:
            db.execute("SELECT count(*) FROM products").fetchone()
        return JSONResponse({"status": "ok", "release": settings.release})

    async def error(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, HTTPException)
        if request.url.path.startswith("/api/"):
            answer = {"error": problem.detail}
            return JSONResponse(answer, problem.status_code, problem.headers)
        return views.page(request, "error.html", status=problem.status_code, detail=problem.detail)

    async def to_login(_: Request, needed: Exception) -> Response:
        assert isinstance(needed, LoginNeeded)
        return see(f"/login?next={quote(needed.path)}")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        write_orders(database, settings.exports)  # makes up for a night when we were down
        nightly = asyncio.create_task(write_orders_nightly(database, settings.exports))
        yield
        nightly.cancel()

    # Our style sheet and drawings come with the code, uploaded pictures lie with the data.
    static = StaticFiles(directory=settings.static, packages=[("shop", "static")])
    return Starlette(
        routes=[
            Route("/healthz", health),
            Mount("/static", static),
            Mount("/api", routes=Api(database, Tokens(*token_keys(settings.data))).routes()),
            Mount("/admin", routes=Admin(database, views, settings.static).routes()),
            *Pages(database, views).routes(),
        ],
        middleware=[
            Middleware(
                SessionMiddleware,
                secret_key=session_secret(settings.data),
                session_cookie="shop",
                same_site="lax",
                https_only=settings.https_only,
            )
        ],
        exception_handlers={HTTPException: error, LoginNeeded: to_login},
        lifespan=lifespan,
    )

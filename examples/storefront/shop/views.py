"""What all pages share: who is asking, their cart, and how a template becomes a response."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.templating import Jinja2Templates

from shop.accounts import Account, account_by_id
from shop.cart import Cart
from shop.database import Database


class LoginNeeded(Exception):
    """This page is for those who are logged in; the path is where to come back to."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class Views:
    """Renders pages for whoever is logged in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._templates = Jinja2Templates(directory=str(Path(__file__).parent / "templates"))
        self._templates.env.filters["money"] = money

    def page(
        self, request: Request, template: str, *, status: int = 200, **values: object
    ) -> Response:
        shared = {"account": self.account(request), "cart": Cart(request.session)}
        context = {"request": request, **shared, **values}
        return self._templates.TemplateResponse(template, context, status_code=status)

    def account(self, request: Request) -> Account | None:
        number = request.session.get("account")
        if number is None:
            return None
        with self._database.reading() as db:
            return account_by_id(db, number)

    def customer(self, request: Request) -> Account:
        """Whoever is logged in; others are sent to log in first, and brought back."""
        account = self.account(request)
        if account is None:
            raise LoginNeeded(request.url.path)
        return account

    def admin(self, request: Request) -> Account:
        account = self.customer(request)
        if not account.is_admin:
            raise HTTPException(403, "This part of the shop is for its staff")
        return account


def money(cents: int) -> str:
    return f"€ {cents // 100:,}.{cents % 100:02}"


def see(path: str) -> Response:
    """Answers a form: go and look there."""
    return RedirectResponse(path, status_code=303)


async def fields(request: Request) -> dict[str, str]:
    """The text fields of a form."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise HTTPException(400, f"“{text[:20]}” is not a whole number") from error
